/** What a reader of the numbers must know before trusting them, each with advice. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunRecord } from "../simulation/run-record";
import { failureWarnings } from "./failure-warnings";
import { formatCount } from "./format-count";
import type { GroupSummary, PoolSummary, SimulationSummary } from "./simulation-summary";

type Warning = SimulationSummary["warnings"][number];

/** Below this many answered requests in the tail, p99 says little. */
const TAIL_REQUESTS_MIN = 10;
const TAIL_SHARE = 0.01;
/** Preemptions per answered request from which recomputing costs latency that a planner should know of. */
const PREEMPTIONS_PER_REQUEST = 0.01;

export function collectWarnings(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
  summaries: {
    readonly workloads: Readonly<Record<string, GroupSummary>>;
    readonly pools: Readonly<Record<string, PoolSummary>>;
    readonly queues: SimulationSummary["queues"];
    readonly interrupted: SimulationSummary["interrupted"];
    /** Finished ones; more than there are records where all are the same run. */
    readonly replications: number;
  },
): Warning[] {
  const warnings: Warning[] = [];
  if (summaries.interrupted !== null) {
    const { finished, asked } = summaries.interrupted;
    warnings.push({
      code: "interrupted",
      message: `interrupted: ${finished} of ${asked} replications were finished and are shown`,
    });
  }
  for (const [name, group] of Object.entries(summaries.workloads)) {
    warnings.push(...workloadWarnings(name, group, records.length));
    warnings.push(...warmUpWarnings(name, group, scenario.horizon.warmUpSeconds));
  }
  for (const [name, pool] of Object.entries(summaries.pools)) {
    if (pool.preemptions > PREEMPTIONS_PER_REQUEST * Math.max(1, pool.requests.completed)) {
      warnings.push({
        code: "preemptions",
        message: `${name}: ${formatCount(pool.preemptions)} preemptions, KV blocks run out; lower maxSequences, add replicas or use an FP8 KV cache`,
      });
    }
  }
  warnings.push(...failureWarnings(scenario, records, summaries));
  warnings.push(...clippedWarnings(scenario, records), ...uncalibratedWarnings(scenario));
  warnings.push(...replicationWarnings(records.length, summaries.replications));
  return warnings;
}

function replicationWarnings(runs: number, replications: number): Warning[] {
  if (replications > runs) {
    return [
      {
        code: "same-replications",
        message: `all ${replications} replications are the same run, since nothing in it is drawn: it is counted once, and margins are those of its parts`,
      },
    ];
  }
  if (runs > 2) return [];
  return [
    runs === 1
      ? {
          code: "single-replication",
          message: "one replication: no confidence intervals; use --replications 5",
        }
      : {
          code: "two-replications",
          message:
            "margins of 2 replications are 12.7 standard errors wide, of 5 only 2.8; use --replications 5",
        },
  ];
}

function workloadWarnings(name: string, group: GroupSummary, replications: number): Warning[] {
  const warnings: Warning[] = [];
  const { offered, completed, inFlight, reasons } = group.requests;
  const tooLong = reasons["context-too-long"] ?? 0;
  if (offered === 0) {
    return [
      {
        code: "nothing-measured",
        message: `${name}: no request arrived after the warm-up; lengthen horizon.duration`,
      },
    ];
  }
  if (group.saturated) {
    warnings.push({
      code: "saturated",
      message: `${name}: the queue grows to the end of the run; latencies would depend on its length and are not shown`,
    });
  }
  if (inFlight > 0) {
    warnings.push({
      code: "in-flight",
      message: `${name}: ${formatCount(inFlight)} of ${formatCount(offered)} requests were in flight when the run was cut off; they are not in TPOT and E2E, which therefore look shorter; use horizon.drain: true`,
    });
  }
  if (tooLong > 0) {
    warnings.push({
      code: "rejected",
      message: `${name}: ${formatCount(tooLong)} of ${formatCount(offered)} requests do not fit the context window or the KV cache of the replica they were sent to`,
    });
  }
  if (completed * replications * TAIL_SHARE < TAIL_REQUESTS_MIN) {
    warnings.push({
      code: "few-requests",
      message: `${name}: ${formatCount(completed * replications)} requests measured; p99 and above rest on a handful`,
    });
  }
  return warnings;
}

/** A warm-up shorter than the life of a request leaves the filling of the fleet in the figures. */
function warmUpWarnings(name: string, group: GroupSummary, warmUpSeconds: number): Warning[] {
  const e2eMs = group.latency.e2eMs?.p95 ?? 0;
  if (warmUpSeconds === 0 || e2eMs <= warmUpSeconds * 1e3) return [];
  return [
    {
      code: "warm-up-short",
      message: `${name}: the warm-up of ${formatCount(warmUpSeconds)} s is shorter than a request (E2E p95 ${formatCount(e2eMs / 1e3)} s); lengthen horizon.warmUp and horizon.duration`,
    },
  ];
}

function clippedWarnings(scenario: ResolvedScenario, records: readonly RunRecord[]): Warning[] {
  return scenario.workloads.flatMap((workload, index) => {
    const inputs = records.reduce((sum, record) => sum + record.clipped[index]!.inputs, 0);
    const outputs = records.reduce((sum, record) => sum + record.clipped[index]!.outputs, 0);
    const window = workload.contextWindowTokens;
    const warnings: Warning[] = [];
    if (inputs > 0) {
      warnings.push({
        code: "clipped-inputs",
        message: `${workload.name}: ${formatCount(inputs)} inputs were cut to the context window of ${formatCount(window)} tokens`,
      });
    }
    if (outputs > 0) {
      warnings.push({
        code: "clipped-outputs",
        message: `${workload.name}: ${formatCount(outputs)} outputs were cut to the context window of ${formatCount(window)} tokens`,
      });
    }
    return warnings;
  });
}

function uncalibratedWarnings(scenario: ResolvedScenario): Warning[] {
  const names = scenario.fleet.pools
    .filter((pool) => pool.coefficients.kind === "modelled")
    .map((pool) => pool.accelerator.name);
  return [...new Set(names)].map((name) => ({
    code: "uncalibrated",
    message: `${name}: step times rest on physical priors, not on measurements; margins are wide`,
  }));
}
