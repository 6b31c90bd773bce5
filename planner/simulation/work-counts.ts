/**
 * What pools computed for whom: prompt tokens where they were prefilled, answer tokens where they were decoded, by
 * workload and tenant. Of model answers that were given in the measured window; work that led to no answer is nobody's.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { WorkRecord } from "./run-record";

export class WorkCounts {
  private readonly pools: number;
  private readonly workloads: ResolvedScenario["workloads"];
  /** By tenant of a workload, then pool. */
  private readonly promptTokens: Float64Array;
  private readonly answerTokens: Float64Array;

  constructor({ workloads, fleet }: Pick<ResolvedScenario, "workloads" | "fleet">) {
    this.workloads = workloads;
    this.pools = fleet.pools.length;
    const tenants = workloads.reduce((sum, workload) => sum + workload.tenants.length, 0);
    this.promptTokens = new Float64Array(tenants * this.pools);
    this.answerTokens = new Float64Array(tenants * this.pools);
  }

  /** @param tenant counted over the tenants of all workloads, in their order */
  prefilled(tenant: number, pool: number, tokens: number): void {
    this.promptTokens[tenant * this.pools + pool]! += tokens;
  }

  decoded(tenant: number, pool: number, tokens: number): void {
    this.answerTokens[tenant * this.pools + pool]! += tokens;
  }

  /** By workload, tenant and pool, as far as there is any. */
  records(): WorkRecord[] {
    const records: WorkRecord[] = [];
    let place = 0;
    for (const [workload, { tenants }] of this.workloads.entries()) {
      for (let tenant = 0; tenant < tenants.length; tenant++) {
        for (let pool = 0; pool < this.pools; pool++, place++) {
          const promptTokens = this.promptTokens[place]!;
          const answerTokens = this.answerTokens[place]!;
          if (promptTokens + answerTokens === 0) continue;
          records.push({ workload, tenant, pool, promptTokens, answerTokens });
        }
      }
    }
    return records;
  }
}
