/**
 * The pools of a sized fleet as each variant runs them: all replicas all the time, replicas by the hour, or replicas by
 * what is asked of them. Never more than were sized, and never fewer than the lowest hour needs in the worst case.
 */
import type { PoolSpec } from "../../fleet/fleet-spec";
import { AUTOSCALING_DEFAULTS } from "../../fleet/policy-defaults";
import type { ResolvedPool } from "../../fleet/resolved-fleet";
import type { AutoscalingSpec } from "../../fleet/scaling-spec";
import { quantile } from "../../foundation/distributions";
import type { ResolvedScenario } from "../../scenario/resolved-scenario";
import type { PoolsByRegion } from "../fleet-units";
import type { Offer } from "../offer";
import type { OptionPart } from "../serving-option";
import { type NeededHour, unitSchedule } from "./hourly-replicas";
import { type FleetNeeds, type SiteNeed, shareNeeded } from "./site-needs";

export interface ScalingInput {
  /** As sized. */
  readonly pools: PoolsByRegion;
  /** The scenario on them. */
  readonly scenario: ResolvedScenario;
  readonly needs: FleetNeeds;
  readonly hours: readonly NeededHour[];
  /** What the scenario itself says of autoscaling. */
  readonly policy: AutoscalingSpec | undefined;
}

/** Of a cold start: later than this is one in twenty. */
const COLD_START_QUANTILE = 0.95;
const MINUTE_SECONDS = 60;

/** Replicas by the hour, asked for early enough; load itself scales a pool only when all of its replicas are full. */
export function scheduledPools(input: ScalingInput): PoolsByRegion {
  return changedPools(input, ({ offer, part, resolved, units }) => {
    const { pollingInterval = AUTOSCALING_DEFAULTS.pollingInterval.value } = input.policy ?? {};
    const { min, max, initial, windows } = unitSchedule(input.hours, offer, units, {
      leadSeconds: inMinutes(slowColdStartSeconds(resolved) + pollingInterval),
      startSeconds: input.scenario.horizon.startSeconds,
    });
    if (min === max) return undefined;
    return {
      replicas: bounds(part, { min, max, initial }),
      autoscaling: {
        ...rulesOf(input.policy),
        metric: "in-flight",
        target: { value: sequencesOf(resolved), unit: "number" },
        schedule: windows.map((window) => ({
          ...window,
          replicas: window.replicas * part.replicas,
        })),
      },
    };
  });
}

/** Replicas by the rate of requests, with the scenario's own policy where it has one. */
export function autoscaledPools(input: ScalingInput): PoolsByRegion {
  return changedPools(input, ({ offer, part, units, site }) => {
    const own = input.hours.map((hour) => hour.units[offer.index]!);
    const min = Math.min(...own);
    if (min === units) return undefined;
    return {
      replicas: bounds(part, { min, max: units, initial: own[0]! }),
      autoscaling: input.policy ?? derivedPolicy(input, site, offer, part),
    };
  });
}

interface PlacedPart {
  readonly offer: Offer;
  readonly part: OptionPart;
  readonly resolved: ResolvedPool;
  readonly site: SiteNeed;
  readonly units: number;
}

/** @param change undefined for a pool whose replicas stay */
function changedPools(
  { pools, scenario, needs }: ScalingInput,
  change: (placed: PlacedPart) => Pick<PoolSpec, "replicas" | "autoscaling"> | undefined,
): PoolsByRegion {
  const changed: Record<string, Record<string, PoolSpec>> = Object.fromEntries(
    Object.entries(pools).map(([region, own]) => [region, { ...own }]),
  );
  for (const site of needs.sites) {
    for (const offer of site.offers) {
      for (const part of offer.option.parts) {
        const { region, index } = offer;
        const resolved = scenario.fleet.pools.find(
          ({ name }) => name === `${region}/${part.name}`,
        )!;
        const placed = { offer, part, resolved, site, units: needs.units[index]! };
        const own = changed[region]!;
        own[part.name] = { ...own[part.name]!, ...change(placed) };
      }
    }
  }
  return changed;
}

function bounds(
  { replicas }: OptionPart,
  { min, max, initial }: { readonly min: number; readonly max: number; readonly initial: number },
): PoolSpec["replicas"] {
  return { min: min * replicas, max: max * replicas, initial: initial * replicas };
}

/** How fast a pool may change, as the scenario says; what is held near which target is the variant's. */
function rulesOf(policy: AutoscalingSpec | undefined): Omit<AutoscalingSpec, "metric" | "target"> {
  if (policy === undefined) return {};
  const { metric, target, activation, cooldownPeriod, schedule, predictive, ...rules } = policy;
  return rules;
}

function sequencesOf({ engine }: ResolvedPool): number {
  return engine.maxSequences * engine.dataParallel;
}

function slowColdStartSeconds({ coldStart }: ResolvedPool): number {
  const { nodeSeconds, imagePullSeconds, weightLoadSeconds } = coldStart;
  return [nodeSeconds, imagePullSeconds, weightLoadSeconds].reduce(
    (sum, part) => sum + quantile(part, COLD_START_QUANTILE),
    0,
  );
}

/** Cron counts in minutes. */
function inMinutes(seconds: number): number {
  return Math.ceil(seconds / MINUTE_SECONDS) * MINUTE_SECONDS;
}

/**
 * Requests per second that a replica takes, less what others would bring when a part is gone, and less what the HPA lets
 * pass before it acts. Decode replicas get their requests from prefill replicas: they follow their KV cache. What is
 * delivered by queue shows in the queue.
 */
function derivedPolicy(
  { scenario, needs }: ScalingInput,
  site: SiteNeed,
  { index }: Offer,
  { role, replicas }: OptionPart,
): AutoscalingSpec {
  const { tolerance } = AUTOSCALING_DEFAULTS;
  if (role === "decode") {
    return { metric: "kv-utilization", target: { value: DECODE_KV_SHARE, unit: "share" } };
  }
  const perSecond = (site.capacity.get(index)! * ownShare(site, needs)) / replicas;
  const target = perSecond / (1 + tolerance.value);
  const asking = scenario.workloads.filter(({ model }) => model === site.model);
  const isQueued = asking.length > 0 && asking.every(({ delivery }) => delivery === "queue");
  return isQueued
    ? { metric: "queue-depth", target: { value: target * BACKLOG_SECONDS, unit: "number" } }
    : { metric: "request-rate", target: { value: target, unit: "rate" } };
}

const DECODE_KV_SHARE = 0.7;
/** A queue may hold what the replicas work off in this time. */
const BACKLOG_SECONDS = 60;

/** Load with everything there as a share of that in the worst case, when the most of the site is needed. */
function ownShare(site: SiteNeed, { units, edges }: FleetNeeds): number {
  let most = 0;
  let share = 1;
  for (let slice = 0; slice + 1 < edges.length; slice++) {
    const needed = site.cases.map((one) => shareNeeded(site, units, one, slice));
    const worst = Math.max(...needed);
    if (worst <= most) continue;
    most = worst;
    const nothingLost = site.cases.findIndex(({ loss }) => loss === null);
    share = nothingLost < 0 ? 1 : needed[nothingLost]! / worst;
  }
  return share > 0 ? share : 1;
}
