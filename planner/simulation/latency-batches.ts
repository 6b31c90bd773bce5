/**
 * Latencies of a run by consecutive parts of its measured window, for margins by batch means: what one run
 * says about how much it varies. It is not the timeline, which is drawn and not judged.
 */
import { QuantileSketch } from "../foundation/quantile-sketch";
import type { BatchRecord } from "./run-record";

/** Of one answered request, in seconds; no TPOT (NaN) with a single token. */
export interface Latencies {
  readonly ttft: number;
  readonly tpot: number;
  readonly e2e: number;
  readonly queueTime: number;
}

export class LatencyBatches {
  /** [workload][part]; empty where nobody asks for parts. */
  readonly records: readonly (readonly BatchRecord[])[];

  constructor(
    workloads: number,
    readonly parts: number,
    private readonly window: { readonly from: number; readonly to: number },
  ) {
    const newParts = (): BatchRecord[] => Array.from({ length: parts }, newBatch);
    this.records = parts === 0 ? [] : Array.from({ length: workloads }, newParts);
  }

  /** Counts an answer in the part in which its request arrived, which is in the window. */
  add(workload: number, arrivalSeconds: number, seconds: Latencies): void {
    const { from, to } = this.window;
    const share = (arrivalSeconds - from) / (to - from);
    const index = Math.min(this.parts - 1, Math.floor(share * this.parts));
    const part = this.records[workload]![index]!;
    part.ttftSeconds.add(seconds.ttft);
    part.e2eSeconds.add(seconds.e2e);
    part.queueTimeSeconds.add(seconds.queueTime);
    if (!Number.isNaN(seconds.tpot)) part.tpotSeconds.add(seconds.tpot);
  }
}

function newBatch(): BatchRecord {
  return {
    ttftSeconds: new QuantileSketch(),
    tpotSeconds: new QuantileSketch(),
    e2eSeconds: new QuantileSketch(),
    queueTimeSeconds: new QuantileSketch(),
  };
}
