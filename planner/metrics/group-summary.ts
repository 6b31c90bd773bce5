/** One row of the report for a group of cells: counts, latencies, throughput, SLO attainment. */

import type { QuantileSketch } from "../foundation/quantile-sketch";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { summarizeAvailability } from "./availability";
import { type CellGroup, total } from "./cell-group";
import { latencyBlock } from "./latency";
import { requestCounts } from "./request-counts";
import { isSaturated } from "./saturation";
import type { GroupSummary, LatencyBlocks, Throughput } from "./simulation-summary";

/**
 * @param gaps inter-token gaps of the group, one sketch per replication; undefined where streams of several
 *   groups share batches and the gaps cannot be told apart
 * @param isSplit prompts and answers are computed on different replicas, with a queue between the two
 */
export function summarizeGroup(
  scenario: Pick<ResolvedScenario, "workloads">,
  group: CellGroup,
  gaps: readonly QuantileSketch[] | undefined,
  isSplit: boolean,
): GroupSummary {
  const saturated = isSaturated(group);
  const judged = total(group, "judged");
  return {
    requests: requestCounts(scenario, group),
    availability: summarizeAvailability(group),
    latency: latencyBlocks(group, gaps, { saturated, gapsGrow: saturated && isSplit }),
    throughput: throughput(group, judged),
    sloAttainment: judged > 0 ? total(group, "metAll") / judged : null,
    saturated,
  };
}

/** Times that a growing queue enters are left out; gaps between tokens stay, unless it stands between them. */
function latencyBlocks(
  group: CellGroup,
  gaps: readonly QuantileSketch[] | undefined,
  { saturated, gapsGrow }: { readonly saturated: boolean; readonly gapsGrow: boolean },
): LatencyBlocks {
  const { runs } = group;
  return {
    ttftMs: saturated ? null : latencyBlock(runs.map((run) => run.ttftSeconds)),
    tpotMs: gapsGrow ? null : latencyBlock(runs.map((run) => run.tpotSeconds)),
    itlMs: gaps === undefined || gapsGrow ? null : latencyBlock(gaps),
    e2eMs: saturated ? null : latencyBlock(runs.map((run) => run.e2eSeconds)),
    queueTimeMs: saturated ? null : latencyBlock(runs.map((run) => run.queueTimeSeconds)),
  };
}

/** @param judged requests of which it is known whether they met the objectives of their workload */
function throughput(group: CellGroup, judged: number): Throughput {
  const seconds = group.windowSeconds * group.runs.length;
  return {
    requestsPerSecond: total(group, "finishedInWindow") / seconds,
    inputTokensPerSecond: total(group, "inputTokensFinished") / seconds,
    outputTokensPerSecond: total(group, "outputTokensFinished") / seconds,
    goodputRps:
      group.hasSlo && judged > 0 ? total(group, "metAllFinishedInWindow") / seconds : null,
  };
}
