/**
 * Where a load is going: the straight line of least squares through the samples of a window, drawn out into the
 * future. A load does not fall below 0.
 */
import { TimedValues } from "./timed-values";

export class LoadTrend {
  private readonly samples: TimedValues;

  constructor(windowSeconds: number) {
    this.samples = new TimedValues(windowSeconds);
  }

  /** A sample and when it was taken; the window ends with the newest. */
  observe(seconds: number, load: number): void {
    this.samples.forget(seconds);
    this.samples.push(seconds, load);
  }

  /** The line's load at a time; what a single sample says when there is no other. Only after a sample. */
  loadAt(seconds: number): number {
    const { samples } = this;
    const n = samples.length;
    let meanSeconds = 0;
    for (let i = 0; i < n; i++) meanSeconds += samples.secondsAt(i) / n;
    const meanLoad = samples.sum() / n;
    let squares = 0;
    let products = 0;
    for (let i = 0; i < n; i++) {
      // About the mean: times late in a long run are large, and their squares would round.
      const offset = samples.secondsAt(i) - meanSeconds;
      squares += offset * offset;
      products += offset * (samples.valueAt(i) - meanLoad);
    }
    const slope = squares > 0 ? products / squares : 0;
    return Math.max(0, meanLoad + slope * (seconds - meanSeconds));
  }
}
