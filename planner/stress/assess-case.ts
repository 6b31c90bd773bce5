/**
 * What the run of one case says: how far the trouble reached, how much was still answered, how soon the fleet was
 * back. Measures only; which of them breaks a threshold is `thresholds.ts`.
 *
 * A fault is measured by `metrics/resilience.ts` against the baseline. A load has no beginning and no end, so it is
 * measured by the requests that arrive in its window (the peak):
 *
 * - requestShare: those of which an attempt ended without an answer; tenantShare: tenants with such a request, of all
 *   with a request, over the whole measured window. A name is one tenant in every workload.
 * - availability: those that were completed.
 * - goodputLost: 1 − (share of good requests) / (share of good requests in the baseline); 0 when it is better.
 */

import { type RunSeries, seriesOf, sumBetween } from "../metrics/run-series";
import type { FaultResilience, SimulationSummary } from "../metrics/simulation-summary";
import { struckBy } from "../metrics/struck-parts";
import { summarize } from "../metrics/summarize";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { RunRecord } from "../simulation/run-record";
import type { ApplicableCase } from "./stress-case";
import type { BaselineResult, CaseMeasures, CaseObjective, GoodputSeries } from "./stress-report";
import { stressTimes } from "./stress-times";

/** A run, what is concluded from it, and its course; the timeline is always recorded. */
export interface AssessedRun {
  readonly record: RunRecord;
  readonly summary: SimulationSummary;
  readonly series: RunSeries;
}

/** @param baseline the run of the same seed without the case; none for the baseline itself */
export function assessRun(
  scenario: ResolvedScenario,
  record: RunRecord,
  baseline?: RunRecord,
): AssessedRun {
  const summary = summarize(scenario, [record], {
    seed: record.seed,
    replications: 1,
    ...(baseline === undefined ? {} : { baseline: [baseline] }),
  });
  return { record, summary, series: seriesOf(scenario, record)! };
}

export function baselineResult({ summary, series, record }: AssessedRun): BaselineResult {
  const { from, to } = bucketsBetween(series, record.windowStartSeconds, record.windowEndSeconds);
  const seconds = (to - from) * series.bucketSeconds;
  return {
    verdict: summary.verdict,
    availability: summary.availability.value,
    offeredRequestsPerSecond: sumBetween(series.offered, from, to) / seconds,
    goodRequestsPerSecond: sumBetween(series.good, from, to) / seconds,
    slo: summary.slo,
    series: goodputSeries(series),
  };
}

/** @returns what the case did; its window is the fault until its end or recovery, or the peak of a load */
export function caseMeasures(
  stressCase: ApplicableCase,
  run: AssessedRun,
  baseline: AssessedRun,
): CaseMeasures {
  const faults = (run.summary.resilience ?? []).filter(({ fault }) =>
    stressCase.faultNames.includes(fault),
  );
  const window = windowOf(stressCase, faults, run.record);
  const mine = figuresBetween(run.series, window);
  const usual = figuresBetween(baseline.series, window);
  const isFault = stressCase.kind === "fault";
  return {
    kind: stressCase.kind,
    ...window,
    resolutionSeconds: run.series.bucketSeconds,
    ...(isFault && faults.length > 0
      ? reachOf(faults)
      : loadReach(stressCase.scenario, run, mine, usual)),
    availability:
      isFault && faults.length > 0
        ? lowest(faults, (one) => one.availabilityInWindow)
        : mine.availability,
    goodShare: mine.goodShare,
    baselineAvailability: usual.availability,
    goodRequestsPerSecond: mine.goodPerSecond,
    baselineGoodRequestsPerSecond: usual.goodPerSecond,
    ...healingOf(stressCase.scenario, isFault ? faults : []),
    secondsLeft: Math.max(0, run.record.windowEndSeconds - stressCase.faultEndSeconds),
    secondsNeeded: stressTimes(stressCase.scenario).comebackSeconds,
    saturated: Object.entries(run.summary.workloads)
      .filter(
        ([name, group]) => group.saturated && baseline.summary.workloads[name]?.saturated !== true,
      )
      .map(([name]) => name),
    slo: objectives(run.summary, baseline.summary),
    series: goodputSeries(run.series),
  };
}

interface Window {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** A fault counts until the fleet is back: what fails after its end is its doing as well. */
function windowOf(
  { faultStartSeconds, faultEndSeconds }: ApplicableCase,
  faults: readonly FaultResilience[],
  { windowEndSeconds }: RunRecord,
): Window {
  const ends = faults.map(({ startSeconds, recoverySeconds, recovered }) => {
    if (recovered === false) return windowEndSeconds;
    return recoverySeconds === null ? 0 : startSeconds + recoverySeconds;
  });
  const endSeconds = Math.min(windowEndSeconds, Math.max(faultEndSeconds, ...ends));
  return { startSeconds: faultStartSeconds, endSeconds };
}

interface Figures {
  readonly offered: number;
  readonly goodShare: number | null;
  readonly touchedShare: number | null;
  readonly availability: number | null;
  readonly goodPerSecond: number | null;
}

/** Of the requests that arrive in the buckets that the window touches. */
function figuresBetween(series: RunSeries, { startSeconds, endSeconds }: Window): Figures {
  const { from, to } = bucketsBetween(series, startSeconds, endSeconds);
  const offered = sumBetween(series.offered, from, to);
  const share = (values: Float64Array): number | null =>
    offered > 0 ? sumBetween(values, from, to) / offered : null;
  const seconds = (to - from) * series.bucketSeconds;
  return {
    offered,
    goodShare: share(series.good),
    touchedShare: share(series.touched),
    availability: share(series.completedOfArrived),
    goodPerSecond: seconds > 0 ? sumBetween(series.good, from, to) / seconds : null,
  };
}

function bucketsBetween(
  { bucketSeconds, buckets }: RunSeries,
  startSeconds: number,
  endSeconds: number,
): { readonly from: number; readonly to: number } {
  const from = Math.min(buckets, Math.floor(startSeconds / bucketSeconds + 1e-9));
  return {
    from,
    to: Math.max(from, Math.min(buckets, Math.ceil(endSeconds / bucketSeconds - 1e-9))),
  };
}

type Reach = Pick<CaseMeasures, "requestShare" | "tenantShare" | "goodputLost">;

/** A case of several faults reaches as far as the worst of them. */
function reachOf(faults: readonly FaultResilience[]): Reach {
  return {
    requestShare: highest(faults, ({ blastRadius }) => blastRadius.requestShare),
    tenantShare: highest(faults, ({ blastRadius }) => blastRadius.tenantShare),
    goodputLost: highest(faults, ({ blastRadius }) => blastRadius.goodputLost),
  };
}

function loadReach(
  { workloads }: ResolvedScenario,
  { record }: AssessedRun,
  mine: Figures,
  usual: Figures,
): Reach {
  const tenants = (counter: "offered" | "touched"): number =>
    new Set(
      record.cells.flatMap((cell) =>
        cell[counter] > 0 ? workloads[cell.workload]!.tenants[cell.tenant]!.name : [],
      ),
    ).size;
  const offering = tenants("offered");
  const isKnown = mine.goodShare !== null && usual.goodShare !== null && usual.goodShare > 0;
  return {
    requestShare: mine.touchedShare,
    tenantShare: offering > 0 ? tenants("touched") / offering : null,
    goodputLost: isKnown ? Math.max(0, 1 - mine.goodShare / usual.goodShare) : null,
  };
}

type Healing = Pick<
  CaseMeasures,
  "detectSeconds" | "shiftSeconds" | "recoverySeconds" | "recovered" | "metastable"
>;

/** Of several faults the last to heal counts; one that never does has no time. */
function healingOf(scenario: ResolvedScenario, faults: readonly FaultResilience[]): Healing {
  const movable = faults.filter((fault) => hasMoved(scenario, fault));
  const recovered = faults.map((one) => one.recovered);
  return {
    detectSeconds: highest(faults, (one) => one.detectSeconds),
    shiftSeconds: highest(movable, (one) => one.shiftSeconds),
    recoverySeconds: recovered.includes(false)
      ? null
      : highest(faults, (one) => one.recoverySeconds),
    recovered: recovered.includes(false)
      ? false
      : recovered.length === 0 || recovered.includes(null)
        ? null
        : true,
    metastable: faults.find((one) => one.metastable !== null)?.metastable ?? null,
  };
}

/**
 * Attempts that stop have moved only where there is somewhere to move to, and something that noticed: a region that is
 * gone takes its gateway with it, and gets nothing from the first moment on.
 */
function hasMoved(
  scenario: ResolvedScenario,
  { fault, detectSeconds, shiftSeconds }: FaultResilience,
): boolean {
  const isAnywhereLeft = struckBy(scenario, fault).wholePools.length < scenario.fleet.pools.length;
  return isAnywhereLeft && detectSeconds !== null && (shiftSeconds ?? 0) >= detectSeconds;
}

function highest(
  faults: readonly FaultResilience[],
  of: (fault: FaultResilience) => number | null,
): number | null {
  const known = faults.flatMap((fault) => of(fault) ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

function lowest(
  faults: readonly FaultResilience[],
  of: (fault: FaultResilience) => number | null,
): number | null {
  const known = faults.flatMap((fault) => of(fault) ?? []);
  return known.length === 0 ? null : Math.min(...known);
}

/** Objectives that both runs have: a case of the user may change what a workload promises. */
function objectives(mine: SimulationSummary, usual: SimulationSummary): CaseObjective[] {
  return mine.slo.flatMap(({ workload, objective, limitMs, valueMs, verdict }) => {
    const other = usual.slo.find((one) => one.workload === workload && one.objective === objective);
    if (other === undefined) return [];
    const { valueMs: baselineValueMs, verdict: baselineVerdict } = other;
    return { workload, objective, limitMs, valueMs, verdict, baselineValueMs, baselineVerdict };
  });
}

function goodputSeries({ bucketSeconds, offered, good }: RunSeries): GoodputSeries {
  const perSecond = (values: Float64Array): number[] =>
    Array.from(values, (count) => count / bucketSeconds);
  return { bucketSeconds, offeredPerSecond: perSecond(offered), goodPerSecond: perSecond(good) };
}
