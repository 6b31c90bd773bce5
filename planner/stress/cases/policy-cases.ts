/**
 * Cases for what only some fleets have: spot capacity, a queue with consumers, DNS failover with resolvers that do
 * not keep to it.
 */

import { firstSpotReplica } from "../../fleet/purchase";
import type { ResolvedPool } from "../../fleet/resolved-fleet";
import { meanOf } from "../../foundation/distributions";
import { modelsOf } from "../../metrics/workload-models";
import type { ResolvedScenario } from "../../scenario/resolved-scenario";
import { inapplicable, type StressCase, withFaults } from "../stress-case";
import { type StressTimes, spoken, strikeAt } from "../stress-times";
import { faultCase, faultNameOf, largestRegion } from "./fault-case";

const BACKLOG_SECONDS = 3600;
/**
 * Of 8,524 resolvers measured, 8.74 % extend the TTL (Bhowmick, Ashiq, Deccio and Chung, "TTL Violation of DNS
 * Resolvers in the Wild", PAM 2023). For how long is a guess: an hour.
 */
const IGNORING_SHARE = 0.0874;
const IGNORING_HOLD_SECONDS = 3600;

/** Every spot node gets its notice at once, and the capacity stays away as long as the scenario expects on average. */
export function spotWaveCase(scenario: ResolvedScenario, times: StressTimes): StressCase {
  const text = {
    name: "spot-reclaim-wave",
    title: "Spot reclaim wave",
    tests: "Does on-demand capacity carry the load when all spot capacity is reclaimed at once?",
  };
  const { pools } = scenario.fleet;
  const spot = pools.flatMap((pool, index) => (spotReplicas(pool) > 0 ? [index] : []));
  if (spot.length === 0) return inapplicable(text, "no pool has spot capacity");
  const away = Math.max(
    ...spot.map((pool) => meanOf(pools[pool]!.purchase.spot!.unavailableSeconds)),
  );
  const notice = Math.max(...spot.map((pool) => pools[pool]!.purchase.spot!.noticeSeconds));
  const strike = strikeAt(times, notice + away);
  const unavailableSeconds = Math.max(0, strike.endSeconds - strike.startSeconds - notice);
  const replicas = spot.reduce((sum, pool) => sum + spotReplicas(pools[pool]!), 0);
  const faultName = faultNameOf(text);
  return {
    ...text,
    applies: true,
    kind: "fault",
    how: [
      `All ${replicas} spot replicas are told to go ${strike.text}: ${spoken(notice)} of notice, then gone until the cloud has capacity again, after which they start cold.`,
      ...strike.notes,
    ],
    scenario: withFaults(scenario, {
      spotWaves: [
        ...scenario.faults.spotWaves,
        {
          name: faultName,
          atSeconds: strike.startSeconds,
          pools: spot,
          share: 1,
          unavailableSeconds,
        },
      ],
    }),
    faultNames: [faultName],
    faultStartSeconds: strike.startSeconds,
    faultEndSeconds: strike.endSeconds,
  };
}

function spotReplicas({ purchase, replicas }: ResolvedPool): number {
  return Math.max(0, replicas - firstSpotReplica(purchase));
}

/** All consumers are gone for an hour while messages keep coming. */
export function queueBacklogCase(scenario: ResolvedScenario, times: StressTimes): StressCase {
  const text = {
    name: "queue-backlog",
    title: "Queue backlog of an hour",
    tests: "How long does it take to work off what has queued up while the consumers were gone?",
  };
  const queued = scenario.workloads.filter(({ delivery }) => delivery === "queue");
  if (queued.length === 0) return inapplicable(text, "no workload is delivered by queue");
  const models = new Set(queued.flatMap((workload) => [...modelsOf(workload)]));
  const { pools } = scenario.fleet;
  const consumers = pools.flatMap((pool, index) => (models.has(pool.model.name) ? [index] : []));
  const sharing = scenario.workloads.filter(
    (workload) =>
      workload.delivery === "direct" && [...modelsOf(workload)].some((one) => models.has(one)),
  );
  const strike = strikeAt(times, BACKLOG_SECONDS, BACKLOG_SECONDS);
  if (consumers.length === 0) return inapplicable(text, "no pool takes messages from the queue");
  return faultCase(scenario, strike, {
    text,
    targets: consumers.map((pool) => ({ kind: "pool", pool })),
    after: [
      `They take the messages of ${queued.map(({ name }) => name).join(", ")}, which keep coming meanwhile.`,
      ...(sharing.length === 0
        ? []
        : [
            `They also serve ${sharing.map(({ name }) => name).join(", ")} directly, which is down with them.`,
          ]),
    ],
  });
}

/** The largest region is lost, and some resolvers keep sending clients there. */
export function staleDnsCase(scenario: ResolvedScenario, times: StressTimes): StressCase {
  const text = {
    name: "stale-dns",
    title: "Resolvers that ignore the TTL",
    tests:
      "How many requests keep going to a dead region because their resolver does not ask again?",
  };
  const { fleet } = scenario;
  const { failover } = fleet.policies;
  if (failover === undefined) return inapplicable(text, "the fleet has no failover by DNS");
  const withPools = new Set(fleet.pools.map(({ regionIndex }) => regionIndex));
  if (withPools.size < 2) return inapplicable(text, "the fleet is in one region");
  const ignoringTtl = {
    share: Math.max(IGNORING_SHARE, failover.ignoringTtl.share),
    holdSeconds: Math.max(IGNORING_HOLD_SECONDS, failover.ignoringTtl.holdSeconds),
  };
  const policies = { ...fleet.policies, failover: { ...failover, ignoringTtl } };
  const region = largestRegion(fleet);
  return faultCase(
    { ...scenario, fleet: { ...fleet, policies } },
    strikeAt(times, times.lossSeconds),
    {
      text,
      targets: [{ kind: "region", region }],
      after: [
        `It is the region with the most replicas. ${Number((ignoringTtl.share * 100).toPrecision(3))} % of the resolvers keep an answer for ${spoken(ignoringTtl.holdSeconds)}; the others for ${spoken(failover.ttlSeconds)}.`,
      ],
    },
  );
}
