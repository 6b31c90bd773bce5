/**
 * Random fleets as a person would write them: quantities in many units, settings given or left out, policies of the
 * fleet and of pools. What contradicts the rest of a fleet is taken out of it again, as a person would who reads the
 * messages.
 */
import * as fc from "fast-check";
import { readFleet } from "../planner/fleet/small-fleet";

type Written = { readonly [key: string]: unknown };

/** Every key given or left out. */
function some(shape: { readonly [key: string]: fc.Arbitrary<unknown> }): fc.Arbitrary<Written> {
  return fc.record(shape, { requiredKeys: [] });
}

/** Off as often as on. */
function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 });
}

const odd = fc.double({ min: 0.01, max: 9, noNaN: true, noDefaultInfinity: true });
const seconds = odd.map((value) => `${value} s`);
const times = fc.oneof(
  seconds,
  fc.constantFrom("250 ms", "90 s", "1h30m", "7 min", "0.3 s", "1.7 us"),
);
const percent = fc.oneof(
  odd.map((value) => `${(value * 11).toFixed(13)}%`),
  fc.constantFrom("20%", "33.3%", "99.9%", "7%", "0.00000004%", "57.123456789012345%"),
);
const share = fc.oneof(
  fc.constantFrom<string | number>(0.07, "70%", "33.3%", 1),
  fc.double({ min: 0.001, max: 1, noNaN: true }),
);
const rates = fc.oneof(
  fc.constantFrom("40/s", "7/min", "1000/h", "1.5k/s"),
  odd.map((value) => `${value}/min`),
);
const limit = fc.oneof(fc.constantFrom<string | number>("auto", "unlimited"), fc.nat(5000));

const distribution = fc.oneof(
  times,
  times.map((mean) => ({ exponential: { mean } })),
  fc.record({ gamma: fc.record({ mean: times, cv: odd }) }),
  fc.constantFrom<unknown>(
    { lognormal: { p50: "120 ms", p99: "600 ms" } },
    { lognormal: { mean: "3.3 s", cv: 1.7, max: "1 min" } },
    { lognormal: { median: "2 min", sigma: 0.4 } },
    { uniform: { min: "1 s", max: "0.1 h" } },
    { normal: { mean: "70 s", sd: "7.7 s", max: "2 min" } },
    { quantiles: { p0: "1 s", p50: "2 min", "p99.9": "3.3 min", p100: "700 s" } },
  ),
);

const rules = maybe(
  some({
    stabilizationWindow: times,
    pods: fc.integer({ min: 1, max: 9 }),
    percent,
    period: fc.constantFrom("15 s", "1.1 min"),
  }),
);

const scaled = fc.constantFrom(
  { metric: "kv-utilization", target: "70%" },
  { metric: "kv-utilization", target: 0.333 },
  { metric: "in-flight", target: 8 },
  { metric: "request-rate", target: "7/min" },
  { metric: "queue-depth", target: 5.5 },
);

const autoscaling = fc
  .record({
    measured: scaled,
    rest: some({
      pollingInterval: times,
      metricLag: times,
      tolerance: share,
      scaleUp: rules,
      scaleDown: rules,
      schedule: fc.constantFrom(
        [{ start: "08:00", end: "18:30", replicas: 3 }],
        [{ start: "sun 22:00:05", end: "mon 03:00", replicas: 2 }],
      ),
      predictive: fc.constantFrom(
        {},
        { method: "profile" },
        { lookahead: "7 min", window: "1.1 h" },
      ),
    }),
    atZero: some({ cooldownPeriod: times }),
  })
  .map(({ measured, rest, atZero }) => ({ ...measured, ...rest, ...atZero }));

const circuitBreaker = some({
  maxConnections: limit,
  maxPendingRequests: limit,
  maxParallelRequests: limit,
  retryBudget: some({ percent, minRetryConcurrency: fc.nat(9) }),
});

const healthCheck = fc.oneof(
  fc.record({
    passive: some({
      consecutive5XxErrors: fc.integer({ min: 1, max: 9 }),
      interval: times,
      baseEjectionTime: fc.constantFrom("0.3 s", "12 min"),
      maxEjectionPercent: fc.constantFrom("50%", "66.6%", "100%"),
      alwaysEjectOneEndpoint: fc.constant(true),
      halfOpenRequests: fc.integer({ min: 1, max: 4 }),
    }),
    panicThreshold: percent,
  }),
  fc.record({ active: some({ interval: times, timeout: times }) }),
);

const engine = some({
  tensorParallel: fc.constantFrom(1, 2, 4),
  quantization: fc.constantFrom("fp8", "bf16"),
  kvCachePrecision: fc.constantFrom("fp8", "bf16"),
  maxSequences: fc.integer({ min: 1, max: 512 }),
  maxBatchedTokens: fc.constantFrom("8k", "8Ki", 4096),
  prefixCaching: fc.boolean(),
  gpuMemoryUtilization: share,
  kvBlocks: fc.integer({ min: 100, max: 9000 }),
  maxContext: fc.constantFrom("16k", "16Ki"),
  scheduling: fc.constantFrom("fcfs", "priority"),
  speculation: fc.record({
    draftTokens: fc.integer({ min: 1, max: 4 }),
    acceptanceRate: share,
    draftCost: share,
  }),
});

const replicas = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom<unknown>({ min: 0, max: 6 }, { min: 1, max: 4, initial: 2 }, { min: 2, max: 12 }),
);

const HARDWARE = {
  aws: [{ instanceType: "p5.48xlarge" }, { instanceType: "g6e.12xlarge" }, { accelerator: "h100" }],
  gcp: [{ instanceType: "a3-highgpu-8g" }, { accelerator: "L4" }],
} as const;

/** Ways to buy; what ends in the middle of a node is taken out again. */
const bought = fc
  .record({
    committed: some({
      reserved3y: fc.constantFrom(1, 2, 4),
      reserved1y: fc.constantFrom(1, 2, 4),
      capacityBlock: fc.constantFrom(1, 2),
    }),
    spot: maybe(some({ interruptionsPerHour: odd, notice: times, unavailable: distribution })),
  })
  .map(({ committed, spot }) =>
    spot === undefined
      ? { purchase: { ...committed, onDemand: "rest" } }
      : { purchase: { ...committed, spot: "rest", onDemand: 0 }, spot },
  );

function pool(cloud: "aws" | "gcp"): fc.Arbitrary<Written> {
  return fc
    .record({
      hardware: fc.constantFrom<Written>(...HARDWARE[cloud]),
      replicas,
      rest: some({
        engine,
        accepts: fc.constant({ inputTokens: { max: "4k" } }),
        priorities: fc.constantFrom(["interactive"], ["batch", "standard"]),
        price: fc.constantFrom("$98.32", 2.5),
        coldStart: some({ node: distribution, imagePull: distribution, weights: distribution }),
        autoscaling: fc.oneof(fc.constant("none"), autoscaling),
        circuitBreaker: fc.oneof(fc.constant("none"), circuitBreaker),
        healthCheck: fc.oneof(fc.constant("none"), healthCheck),
      }),
      bought: maybe(bought),
    })
    .map((drawn) => ({
      model: "llama-3.1-8b-instruct",
      ...drawn.hardware,
      replicas: drawn.replicas,
      ...drawn.rest,
      ...drawn.bought,
    }));
}

/** Prefill and decode apart, in a region of AWS. */
const split = fc.record({
  prefill: fc.record({
    model: fc.constant("qwen3-8b"),
    instanceType: fc.constant("p5.48xlarge"),
    role: fc.constant("prefill"),
    replicas: fc.integer({ min: 2, max: 4 }),
    kvTransfer: some({ bandwidth: fc.constantFrom("400 Gbps", "33.3 GiB/s"), latency: times }),
  }),
  decode: fc.constant({
    model: "qwen3-8b",
    instanceType: "p5.48xlarge",
    role: "decode",
    replicas: 3,
  }),
});

const failover = some({
  policy: fc.constantFrom<unknown>(
    "latency",
    { weighted: { "us-east-1": 0.7, "europe-west4": 3 } },
    { primaryBackup: ["europe-west4", "us-east-1"] },
    { geo: { "us-east": "us-east-1", default: "europe-west4" } },
  ),
  healthCheck: some({
    interval: fc.constantFrom("10 s", "30 s"),
    failureThreshold: fc.integer({ min: 1, max: 10 }),
    minHealthyShare: share,
  }),
  ttl: fc.constantFrom("30 s", "1.5 min"),
  resolversIgnoringTtl: fc.record({ share, hold: fc.constantFrom("33 min", "2 h") }),
});

const rateLimit = fc.record({
  requests: rates,
  inputTokens: fc.constantFrom("200k/s", "33333/min"),
  burst: fc.constantFrom("3 s", "0.7 min", "17.1 s"),
  per: fc.constantFrom("tenant", "all"),
});

const admission = fc.oneof(
  some({
    rateLimit: fc.oneof(rateLimit, fc.array(rateLimit, { minLength: 1, maxLength: 3 })),
    deadlineAware: fc.constant(true),
    retryAfter: times,
    admissionControl: some({
      minSuccessRate: fc.constantFrom("95%", "33.3%"),
      minRequestRate: rates,
      samplingWindow: fc.constant("1.1 min"),
      maxRejectionPercent: fc.constantFrom("80%", "0.7%"),
    }),
  }),
  fc.record({
    concurrency: fc.integer({ min: 10, max: 900 }),
    priorityShedding: fc.constant({ batch: "70%", standard: 0.9 }),
    queue: fc.record({ limit: fc.integer({ min: 3, max: 30 }), timeout: seconds }),
  }),
);

/** A fleet in two regions of two clouds, good or not. */
const drawnFleet: fc.Arbitrary<Written> = fc
  .record({
    zones: fc.integer({ min: 1, max: 4 }),
    east: fc.record({ h100: pool("aws"), other: pool("aws") }),
    splitPools: maybe(split),
    west: fc.record({ pool: pool("gcp") }),
    rest: some({
      residency: some({
        "eu-west": fc.constantFrom(["europe-west4"], ["us-east-1", "europe-west4"]),
        "us-east": fc.constant(["us-east-1"]),
        "ap-southeast": fc.constant(["us-east-1"]),
      }),
      gateway: fc.record({ replicas: fc.integer({ min: 1, max: 3 }) }),
      circuitBreaker,
      healthCheck,
      timeout: some({
        connectTimeout: times,
        requestTimeout: fc.constantFrom("3 s", "700 s"),
        streamIdleTimeout: fc.constant("2.2 min"),
        maxStreamDuration: fc.constantFrom("11 min", "4 s"),
      }),
      retry: some({
        numRetries: fc.integer({ min: 1, max: 5 }),
        retryOn: fc.constantFrom(["connect-failure"], ["retriable-status-codes", "refused-stream"]),
        perRetry: some({
          timeout: fc.constant("1.1 s"),
          backOff: some({ baseInterval: fc.constantFrom("33 ms", "0.1 s") }),
        }),
      }),
      admission,
      hedging: fc.record({ after: fc.constantFrom("1.1 s", "700 ms"), maxShare: share }),
      queue: some({
        visibilityTimeout: fc.constantFrom("auto", "77 s", "7.7 min"),
        heartbeat: fc.boolean(),
        maxReceiveCount: fc.integer({ min: 5, max: 20 }),
        retention: fc.constantFrom("3.3 d", "1 w"),
        maxAge: fc.constantFrom("1.1 h"),
      }),
      autoscaling,
      coldStart: some({ node: distribution, weights: distribution }),
      failover,
      draining: some({
        timeout: fc.constantFrom("0 s", "3.3 min"),
        onLoss: fc.constant("migrate"),
      }),
    }),
    routing: fc.constantFrom<Written>(
      {},
      { policy: "round-robin" },
      { policy: "prefix-affinity", affinitySlack: 3 },
      { policy: "least-kv", regions: "any", spillOutstanding: 7 },
    ),
  })
  .map(({ zones, east, splitPools, west, rest, routing }) => ({
    regions: {
      "us-east-1": { pools: { ...east, ...splitPools }, zones },
      "europe-west4": { pools: west },
    },
    routing,
    ...rest,
  }));

const ROUNDS_MAX = 12;

/** A fleet in two regions of two clouds that is good; undefined when nothing good is left of it. */
export const writtenFleet: fc.Arbitrary<Written | undefined> = drawnFleet.map((drawn) => {
  const fleet = structuredClone(drawn);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const { problems } = readFleet(fleet);
    if (problems.length === 0) return fleet;
    for (const { path } of problems) takeOut(fleet, path.replace(/^fleet\./, "").split(/[.[]/));
  }
  return undefined;
});

/** Takes the entry at the path out, or the map around it where it may not be left out; replicas become a number. */
function takeOut(fleet: Written, steps: readonly string[]): void {
  const last = steps.at(-1);
  if (last === undefined) return;
  let place: unknown = fleet;
  for (const step of steps.slice(0, -1)) place = (place as Written | undefined)?.[step];
  const isMap = typeof place === "object" && place !== null && !Array.isArray(place);
  if (!isMap || !Object.hasOwn(place as Written, last) || REQUIRED.has(last)) {
    takeOut(fleet, steps.slice(0, -1));
  } else if (last === "replicas") (place as { replicas: unknown }).replicas = 2;
  else delete (place as { [key: string]: unknown })[last];
}

/** Keys that their map cannot do without. */
const REQUIRED: ReadonlySet<string> = new Set([
  ...["metric", "target", "limit", "timeout", "hold", "min"],
]);
