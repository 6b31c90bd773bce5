/**
 * From the records of a scenario's replications to the one summary that is printed. Every grouping is a
 * merge of the same cells; percentiles are computed here and nowhere else.
 */

import { summarizeCost } from "../cost/summarize-cost";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import type { QuantileSketch } from "../foundation/quantile-sketch";
import { SKETCH_RELATIVE_ERROR } from "../foundation/quantile-sketch";
import { estimatedLengths } from "../scenario/estimated-lengths";
import { runStartSeconds } from "../scenario/follows-clock";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { skippedRows } from "../scenario/skipped-rows";
import type { CellRecord, RunRecord } from "../simulation/run-record";
import { groupCells, groupCellsByName } from "./cell-group";
import { summarizeControl } from "./control-summary";
import { summarizeGroup } from "./group-summary";
import { mergeSketches } from "./latency";
import { networkAssumptions } from "./network-assumptions";
import { summarizePool } from "./pool-summary";
import { collectProvenance } from "./provenance";
import { summarizeQueues } from "./queue-summary";
import { assessResilience } from "./resilience";
import type { GroupSummary, PoolSummary, SimulationSummary } from "./simulation-summary";
import { overallVerdict, type StepTimeSensitivity, sloResults } from "./slo";
import { summarizeTimeline } from "./timeline";
import { collectWarnings } from "./warnings";
import { modelsOf } from "./workload-models";

/**
 * @param finished one record per finished replication, at least one
 * @param asked replications asked for and the seed they were derived from; and runs of the first seed whose
 *   steps are longer or shorter by the error of the step-time model, which widen the margins of the SLOs; and
 *   runs of the same seeds without the faults, against which resilience is then measured
 */
export function summarize(
  scenario: ResolvedScenario,
  finished: readonly RunRecord[],
  asked: {
    readonly seed: number;
    readonly replications: number;
    readonly baseline?: readonly RunRecord[];
  } & StepTimeSensitivity,
): SimulationSummary {
  const { workloads, fleet, horizon } = scenario;
  const records = differentRuns(finished);
  const anySlo = workloads.some((workload) => workload.slo.length > 0);
  const hasSplit = hasPrefillPool(fleet.pools);
  const everything = groupCells(records, () => true, anySlo);
  const all = summarizeGroup(scenario, everything, allGaps(records), hasSplit);
  const groups = {
    workloads: workloadGroups(scenario, records),
    tenants: tenantGroups(scenario, records),
    models: modelGroups(scenario, records),
    regions: regionGroups(scenario, records),
    pools: poolGroups(scenario, records),
  };
  const slo = workloads.flatMap((_, workloadIndex) =>
    sloResults(scenario, records, {
      workloadIndex,
      group: groupCells(records, (cell) => cell.workload === workloadIndex, true),
      gaps: workloadGaps(records, workloadIndex),
      sensitivity: asked,
    }),
  );
  const queues = summarizeQueues(scenario, records);
  const isAnySaturated = Object.values(groups.workloads).some((group) => group.saturated);
  const interrupted =
    finished.length < asked.replications
      ? { finished: finished.length, asked: asked.replications }
      : null;
  return {
    schemaVersion: 2,
    scenario: { name: scenario.name, digest: scenario.digest },
    seed: asked.seed,
    replications: records.length,
    horizonStartSeconds: runStartSeconds(scenario),
    horizonSeconds: horizon.durationSeconds,
    warmUpSeconds: horizon.warmUpSeconds,
    verdict: overallVerdict(slo, isAnySaturated),
    interrupted,
    requests: all.requests,
    availability: all.availability,
    latency: withoutSaturated(all, groups.workloads, hasSplit).latency,
    throughput: all.throughput,
    slo,
    ...groups,
    queues,
    control: summarizeControl(scenario, records),
    resilience: assessResilience(scenario, records, asked.baseline),
    cost: summarizeCost(scenario, records),
    timeline: summarizeTimeline(scenario, records),
    warnings: [
      ...traceWarnings(scenario),
      ...collectWarnings(scenario, records, {
        ...groups,
        queues,
        interrupted,
        replications: finished.length,
      }),
    ],
    assumptions: networkAssumptions(scenario),
    provenance: collectProvenance(scenario),
    sketchRelativeError: SKETCH_RELATIVE_ERROR,
  };
}

/**
 * The first run alone when all are the same, since nothing in them is drawn: copies say nothing of how much it
 * varies, its parts do. Every difference between two runs changes for how long their requests were there.
 */
function differentRuns(records: readonly RunRecord[]): readonly RunRecord[] {
  const { requestSeconds, events } = records[0]!;
  const isOneRun =
    requestSeconds > 0 &&
    records.every((one) => one.requestSeconds === requestSeconds && one.events === events);
  return isOneRun ? records.slice(0, 1) : records;
}

/** Whoever reads a result should know that it is not of the whole trace, or of lengths that nobody counted. */
function traceWarnings(scenario: ResolvedScenario): SimulationSummary["warnings"][number][] {
  const skipped = skippedRows(scenario).map((rows) => ({ code: "skipped-rows", ...rows }) as const);
  const estimated = estimatedLengths(scenario).map(
    (lengths) => ({ code: "estimated-lengths", ...lengths }) as const,
  );
  return [...skipped, ...estimated].map(({ code, about, message }) => ({
    code,
    message: `${about}: ${message}`,
  }));
}

/** Whether any of the pools computes prompts only, and hands them on through a queue. */
function hasPrefillPool(pools: readonly ResolvedPool[]): boolean {
  return pools.some((pool) => pool.role === "prefill");
}

/** The whole is no latency where any part's queue grows. */
function withoutSaturated(
  all: GroupSummary,
  parts: Readonly<Record<string, GroupSummary>>,
  hasSplit: boolean,
): GroupSummary {
  if (!Object.values(parts).some((part) => part.saturated)) return all;
  const gaps = hasSplit ? { tpotMs: null, itlMs: null } : {};
  const latency = { ...all.latency, ttftMs: null, e2eMs: null, queueTimeMs: null, ...gaps };
  return { ...all, latency };
}

function allGaps(records: readonly RunRecord[]): QuantileSketch[] {
  return records.map((record) => mergeSketches(record.pools.flatMap((pool) => pool.itlSeconds)));
}

function workloadGaps(records: readonly RunRecord[], workload: number): QuantileSketch[] {
  return records.map((record) =>
    mergeSketches(record.pools.map((pool) => pool.itlSeconds[workload]!)),
  );
}

/** Gaps of the pools that `belongs` picks. */
function poolGaps(
  records: readonly RunRecord[],
  belongs: (poolIndex: number) => boolean,
): QuantileSketch[] {
  return records.map((record) =>
    mergeSketches(
      record.pools.filter((_, index) => belongs(index)).flatMap((pool) => pool.itlSeconds),
    ),
  );
}

function workloadGroups(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
): Record<string, GroupSummary> {
  const { workloads, fleet } = scenario;
  return Object.fromEntries(
    workloads.map((workload, index) => {
      const belongs = (cell: CellRecord): boolean => cell.workload === index;
      const group = groupCells(records, belongs, workload.slo.length > 0);
      const models = modelsOf(workload);
      const isSplit = hasPrefillPool(fleet.pools.filter((pool) => models.has(pool.model.name)));
      const gaps = workloadGaps(records, index);
      return [workload.name, summarizeGroup(scenario, group, gaps, isSplit)];
    }),
  );
}

/** A tenant's name means the same tenant in every workload. */
function tenantGroups(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
): Record<string, GroupSummary> {
  const { workloads, fleet } = scenario;
  const withSlo = new Set(
    workloads
      .filter((workload) => workload.slo.length > 0)
      .flatMap((workload) => workload.tenants.map((tenant) => tenant.name)),
  );
  const groups = groupCellsByName(
    records,
    (cell) => workloads[cell.workload]!.tenants[cell.tenant]!.name,
    (name) => withSlo.has(name),
  );
  const isSplit = hasPrefillPool(fleet.pools);
  const names = new Set(workloads.flatMap((one) => one.tenants.map((tenant) => tenant.name)));
  return Object.fromEntries(
    [...names].map((name) => {
      const group = groups.get(name) ?? groupCells(records, () => false, withSlo.has(name));
      return [name, summarizeGroup(scenario, group, undefined, isSplit)];
    }),
  );
}

function modelGroups(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
): Record<string, GroupSummary> {
  const { workloads, fleet } = scenario;
  const names = [...new Set(workloads.map((workload) => workload.model))];
  return Object.fromEntries(
    names.map((name) => {
      const hasSlo = workloads.some((one) => one.model === name && one.slo.length > 0);
      const belongs = (cell: CellRecord): boolean => workloads[cell.workload]!.model === name;
      const gaps = poolGaps(records, (pool) => fleet.pools[pool]!.model.name === name);
      const isSplit = hasPrefillPool(fleet.pools.filter((pool) => pool.model.name === name));
      const group = groupCells(records, belongs, hasSlo);
      return [name, summarizeGroup(scenario, group, gaps, isSplit)];
    }),
  );
}

function regionGroups(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
): Record<string, GroupSummary> {
  const { workloads, fleet } = scenario;
  const hasSlo = workloads.some((workload) => workload.slo.length > 0);
  return Object.fromEntries(
    fleet.regions.map((region, index) => {
      const isHere = (pool: number): boolean => fleet.pools[pool]?.regionIndex === index;
      const group = groupCells(records, (cell) => isHere(cell.pool), hasSlo);
      const isSplit = hasPrefillPool(fleet.pools.filter((pool) => pool.regionIndex === index));
      return [region.name, summarizeGroup(scenario, group, poolGaps(records, isHere), isSplit)];
    }),
  );
}

function poolGroups(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
): Record<string, PoolSummary> {
  return Object.fromEntries(
    scenario.fleet.pools.map((pool, index) => [pool.name, summarizePool(scenario, records, index)]),
  );
}
