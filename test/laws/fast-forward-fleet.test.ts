/**
 * However far its replicas jump, whoever looks at a fleet from outside sees it as it is at that time: under every routing
 * policy, and whatever scales a pool, each request goes where it goes when every step is taken by itself.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../planner/scenario/resolve-scenario";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { engineSettings } from "../../planner/simulation/engine-settings";
import { simulate } from "../../planner/simulation/simulate";

const CAMPAIGN = { seed: 20_261_201, numRuns: 20 };
const RELATIVE_ERROR = 1e-9;
const MODEL = "llama-3.1-8b-instruct";

const POLICIES = [
  "round-robin",
  "random",
  "least-outstanding",
  "least-kv",
  "power-of-two",
  "prefix-affinity",
  "by-length",
  "by-priority",
  "cheapest-first",
];

const METRICS = ["kv-utilization", "in-flight", "waiting", "request-rate"];
const TARGETS = { "kv-utilization": "3%", "in-flight": 4, waiting: 1, "request-rate": "0.5/s" };

interface FleetCase {
  readonly seed: number;
  readonly requestsPerSecond: number;
  readonly outputTokens: number;
}

const fleetCase: fc.Arbitrary<FleetCase> = fc.record({
  seed: fc.integer({ min: 1, max: 1000 }),
  requestsPerSecond: fc.double({ min: 1, max: 5, noNaN: true }),
  outputTokens: fc.integer({ min: 200, max: 1500 }),
});

/** Two pools of L40S, on which long answers make long jumps, and prompts of very different length. */
function fleetOf(
  { requestsPerSecond, outputTokens }: FleetCase,
  routing: string,
  autoscaling?: object,
): ResolvedScenario {
  const engine = { maxContext: 8192, maxSequences: 16, prefixCaching: true };
  const pool = {
    model: MODEL,
    accelerator: "l40s",
    engine,
    coldStart: { node: "5 s", imagePull: "1 s", weights: "4 s" },
  };
  const replicas = autoscaling === undefined ? 3 : { min: 1, max: 3, initial: 1 };
  const priorities = routing === "by-priority" ? { priorities: ["interactive"] } : {};
  const text = JSON.stringify({
    version: 1,
    horizon: { duration: "90 s", warmUp: "0 s" },
    workloads: {
      chat: {
        model: MODEL,
        arrivals: { rate: `${requestsPerSecond}/s` },
        tokens: {
          input: { lognormal: { median: 600, sigma: 0.8 } },
          output: { lognormal: { median: outputTokens, sigma: 0.8 } },
        },
        prefix: { shared: 200, groups: 4, share: 0.5 },
      },
    },
    fleet: {
      routing: { policy: routing },
      regions: {
        "us-east-1": {
          pools: {
            short: {
              ...pool,
              replicas,
              price: "$1",
              accepts: { inputTokens: { max: 700 } },
              ...priorities,
            },
            long: { ...pool, replicas, price: "$2" },
          },
        },
      },
      ...(autoscaling === undefined ? {} : { autoscaling }),
    },
  });
  return resolveScenario(parseScenario(text, {}), { traces: new Map() });
}

/** Where each request went and when it ended, and what the autoscalers did. */
function seen(scenario: ResolvedScenario, seed: number, stepsPerRunMax: number) {
  const replicas: number[] = [];
  const ends: number[] = [];
  const record = simulate(scenario, seed, {
    engineSettingsFor: (pool) => ({ ...engineSettings(pool), stepsPerRunMax }),
    observer: {
      onStep: () => {},
      onRequest: ({ id, replicaIndex, arrivalSeconds, e2eSeconds }) => {
        replicas[id] = replicaIndex;
        ends[id] = arrivalSeconds + e2eSeconds;
      },
    },
  });
  const control = record.control.filter(({ kind }) => kind === "scaled");
  return { replicas, ends, control, steps: record.steps, events: record.events };
}

function compare(scenario: ResolvedScenario, seed: number): number {
  const jumping = seen(scenario, seed, Number.POSITIVE_INFINITY);
  const stepping = seen(scenario, seed, 1);
  expect(jumping.replicas).toEqual(stepping.replicas);
  expect(jumping.control).toEqual(stepping.control);
  for (const [id, end] of stepping.ends.entries()) {
    if (Number.isNaN(end)) continue;
    expect(Math.abs(jumping.ends[id]! - end)).toBeLessThanOrEqual(RELATIVE_ERROR * end);
  }
  // It has jumped: most steps are no event.
  expect(jumping.events).toBeLessThan(0.7 * stepping.events);
  return jumping.control.length;
}

describe("a fleet that jumps, seen from outside", () => {
  it.each(POLICIES)("sends each request where it goes step by step: %s", (policy) => {
    const law = fc.property(fleetCase, (one) => {
      compare(fleetOf(one, policy), one.seed);
    });
    fc.assert(law, CAMPAIGN);
  });

  it.each(METRICS)("is scaled as it is step by step: %s", (metric) => {
    let scalings = 0;
    const law = fc.property(fleetCase, (one) => {
      const target = TARGETS[metric as keyof typeof TARGETS];
      const autoscaling = { metric, target, pollingInterval: "5 s" };
      scalings += compare(fleetOf(one, "least-outstanding", autoscaling), one.seed);
    });
    fc.assert(law, CAMPAIGN);
    expect(scalings).toBeGreaterThan(CAMPAIGN.numRuns);
  });
});
