import { describe, expect, it } from "@jest/globals";
import { changed, readFleet, shownProblems } from "./small-fleet";

type Changes = Readonly<Record<string, string>>;
type Case = readonly [what: string, changes: Changes, shown: string];

const POOL = "fleet.regions.us-east-1.pools.h100";
const EUROPE = "regions.eu-west-1.pools.h100";
const SCALED = { "h100.replicas": "{ min: 2, max: 12 }" };
const GCP = "{ model: llama-3.1-8b-instruct, instanceType: a3-highgpu-8g, replicas: 1 }";

/** A pool in us-east-1 that a policy of its own scales. */
const scaled = (autoscaling: string): Changes => ({ ...SCALED, "h100.autoscaling": autoscaling });

/** Changes to a good fleet → the one problem that they make, as it is shown. */
const failover: readonly Case[] = [
  [
    "a region that is not there",
    { "failover.policy": "{ primaryBackup: [us-east-1, eu-west-9] }" },
    'fleet.failover.policy.primaryBackup[1]: unknown region "eu-west-9"; did you mean "eu-west-1"?',
  ],
  [
    "a region of the catalog without pools",
    { "failover.policy": "{ weighted: { us-east-1: 1, ap-northeast-1: 1 } }" },
    "fleet.failover.policy.weighted.ap-northeast-1: ap-northeast-1 is not a region of this fleet; the fleet has eu-west-1 and us-east-1",
  ],
  [
    "a region twice",
    { "failover.policy": "{ primaryBackup: [us-east-1, us-east-1] }" },
    "fleet.failover.policy.primaryBackup[1]: us-east-1 is named twice; name each region once",
  ],
  [
    "two names of one region",
    { "failover.policy": "{ weighted: { us-east-1: 1, us_east_1: 2 } }" },
    "fleet.failover.policy.weighted.us_east_1: is the same region as us-east-1; use one name for it",
  ],
  [
    "a primary without a backup",
    { "failover.policy": "{ primaryBackup: [us-east-1] }" },
    "fleet.failover.policy.primaryBackup: needs at least 2 entries, got 1",
  ],
  [
    "a model in no region that is named",
    {
      "failover.policy": "{ primaryBackup: [us-east-1, eu-west-1] }",
      "regions.us-west-2":
        "{ pools: { b: { model: qwen3-8b, instanceType: p5.48xlarge, replicas: 1 } } }",
    },
    "fleet.failover.policy.primaryBackup: no region that serves qwen3-8b is named, so that its requests could go nowhere; add a region with the model",
  ],
  [
    "no weight",
    { "failover.policy": "{ weighted: { us-east-1: 0 } }" },
    "fleet.failover.policy.weighted: every weight is 0, so that no region would be used; give a region a weight above 0",
  ],
  [
    "a negative weight",
    { "failover.policy": "{ weighted: { us-east-1: -1 } }" },
    "fleet.failover.policy.weighted.us-east-1: must be at least 0, got -1",
  ],
  [
    "an unknown policy",
    { "failover.policy": "latencies" },
    'fleet.failover.policy: unknown policy "latencies"; did you mean "latency"?',
  ],
  [
    "a policy without its regions",
    { "failover.policy": "primaryBackup" },
    "fleet.failover.policy: primaryBackup needs parameters; write { primaryBackup: … }",
  ],
  [
    "two policies",
    { "failover.policy": "{ weighted: { us-east-1: 1 }, geo: { us-east: us-east-1 } }" },
    "fleet.failover.policy: give one of weighted, primaryBackup or geo, got weighted and geo",
  ],
  [
    "an origin that is not there",
    { "failover.policy": "{ geo: { us-est: us-east-1, default: us-east-1 } }" },
    'fleet.failover.policy.geo.us-est: unknown origin "us-est"; did you mean "us-east"?',
  ],
  [
    "an origin without a region",
    { "failover.policy": "{ geo: { us-east: us-east-1 } }" },
    "fleet.failover.policy.geo: says nothing of eu-west, where requests come from; add it, or `default` for all others",
  ],
  [
    "an interval that Route 53 does not have",
    { failover: "{ healthCheck: { interval: 20 s } }" },
    "fleet.failover.healthCheck.interval: Route 53 checks every 10 s or 30 s, got 20 s; use 10 s or 30 s",
  ],
  [
    "an interval that Cloud DNS does not have",
    {
      regions: `{ us-central1: { pools: { a: ${GCP} } }, europe-west4: { pools: { a: ${GCP} } } }`,
      failover: "{ healthCheck: { interval: 10 s } }",
    },
    "fleet.failover.healthCheck.interval: Cloud DNS checks every 30 s at most, got 10 s; use 30 s or more",
  ],
  [
    "more failures than Route 53 counts",
    { failover: "{ healthCheck: { failureThreshold: 11 } }" },
    "fleet.failover.healthCheck.failureThreshold: must be at most 10, got 11",
  ],
  [
    "resolvers that keep to the TTL",
    { failover: "{ ttl: 5 min, resolversIgnoringTtl: { share: 5%, hold: 1 min } }" },
    "fleet.failover.resolversIgnoringTtl.hold: 60 s is no longer than the TTL (5 min), so that these resolvers would not ignore it; use more than 5 min",
  ],
  [
    "a check that always passes",
    { failover: "{ healthCheck: { minHealthyShare: 0 } }" },
    "fleet.failover.healthCheck.minHealthyShare: must be greater than 0, got 0",
  ],
  [
    "a TTL of nothing",
    { failover: "{ ttl: 0 s }" },
    'fleet.failover.ttl: must be at least 1 s, got "0 s"',
  ],
  [
    "failover of one region",
    { failover: "{}", "regions.eu-west-1": "null" },
    "fleet.failover: us-east-1 is the only region, so that there is nowhere to go; add a region, or leave failover out",
  ],
  [
    "failover under one gateway",
    { failover: "{}", "routing.regions": "any" },
    "fleet.failover: routing.regions: any sends requests to every region through one gateway, so that DNS has nothing to choose; use routing.regions: nearest, or leave failover out",
  ],
];

const scaling: readonly Case[] = [
  [
    "bounds the wrong way round",
    { "h100.replicas": "{ min: 5, max: 2 }", "h100.autoscaling": "none" },
    `${POOL}.replicas.min: 5 is more than max (2); use min: 2 or less, or a larger max`,
  ],
  [
    "a start outside of the bounds",
    {
      "h100.replicas": "{ min: 2, max: 5, initial: 9 }",
      "h100.autoscaling": "{ metric: waiting, target: 1 }",
    },
    `${POOL}.replicas.initial: 9 is outside of min (2) to max (5); use a number from 2 to 5`,
  ],
  [
    "bounds that nothing moves between",
    SCALED,
    `${POOL}.replicas: min (2) and max (12) differ, but nothing scales the pool; add autoscaling to the pool or to the fleet, or write a single number of replicas`,
  ],
  [
    "bounds without a maximum",
    { "h100.replicas": "{ min: 2 }" },
    `${POOL}.replicas.max: is missing; most replicas`,
  ],
  [
    "replicas in words",
    { "h100.replicas": "many" },
    `${POOL}.replicas: expected a number, got "many"`,
  ],
  ["no replicas", { "h100.replicas": "0" }, `${POOL}.replicas: must be at least 1, got 0`],
  [
    "replicas not given",
    { "h100.replicas": "null" },
    `${POOL}.replicas: is missing; serving instances of the model in this pool`,
  ],
  [
    "autoscaling of a fixed pool",
    { "h100.autoscaling": "{ metric: waiting, target: 1 }" },
    `${POOL}.autoscaling: has nothing to do: replicas is fixed at 4; give replicas: { min: …, max: … }`,
  ],
  [
    "autoscaling that no pool follows",
    { autoscaling: "{ metric: waiting, target: 1 }" },
    "fleet.autoscaling: no pool follows it: replicas of each are a fixed number, or it has its own; give a pool replicas: { min: …, max: … }",
  ],
  [
    "zero by a metric that needs a replica",
    {
      "h100.replicas": "{ min: 0, max: 3 }",
      "h100.autoscaling": "{ metric: kv-utilization, target: 70% }",
    },
    `${POOL}.replicas.min: 0 replicas show no kv-utilization, so that the pool would never start again; use min: 1, or metric: queue-depth`,
  ],
  [
    "zero by the requests that a gateway sends on",
    {
      "h100.replicas": "{ min: 0, max: 3 }",
      "h100.autoscaling": "{ metric: request-rate, target: 2/s }",
    },
    `${POOL}.replicas.min: 0 replicas show no request-rate, so that the pool would never start again; use min: 1, or metric: queue-depth`,
  ],
  [
    "a cooldown that is never needed",
    scaled("{ metric: queue-depth, target: 5, cooldownPeriod: 5 min }"),
    `${POOL}.autoscaling.cooldownPeriod: is for scaling to and from zero, but no pool that follows it has min: 0; leave cooldownPeriod out, or use replicas: { min: 0, … }`,
  ],
  [
    "an unknown metric",
    scaled("{ metric: kv-utilisation, target: 70% }"),
    `${POOL}.autoscaling.metric: unknown metric "kv-utilisation"; did you mean "kv-utilization"?`,
  ],
  [
    "no target",
    scaled("{ metric: waiting }"),
    `${POOL}.autoscaling.target: is missing; target per ready replica: a share for kv-utilization, requests or messages for in-flight, waiting and queue-depth, a rate for request-rate`,
  ],
  [
    "a target of nothing",
    scaled("{ metric: waiting, target: 0 }"),
    `${POOL}.autoscaling.target: must be greater than 0, got 0`,
  ],
  [
    "a share without its sign",
    scaled("{ metric: kv-utilization, target: 70 }"),
    `${POOL}.autoscaling.target: of kv-utilization is a share of the KV blocks, got 70; write it with %, such as 70%`,
  ],
  [
    "a number for a rate",
    scaled("{ metric: request-rate, target: 5 }"),
    `${POOL}.autoscaling.target: of request-rate is a rate, got 5; write it with /s, such as 5/s`,
  ],
  [
    "a rate for a number",
    scaled("{ metric: queue-depth, target: 5/s }"),
    `${POOL}.autoscaling.target: of queue-depth is a number of messages, got 5/s; write it without a unit, such as 8`,
  ],
  [
    "a schedule above the bounds",
    {
      ...SCALED,
      autoscaling:
        '{ metric: waiting, target: 1, schedule: [{ start: "08:00", end: "20:00", replicas: 13 }] }',
    },
    "fleet.autoscaling.schedule[0].replicas: 13 is more than max (12) of us-east-1/h100; raise max, or give the pool its own autoscaling",
  ],
  [
    "a schedule below the bounds",
    scaled(
      '{ metric: waiting, target: 1, schedule: [{ start: "08:00", end: "20:00", replicas: 2 }] }',
    ),
    `${POOL}.autoscaling.schedule[0].replicas: 2 changes nothing: no pool that follows it has less than min (2); use more than 2`,
  ],
  [
    "half a day in a schedule",
    scaled(
      '{ metric: waiting, target: 1, schedule: [{ start: "mon 08:00", end: "20:00", replicas: 5 }] }',
    ),
    `${POOL}.autoscaling.schedule[0]: start names a day and end does not; name a day in both, or in neither for every day`,
  ],
  [
    "an empty window",
    scaled(
      '{ metric: waiting, target: 1, schedule: [{ start: "08:00", end: "08:00", replicas: 5 }] }',
    ),
    `${POOL}.autoscaling.schedule[0]: ends when it begins; use a later end`,
  ],
  [
    "an unknown day",
    scaled(
      '{ metric: waiting, target: 1, schedule: [{ start: "mo 08:00", end: "tue 08:00", replicas: 5 }] }',
    ),
    `${POOL}.autoscaling.schedule[0].start: unknown day "mo" in "mo 08:00"; use mon, tue, wed, thu, fri, sat, sun`,
  ],
  [
    "a trend of a moment",
    scaled("{ metric: waiting, target: 1, predictive: { window: 45 s } }"),
    `${POOL}.autoscaling.predictive.window: 45 s hold fewer than 2 samples at a pollingInterval of 30 s, too few for a trend; use at least 60 s`,
  ],
  [
    "a window of a profile",
    scaled("{ metric: waiting, target: 1, predictive: { method: profile, window: 5 min } }"),
    `${POOL}.autoscaling.predictive.window: is the length of a trend, which method: profile does not draw; leave window out, or use method: trend`,
  ],
  [
    "steps without an end",
    scaled("{ metric: waiting, target: 1, scaleUp: { percent: 100 } }"),
    `${POOL}.autoscaling.scaleUp.percent: expected a percentage with its sign, such as 20%, got 100; did you mean 100%?`,
  ],
  [
    "a period longer than the HPA has",
    scaled("{ metric: waiting, target: 1, scaleDown: { pods: 1, period: 1 h } }"),
    `${POOL}.autoscaling.scaleDown.period: must be at most 30 min, got "1 h"`,
  ],
];

const capacity: readonly Case[] = [
  [
    "purchases that do not add up",
    { "h100.purchase": "{ onDemand: 1, spot: 2 }" },
    `${POOL}.purchase: 1 on demand and 2 spot are 3 replicas, but the pool has 4; write spot: rest`,
  ],
  [
    "more purchases than replicas",
    { "h100.purchase": "{ onDemand: 8, spot: rest }" },
    `${POOL}.purchase: 8 replicas are bought, but the pool has at most 4; use 4 or less`,
  ],
  [
    "two rests",
    { "h100.purchase": "{ onDemand: rest, spot: rest }" },
    `${POOL}.purchase: onDemand and spot cannot both be the rest; give all but one of them as a number`,
  ],
  [
    "a purchase of nothing",
    { "h100.purchase": "{}" },
    `${POOL}.purchase: needs reserved3y, reserved1y, capacityBlock, onDemand or spot; for example { onDemand: 2, spot: rest }`,
  ],
  [
    "an unknown share of purchases",
    { "h100.purchase": "{ onDemand: most, spot: rest }" },
    `${POOL}.purchase.onDemand: unknown value "most"; use rest or a number`,
  ],
  [
    "half a node on spot",
    { "h100.purchase": "{ onDemand: 2, spot: rest }", "h100.replicas": "8" },
    `${POOL}.purchase: 2 replicas on demand end in the middle of a node of 4, which is bought whole; use 0 or 4 on demand`,
  ],
  [
    "three rests",
    { "h100.purchase": "{ reserved1y: rest, onDemand: rest, spot: rest }" },
    `${POOL}.purchase: reserved1y, onDemand and spot cannot all be the rest; give all but one of them as a number`,
  ],
  [
    "commitments for a part of the pool, and nothing for the rest",
    { "h100.purchase": "{ reserved3y: 1, reserved1y: 1 }" },
    `${POOL}.purchase: 1 reserved for 3 years and 1 reserved for 1 year are 2 replicas, but the pool has 4; add onDemand: rest`,
  ],
  [
    "more commitments than replicas",
    { "h100.purchase": "{ reserved1y: 4, capacityBlock: 1 }" },
    `${POOL}.purchase: 5 replicas are bought, but the pool has at most 4; use 4 or less`,
  ],
  [
    "half a node reserved",
    { "h100.purchase": "{ reserved3y: 4, reserved1y: 1, onDemand: rest }", "h100.replicas": "16" },
    `${POOL}.purchase: 1 replica reserved for 1 year ends in the middle of a node of 4, which is bought whole; use 0 or 4 reserved for 1 year`,
  ],
  [
    "spot capacity that is not sold",
    {
      "h100.instanceType": "p6e-gb200.36xlarge",
      "h100.purchase": "{ spot: rest }",
    },
    `${POOL}.purchase.spot: p6e-gb200.36xlarge is sold by reservation only: there is no spot capacity of it; leave purchase out`,
  ],
  [
    "figures of spot capacity that nobody buys",
    { spot: "{ notice: 2 min }" },
    "fleet.spot: describes spot capacity, and none is bought; add purchase: { onDemand: …, spot: rest } to a pool, or leave spot out",
  ],
  [
    "figures of spot capacity that a pool does not buy",
    { "h100.spot": "{ notice: 2 min }" },
    `${POOL}.spot: describes spot capacity, and none is bought; add purchase: { onDemand: …, spot: rest } to a pool, or leave spot out`,
  ],
  [
    "negative interruptions",
    { spot: "{ interruptionsPerHour: -1 }", "h100.purchase": "{ spot: rest }" },
    "fleet.spot.interruptionsPerHour: must be at least 0, got -1",
  ],
  [
    "a cold start that ends before it begins",
    { coldStart: "{ node: { lognormal: { p50: 4 min, p99: 2 min } } }" },
    "fleet.coldStart.node.lognormal: p99 (120) must not be less than p50 (240)",
  ],
  [
    "an unknown distribution",
    { "h100.coldStart": "{ weights: { gama: { mean: 3 min, cv: 1 } } }" },
    `${POOL}.coldStart.weights: unknown distribution "gama"; did you mean "gamma"?`,
  ],
  [
    "no zones",
    { "regions.us-east-1.zones": "0" },
    "fleet.regions.us-east-1.zones: must be at least 1, got 0",
  ],
];

describe.each([
  ["failover", failover],
  ["scaling", scaling],
  ["capacity", capacity],
])("a fleet with a mistake in %s", (_, cases) => {
  it.each(cases)("%s", (_what, changes, expected) => {
    expect(shownProblems(changes)).toEqual([expected]);
  });
});

describe("several mistakes", () => {
  it("come at once", () => {
    const changes = {
      autoscaling: "{ metric: waiting, target: 1 }",
      failover: "{ ttl: 5 min, resolversIgnoringTtl: { share: 5%, hold: 1 min } }",
      queue: "{ retention: 14 d }",
      "h100.purchase": "{ onDemand: rest, spot: rest }",
      circuitBreaker: "{ retryBudget: {} }",
    };
    const paths = readFleet(changed(changes)).problems.map(({ path }) => path);
    expect(paths.toSorted()).toEqual([
      "fleet.autoscaling",
      "fleet.circuitBreaker.retryBudget",
      "fleet.failover.resolversIgnoringTtl.hold",
      "fleet.queue.deadLetterRetention",
      `${POOL}.purchase`,
    ]);
  });

  it("of a policy that many pools follow are one problem", () => {
    const problems = shownProblems({
      ...SCALED,
      [`${EUROPE}.replicas`]: "{ min: 1, max: 3 }",
      autoscaling: "{ metric: queue-depth, target: 5% }",
      coldStart: "{ node: { uniform: { min: 3 min, max: 1 min } } }",
    });
    expect(problems).toHaveLength(2);
  });

  it("are not made up from a pool that is wrong for another reason", () => {
    const changes = {
      ...SCALED,
      "h100.model": "lama",
      autoscaling: "{ metric: waiting, target: 1 }",
      circuitBreaker: "{ maxParallelRequests: auto }",
      failover: "{ policy: { primaryBackup: [us-east-1, eu-west-1] } }",
    };
    const paths = readFleet(changed(changes)).problems.map(({ path }) => path);
    expect(paths).toEqual([`${POOL}.model`]);
  });
});
