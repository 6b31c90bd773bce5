import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readFleet } from "./small-fleet";

type Tree = { readonly [key: string]: unknown };

const option = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const limit = option(fc.constantFrom("auto", "unlimited", 50, 1000));

/** Policies that any fleet of the test can have. */
const policies = fc.record({
  gateway: option(fc.record({ replicas: fc.integer({ min: 1, max: 5 }) })),
  retry: option(
    fc.record({
      numRetries: fc.integer({ min: 1, max: 3 }),
      retryOn: fc.shuffledSubarray(["connect-failure", "refused-stream", "reset-before-request"], {
        minLength: 1,
      }),
    }),
  ),
  circuitBreaker: option(
    fc.record({ maxConnections: limit, maxPendingRequests: limit, maxParallelRequests: limit }),
  ),
  healthCheck: option(
    fc.record({
      passive: fc.record({
        alwaysEjectOneEndpoint: fc.constant(true),
        interval: fc.constantFrom("1 s", "3 s"),
      }),
      panicThreshold: fc.constantFrom("0%", "50%"),
    }),
  ),
  admission: option(
    fc.record({
      concurrency: fc.integer({ min: 5, max: 500 }),
      priorityShedding: fc.constant({ batch: "60%", standard: "80%" }),
      rateLimit: fc.shuffledSubarray(
        [{ requests: "5/s", per: "tenant" }, { requests: "50/s" }, { inputTokens: "1k/s" }],
        { minLength: 1 },
      ),
    }),
  ),
  failover: fc.constantFrom<unknown>(
    undefined,
    { policy: "latency" },
    { policy: { weighted: { "us-east-1": 3, "eu-west-1": 2, "us-central1": 1 } } },
    { policy: { primaryBackup: ["us-central1", "eu-west-1", "us-east-1"] } },
    { policy: { geo: { default: "us-east-1", "eu-west": "eu-west-1", "us-east": "us-central1" } } },
  ),
  autoscaling: fc.constant({
    metric: "waiting",
    target: 2,
    schedule: [
      { start: "20:00", end: "22:00", replicas: 5 },
      { start: "sat 08:00", end: "sun 20:00", replicas: 4 },
    ],
  }),
  coldStart: option(fc.record({ node: fc.constantFrom("1 min", "4 min") })),
});

/** Regions and pools of which some are scaled, bought as spot capacity, or have policies of their own. */
const regions = fc
  .record({
    min: fc.integer({ min: 1, max: 3 }),
    initial: option(fc.constant(4)),
    spot: fc.boolean(),
    own: option(fc.constantFrom<unknown>("none", { maxParallelRequests: "auto" })),
  })
  .map(({ min, initial, spot, own }) => {
    const pool = (instanceType: string, more: Tree = {}): Tree => ({
      model: "llama-3.1-8b-instruct",
      instanceType,
      replicas: 8,
      ...more,
    });
    const replicas = initial === undefined ? { min, max: 8 } : { min, max: 8, initial };
    return {
      "us-east-1": {
        zones: 4,
        pools: {
          b: pool("p5.48xlarge", { replicas }),
          a: pool("g6e.xlarge", own === undefined ? {} : { circuitBreaker: own }),
        },
      },
      "eu-west-1": {
        pools: { c: pool("g6e.xlarge", spot ? { purchase: { onDemand: 3, spot: "rest" } } : {}) },
      },
      "us-central1": { pools: { a: pool("a3-highgpu-8g") } },
    };
  });

/** The same value with the keys of every map in another order; lists keep theirs. */
function reordered(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, random));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => ({ key, item: reordered(item, random), at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ key, item }) => [key, item]),
  );
}

function withoutUndefined(value: Tree): Tree {
  return JSON.parse(JSON.stringify(value)) as Tree;
}

describe("a resolved fleet", () => {
  it("does not depend on the order of keys, regions or pools", () => {
    fc.assert(
      fc.property(
        policies,
        regions,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (given, places, numbers) => {
          const raw = withoutUndefined({ ...given, regions: places });
          const random = () => numbers.next().value;
          const first = readFleet(raw);
          const second = readFleet(reordered(raw, random) as object);
          expect(first.problems).toEqual([]);
          expect(JSON.stringify(second.fleet)).toBe(JSON.stringify(first.fleet));
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  it("does not depend on the order of rate limits, triggers and schedules", () => {
    const fleet = (order: "as written" | "reversed") => {
      const list = (...items: unknown[]) => (order === "reversed" ? items.toReversed() : items);
      return readFleet({
        regions: {
          "us-east-1": {
            pools: {
              a: {
                model: "llama-3.1-8b-instruct",
                instanceType: "g6e.xlarge",
                replicas: { min: 1, max: 9 },
              },
            },
          },
        },
        admission: { rateLimit: list({ requests: "5/s" }, { requests: "3/s", burst: "2 s" }) },
        retry: { retryOn: list("refused-stream", "connect-failure") },
        autoscaling: {
          metric: "waiting",
          target: 1,
          schedule: list(
            { start: "08:00", end: "12:00", replicas: 3 },
            { start: "tue 08:00", end: "tue 10:00", replicas: 5 },
          ),
        },
      });
    };
    expect(fleet("as written").problems).toEqual([]);
    expect(fleet("reversed").fleet).toEqual(fleet("as written").fleet);
  });
});
