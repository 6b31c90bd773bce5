/** Which requests are poisonous: a share of a workload's while the fault lasts, drawn as they arrive. */
import { RandomStream } from "../../foundation/random";
import type { ResolvedPoison } from "../../scenario/resolved-faults";

export class PoisonDraw {
  private readonly poisons: readonly (ResolvedPoison & { readonly random: RandomStream })[];

  constructor(poisons: readonly ResolvedPoison[], seed: number) {
    this.poisons = poisons.map((one) => ({
      ...one,
      random: new RandomStream(seed, `poison/${one.name}`),
    }));
  }

  /** Whether a request of the workload that arrives now is poisonous. */
  strikes(workload: number, seconds: number): boolean {
    let isStruck = false;
    for (const poison of this.poisons) {
      const isOn = seconds >= poison.startSeconds && seconds < poison.endSeconds;
      if (poison.workload !== workload || !isOn) continue;
      if (poison.random.uniform() < poison.share) isStruck = true;
    }
    return isStruck;
  }
}
