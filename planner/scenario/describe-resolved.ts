/**
 * What `capplan validate` prints of a scenario: every value after resolution, and whether it was given, is a default
 * or follows from others. Data only; the layout is in `bin/`.
 */
import { describeFleet } from "../fleet/describe-fleet";
import { derived, type ResolvedRow, row } from "../fleet/resolved-row";
import { formatDuration, formatNumber } from "../foundation/format-units";
import { formatWeekTime } from "../foundation/week-time";
import { SCENARIO_DEFAULTS as DEFAULTS, PRICES_DEFAULTS, warmUpDefault } from "./defaults";
import { describeFaults, describeStress } from "./describe-faults";
import { describeWorkload } from "./describe-workload";
import { durationReason, replicationsDefault } from "./resolve-horizon";
import type { ResolvedScenario } from "./resolved-scenario";
import type { ScenarioSpec } from "./scenario-spec";

/** Every resolved value, in the order of the file. */
export function describeResolved(spec: ScenarioSpec, resolved: ResolvedScenario): ResolvedRow[] {
  const workloads = Object.entries(spec.workloads).flatMap(([name, written]) => {
    const workload = resolved.workloads.find((candidate) => candidate.name === name);
    return workload === undefined ? [] : describeWorkload(written, workload, resolved);
  });
  return [
    ...describeRun(spec, resolved),
    ...workloads,
    ...describeFleet(spec.fleet, resolved.fleet),
    ...describeFaults(spec.faults ?? [], resolved),
    ...describePrices(spec, resolved),
    derived("digest", resolved.digest, "of everything above"),
    ...describeStress(spec),
  ];
}

function describePrices(
  { prices: written }: ScenarioSpec,
  { prices }: ResolvedScenario,
): ResolvedRow[] {
  const { estimateSpot, estimateServices } = PRICES_DEFAULTS;
  const { id, date, digest } = prices.book;
  const overrides = prices.overrides.length;
  const spot = String(prices.estimateSpot);
  const services = String(prices.estimateServices);
  return [
    derived("prices.book", id, `newest price of ${date}, digest ${digest}`),
    row("prices.overrides", String(overrides), written?.overrides, "list prices"),
    row("prices.estimateSpot", spot, written?.estimateSpot, estimateSpot.reason),
    row("prices.estimateServices", services, written?.estimateServices, estimateServices.reason),
  ];
}

function describeRun(spec: ScenarioSpec, resolved: ResolvedScenario): ResolvedRow[] {
  const { startSeconds, durationSeconds, warmUpSeconds, drain } = resolved.horizon;
  const { horizon } = spec;
  const warmUpReason = warmUpDefault(durationSeconds, warmUpSeconds === 0).reason;
  return [
    row("name", resolved.name, spec.name, DEFAULTS.name.reason),
    row("seed", String(resolved.seed), spec.seed, DEFAULTS.seed.reason),
    row(
      "replications",
      String(resolved.replications),
      spec.replications,
      replicationsDefault(spec).reason,
    ),
    row(
      "horizon.start",
      `${formatWeekTime(startSeconds)} UTC`,
      horizon?.start,
      DEFAULTS.startSeconds.reason,
    ),
    row(
      "horizon.duration",
      formatDuration(durationSeconds),
      horizon?.duration,
      durationReason(spec, durationSeconds),
    ),
    row("horizon.warmUp", formatDuration(warmUpSeconds), horizon?.warmUp, warmUpReason),
    row(
      "horizon.requests",
      formatNumber(horizon?.requests ?? Number.POSITIVE_INFINITY),
      horizon?.requests,
      "until the duration ends",
    ),
    row("horizon.drain", String(drain), horizon?.drain, DEFAULTS.drain.reason),
  ];
}
