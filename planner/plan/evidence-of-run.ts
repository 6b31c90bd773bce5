/** What a plan keeps of one case that was simulated. */
import type { SimulationSummary } from "../metrics/simulation-summary";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { EvidenceRun } from "./evidence-spec";

/** @param name of the case: `nominal`, `peak`, `loss:region:us-east-1` */
export function evidenceOfRun(
  name: string,
  summary: SimulationSummary,
  { fleet }: Pick<ResolvedScenario, "fleet">,
): EvidenceRun {
  const { requests, workloads, pools } = summary;
  return {
    case: name,
    seed: summary.seed,
    replications: summary.replications,
    horizonSeconds: summary.horizonSeconds,
    verdict: summary.verdict,
    stepTimeMargin: Math.max(0, ...fleet.pools.map(({ coefficients }) => coefficients.tpotError)),
    requests: { offered: requests.offered, completed: requests.completed },
    usdPerHour: summary.cost.usdPerHour,
    slo: summary.slo.map((result) => ({ ...result })),
    workloads: Object.entries(workloads).map(([workload, { latency, throughput }]) => {
      const { requestsPerSecond, inputTokensPerSecond, outputTokensPerSecond } = throughput;
      const perRequest = (tokens: number) =>
        requestsPerSecond > 0 ? tokens / requestsPerSecond : null;
      return {
        workload,
        requestsPerSecond,
        inputTokensPerRequest: perRequest(inputTokensPerSecond),
        outputTokensPerRequest: perRequest(outputTokensPerSecond),
        ttftMsP999: latency.ttftMs?.p999 ?? null,
        e2eMsP999: latency.e2eMs?.p999 ?? null,
      };
    }),
    pools: Object.entries(pools).map(([pool, { readyReplicas, paidReplicas, utilization }]) => ({
      pool,
      readyReplicas,
      paidReplicas,
      utilization,
    })),
  };
}
