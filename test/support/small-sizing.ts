/** Scenarios that are sized in a second or two, and what it takes to size them in this thread. */
import type { Highs } from "highs";
import { loadSolver } from "../../bin/load-solver";
import { localExecutor } from "../../planner/execution/local-executor";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import type { SizingContext } from "../../planner/sizing/evaluation-job";
import { sizeFleet } from "../../planner/sizing/size-fleet";
import type { SizingResult } from "../../planner/sizing/sizing-result";
import { SharedEvaluations } from "../../planner/sizing/studies/shared-evaluations";

/** Two regions, one model, two kinds of hardware of which one is too slow. */
export const SMALL_SIZING = `version: 1
name: small
horizon: { start: "wed 12:00", duration: 5 min, warmUp: 1 min }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 12/s }
    tokens: { input: 800, output: 150 }
    origins: { us-east: 50%, us-west: 50% }
    slo: { ttft: { p95: 600 ms }, tpot: { p95: 40 ms } }
fleet:
  regions: { us-east-1: {}, us-west-2: {} }
  gateway: { replicas: 3 }
  failover: { policy: latency, healthCheck: { interval: 10 s, failureThreshold: 2 }, ttl: 30 s }
search:
  hardware: [l40s, l4]
  engine: { tensorParallel: [1], maxContext: 8k, quantization: [fp8] }
  requestsPerRun: 400
`;

/** Three hours with a peak in the second; either region must take all of it. */
export const VARYING_SIZING = `version: 1
name: morning
horizon: { start: "wed 06:00", duration: 3h, warmUp: 2 min }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 1/s, profile: { schedule: [ { at: 0 s, factor: 0.5 }, { at: 1h, factor: 3 }, { at: 2h, factor: 1 } ] } }
    tokens: { input: 4000, output: 400 }
    origins: { us-east: 50%, us-west: 50% }
    slo: { ttft: { p95: 3 s }, tpot: { p95: 60 ms } }
fleet:
  regions: { us-east-1: {}, us-west-2: {} }
  failover: { policy: latency, healthCheck: { interval: 10 s, failureThreshold: 2 }, ttl: 30 s }
survive: [any-region]
search:
  hardware: [l40s]
  engine: { tensorParallel: [1], maxContext: 8k, quantization: [fp8] }
  requestsPerRun: 300
`;

export function sizingContext(text: string, overrides: readonly string[] = []): SizingContext {
  return { spec: parseScenario(text, { overrides }), traces: [] };
}

export interface SizingTools {
  readonly solver: Highs;
  readonly evaluations: SharedEvaluations;
  /** Executors that were opened so far. */
  readonly opened: () => number;
}

export async function sizingTools(): Promise<SizingTools> {
  let opened = 0;
  const evaluations = new SharedEvaluations(async (context) => {
    opened++;
    return localExecutor("sizing", context, 1);
  });
  return { solver: await loadSolver(), evaluations, opened: () => opened };
}

/** The first fleet that holds. */
export async function sizeSmall(
  context: SizingContext,
  { solver, evaluations }: SizingTools,
): Promise<SizingResult> {
  const executor = evaluations.executorFor(context);
  return await sizeFleet(context, { solver, executor, watch: {}, proves: false });
}
