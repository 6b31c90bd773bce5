/**
 * Where a request comes from. With a daily curve each origin follows its own clock, so the shares of the
 * moment are drawn with the origins' rates of the moment; otherwise with the shares of the scenario.
 */
import type { RandomStream } from "../foundation/random";
import type { ResolvedWorkload } from "../scenario/resolved-scenario";
import { AliasTable } from "./alias-table";
import type { CompiledProfile } from "./rate-profile";

export class OriginMix {
  private readonly indexes: readonly number[];
  private readonly table: AliasTable;

  /** @param profile of an open-loop workload; undefined where arrivals follow no curve */
  constructor(
    origins: ResolvedWorkload["origins"],
    private readonly profile: CompiledProfile | undefined,
  ) {
    this.indexes = origins.map((origin) => origin.originIndex);
    this.table = new AliasTable(origins.map((origin) => origin.share));
  }

  /** Index into the fleet's origins; draws nothing where there is only one. */
  draw(random: RandomStream, seconds: number): number {
    if (this.indexes.length === 1) return this.indexes[0]!;
    const u = random.uniform();
    if (this.profile?.byOrigin === undefined) return this.indexes[this.table.pick(u)]!;
    const curves = this.profile.byOrigin;
    let left = u * this.profile.total.rateAt(seconds);
    for (let i = 0; i < curves.length - 1; i++) {
      left -= curves[i]!.rateAt(seconds);
      if (left < 0) return this.indexes[i]!;
    }
    return this.indexes[curves.length - 1]!;
  }
}
