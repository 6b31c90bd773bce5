/**
 * The times of one scenario fault: a fault `at` a time, once over all of its targets, or a `random` one, which
 * strikes one target again and again.
 */
import type { FaultTarget } from "../../fleet/fault-target";
import type { RandomStream } from "../../foundation/random";
import { createSampler, type Sampler } from "../../foundation/sampler";
import type { FaultWhen, ResolvedFault } from "../../scenario/resolved-faults";
import type { FaultStream } from "./fault-stream";
import type { FaultTransition } from "./fault-transition";

/** Begins once; a fault without an end has no second transition. */
export class ScheduledFault implements FaultStream {
  nextSeconds: number;
  private occurrence = 0;
  private isStruck = false;

  constructor(
    private readonly fault: ResolvedFault,
    private readonly when: Extract<FaultWhen, { readonly kind: "at" }>,
  ) {
    this.nextSeconds = when.startSeconds;
  }

  take(fresh: number): FaultTransition {
    const { name, effect, targets } = this.fault;
    const seconds = this.nextSeconds;
    const isStart = !this.isStruck;
    if (isStart) {
      this.occurrence = fresh;
      this.isStruck = true;
      this.nextSeconds = seconds + this.when.durationSeconds;
    } else {
      this.nextSeconds = Number.POSITIVE_INFINITY;
    }
    return { kind: "effect", seconds, fault: this.occurrence, name, isStart, effect, targets };
  }
}

/**
 * An alternating renewal process: up for exponential times of mean `mtbf`, down for repair times. In the long run it
 * is up for a share mtbf / (mtbf + mean repair) of the time (Barlow and Proschan, 1965). Up at time 0.
 */
export class RandomFault implements FaultStream {
  nextSeconds: number;
  private occurrence = 0;
  private isDown = false;
  private readonly targets: readonly FaultTarget[];
  private readonly repair: Sampler;

  /** @param random of this fault and target alone */
  constructor(
    private readonly fault: ResolvedFault,
    private readonly when: Extract<FaultWhen, { readonly kind: "random" }>,
    target: FaultTarget,
    private readonly random: RandomStream,
  ) {
    this.targets = [target];
    this.repair = createSampler(when.repairSeconds);
    this.nextSeconds = when.mtbfSeconds * random.exponential();
  }

  take(fresh: number): FaultTransition {
    const { name, effect } = this.fault;
    const { targets, random } = this;
    const seconds = this.nextSeconds;
    const isStart = !this.isDown;
    if (isStart) this.occurrence = fresh;
    this.isDown = isStart;
    this.nextSeconds += isStart
      ? this.repair.sample(random)
      : this.when.mtbfSeconds * random.exponential();
    return { kind: "effect", seconds, fault: this.occurrence, name, isStart, effect, targets };
  }
}
