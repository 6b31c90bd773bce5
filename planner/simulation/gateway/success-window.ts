/**
 * How many requests were over in the last window, and how many of them with success. Kept in samples of one second,
 * as Envoy's admission control keeps them (`thread_local_controller.cc`): a sample begins with the first request a
 * second or more after the last one began, and is dropped whole once its beginning is a window old.
 */

const SAMPLE_SECONDS = 1;

export class SuccessWindow {
  // Over the samples that were kept at the last `advance` or `record`; read only outside
  requests = 0;
  successes = 0;
  private readonly startSeconds: Float64Array;
  private readonly requestsOf: Float64Array;
  private readonly successesOf: Float64Array;
  private oldest = 0;
  private samples = 0;

  constructor(private readonly windowSeconds: number) {
    // Samples begin a second apart, so no more fit a window; one is spare, for rounding
    const capacity = Math.ceil(windowSeconds / SAMPLE_SECONDS) + 1;
    this.startSeconds = new Float64Array(capacity);
    this.requestsOf = new Float64Array(capacity);
    this.successesOf = new Float64Array(capacity);
  }

  /** Drops what is a window old. */
  advance(seconds: number): void {
    while (this.samples > 0) {
      const oldest = this.oldest;
      if (seconds - this.startSeconds[oldest]! < this.windowSeconds) return;
      this.requests -= this.requestsOf[oldest]!;
      this.successes -= this.successesOf[oldest]!;
      this.oldest = oldest + 1 === this.startSeconds.length ? 0 : oldest + 1;
      this.samples--;
    }
  }

  /** A request is over. */
  record(success: boolean, seconds: number): void {
    this.advance(seconds);
    const sample = this.sampleAt(seconds);
    this.requests++;
    this.requestsOf[sample]!++;
    if (!success) return;
    this.successes++;
    this.successesOf[sample]!++;
  }

  private sampleAt(seconds: number): number {
    const capacity = this.startSeconds.length;
    const newest = (this.oldest + this.samples - 1 + capacity) % capacity;
    if (this.samples > 0 && seconds - this.startSeconds[newest]! < SAMPLE_SECONDS) return newest;
    const sample = (this.oldest + this.samples) % capacity;
    this.samples++;
    this.startSeconds[sample] = seconds;
    this.requestsOf[sample] = 0;
    this.successesOf[sample] = 0;
    return sample;
  }
}
