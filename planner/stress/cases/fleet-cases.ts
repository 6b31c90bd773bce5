/**
 * Cases that strike the whole fleet, or one replica of it: clients that come back all at once after an outage, every
 * replica cold at once, a replica at half speed, requests that kill the replica they run on.
 */
import type { ResolvedClient, ResolvedClientRetries } from "../../scenario/resolved-client";
import type { ResolvedScenario, ResolvedWorkload } from "../../scenario/resolved-scenario";
import { expectedRequests } from "../expected-load";
import { inapplicable, type StressCase, withFaults, withWorkloads } from "../stress-case";
import { type StressTimes, spoken, strikeAt } from "../stress-times";
import { faultCase, faultNameOf } from "./fault-case";

const OUTAGE_SECONDS = 60;
/** A fault that only has to happen. */
const INSTANT_SECONDS = 1;
const SLOW_FACTOR = 2;
const POISON_SECONDS = 300;
const POISON_REQUESTS = 3;
/** Of closed-loop clients, whose rate is not known before a run. */
const POISON_SHARE_UNKNOWN_RATE = 0.001;

/**
 * Retries of clients of which the scenario says nothing: the defaults of OpenAI's Python client (`max_retries` 2, 0.5 s
 * doubling up to 8 s, src/openai/_constants.py). Its jitter takes up to a quarter off; "equal" is the nearest kind.
 */
const ASSUMED_RETRIES: ResolvedClientRetries = {
  max: 2,
  on: ["rejected", "timed-out", "failed"],
  backoff: "exponential",
  baseSeconds: 0.5,
  maxSeconds: 8,
  jitter: "equal",
  honoursRetryAfter: true,
  budget: undefined,
};

/** What an AWS load balancer lets pass without a byte by default (`idle_timeout.timeout_seconds`). */
const ASSUMED_FIRST_TOKEN_SECONDS = 60;

export function retryStormCase(scenario: ResolvedScenario, times: StressTimes): StressCase {
  const text = {
    name: "retry-storm",
    title: "Retry storm after an outage",
    tests: "Does the fleet recover by itself when all clients ask again after an outage?",
  };
  if (scenario.workloads.every(({ delivery }) => delivery === "queue")) {
    return inapplicable(text, "all workloads are delivered by queue, whose clients do not wait");
  }
  const assumed = scenario.workloads.filter(needsClient).map(({ name }) => name);
  const withClients = withWorkloads(scenario, (workload) =>
    needsClient(workload) ? { ...workload, client: retrying(workload.client) } : workload,
  );
  return faultCase(withClients, strikeAt(times, OUTAGE_SECONDS), {
    text,
    targets: [{ kind: "fleet" }],
    effect: { kind: "partition" },
    after: [
      "The replicas stay alive, but nothing gets through to them or from them.",
      ...(assumed.length === 0
        ? []
        : [
            `The scenario gives no retries for ${assumed.join(", ")}: assumed are ${ASSUMED_RETRIES.max}, ${ASSUMED_RETRIES.baseSeconds} s doubling up to ${ASSUMED_RETRIES.maxSeconds} s, and without a timeout a first token within ${ASSUMED_FIRST_TOKEN_SECONDS} s, as common client libraries and load balancers have them.`,
          ]),
    ],
  });
}

function needsClient({ delivery, client }: ResolvedWorkload): boolean {
  return delivery === "direct" && client.retries === undefined;
}

function retrying(client: ResolvedClient): ResolvedClient {
  const isPatient =
    client.timeoutSeconds === undefined && client.firstTokenTimeoutSeconds === undefined;
  return {
    ...client,
    retries: ASSUMED_RETRIES,
    ...(isPatient
      ? { firstTokenTimeoutSeconds: { kind: "constant", value: ASSUMED_FIRST_TOKEN_SECONDS } }
      : {}),
  };
}

export function coldStartCase(scenario: ResolvedScenario, times: StressTimes): StressCase {
  return faultCase(scenario, strikeAt(times, INSTANT_SECONDS, 3 * times.coldStartSeconds), {
    text: {
      name: "cold-start",
      title: "Cold start of the whole fleet",
      tests: "How long is the fleet away when every replica has to start again at once?",
    },
    targets: [{ kind: "fleet" }],
    after: [
      `Every replica loses its work and starts again with empty caches; a replica of the slowest pool takes ${spoken(times.coldStartSeconds)} on average.`,
    ],
  });
}

/** One for each model: a replica of its largest pool. */
export function slowReplicaCases(scenario: ResolvedScenario, times: StressTimes): StressCase[] {
  const { pools } = scenario.fleet;
  const models = [...new Set(pools.map(({ model }) => model.name))].sort();
  return models.flatMap((model) => {
    const sizes = pools.map((pool) => (pool.model.name === model ? pool.replicas : 0));
    const largest = Math.max(...sizes);
    if (largest === 0) return [];
    const pool = sizes.indexOf(largest);
    return faultCase(scenario, strikeAt(times, times.lossSeconds), {
      text: {
        name: models.length === 1 ? "slow-replica" : `slow-replica:${model}`,
        title: models.length === 1 ? "A slow replica" : `A slow replica of ${model}`,
        tests: "Does one replica at half speed spoil the latency of the whole pool?",
      },
      targets: [{ kind: "replica", pool, replica: 0 }],
      effect: { kind: "slow", factor: SLOW_FACTOR },
      after: [
        `Each of its steps takes ${SLOW_FACTOR} times as long. It is one of ${largest} in ${pools[pool]!.name}, the largest pool of ${model}.`,
      ],
    });
  });
}

/** Requests of the busiest workload that kill the replica that schedules them, and are asked again like any other. */
export function poisonCase(scenario: ResolvedScenario, times: StressTimes): StressCase {
  const text = {
    name: "poison-requests",
    title: "Poison requests",
    tests: "How far does a request spread that kills the replica that runs it?",
  };
  const strike = strikeAt(times, POISON_SECONDS);
  const { startSeconds, endSeconds } = strike;
  const counts = scenario.workloads.map((workload) =>
    expectedRequests(scenario, workload, [startSeconds, endSeconds]),
  );
  const known = counts.map((count) => count ?? 0);
  const busiest = Math.max(...known);
  const workload = busiest > 0 ? known.indexOf(busiest) : counts.indexOf(undefined);
  if (workload === -1) return inapplicable(text, "no requests are expected where it would strike");
  const share = busiest > 0 ? Math.min(1, POISON_REQUESTS / busiest) : POISON_SHARE_UNKNOWN_RATE;
  const { name } = scenario.workloads[workload]!;
  const faultName = faultNameOf(text);
  const howMany =
    busiest > 0
      ? `About ${POISON_REQUESTS} requests of ${name}`
      : `One in ${1 / POISON_SHARE_UNKNOWN_RATE} requests of ${name}, whose rate follows the fleet,`;
  return {
    ...text,
    applies: true,
    kind: "fault",
    how: [
      `${howMany} kill the replica that schedules them, ${strike.text}.`,
      "Gateways, clients and queues try such a request again as their policies say, and each try kills another replica.",
      ...strike.notes,
    ],
    scenario: withFaults(scenario, {
      poison: [
        ...scenario.faults.poison,
        { name: faultName, workload, share, startSeconds, endSeconds },
      ],
    }),
    faultNames: [faultName],
    faultStartSeconds: startSeconds,
    faultEndSeconds: endSeconds,
  };
}
