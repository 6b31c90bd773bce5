/**
 * A scenario with everything that can go wrong: two regions of two clouds, a chain, sessions, a queue, and every kind
 * of fault. Text as in a file, and what is wrong with changes to it.
 */
import type { Problem } from "../../../planner/foundation/errors";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import type { ResolvedScenario } from "../../../planner/scenario/resolved-scenario";
import type { ScenarioSpec } from "../../../planner/scenario/scenario-spec";
import { problemsIn } from "../../support/scenario-text";

/** Pools by index: europe-west4/h100, us-east-1/h100 (4 replicas), us-east-1/l40s (1 of 3 on demand). */
export const TROUBLED_SCENARIO = `
name: troubled
horizon: { duration: 10 h, warmUp: 10 min }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 5/s }
    tokens: { input: 1000, output: 200 }
    prefix: { shared: 100 }
    fallback: { model: qwen3-8b, on: [timed-out] }
    sessions: { turns: 4, think: 10 s, overflow: { summarise: 500 } }
    client:
      timeout: { lognormal: { p50: 60 s, p99: 120 s } }
      firstTokenTimeout: 20 s
      giveUp: 5 min
      retries: { max: unlimited, on: [timed-out, rejected], backoff: exponential, base: 1 s, maxBackoff: 30 s, jitter: full, retryAfter: false, budget: { percent: 10%, minPerSecond: 0.5 } }
  review:
    arrivals: { rate: 1/s }
    chain:
      - { retrieve: { latency: { p50: 120 ms, p99: 600 ms }, timeout: 1 s, failureShare: 1%, onFailure: skip } }
      - { model: qwen3-8b, tokens: { input: 500, output: 50 }, prefix: { shared: 200, groups: 3 }, timeout: 10 s, fallback: { model: llama-3.1-8b-instruct } }
      - { name: search, tool: { latency: { gamma: { mean: 2 s, cv: 1 } } } }
      - { model: llama-3.1-8b-instruct, tokens: { profile: sharegpt } }
  mail:
    model: qwen3-8b
    arrivals: { rate: 1/s }
    tokens: { input: 1000, output: 200 }
    delivery: queue
    client: { giveUp: 1 h }
fleet:
  gateway: { replicas: 2 }
  failover: { policy: latency }
  regions:
    us-east-1:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 4 }
        l40s: { model: qwen3-8b, instanceType: g6e.xlarge, replicas: 3, purchase: { onDemand: 1, spot: rest } }
    europe-west4:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: a3-highgpu-1g, replicas: 2 }
faults:
  - { at: 4 h, lose: { region: us-east-1 }, for: 45 min }
  - { at: 1 h, lose: [{ zone: us-east-1/b }, { node: us-east-1/h100/2 }, { gateway: us-east-1/1 }, { queue: us-east-1 }, { healthChecker: us-east-1 }] }
  - { at: 2 h, slow: { replica: us-east-1/h100/3, factor: 2 }, for: 10 min }
  - { at: 2 h, slow: { targets: [{ cloud: gcp }, { pool: us-east-1/h100 }], factor: 3 }, for: 10 min }
  - { at: 2 h, delay: { targets: fleet, added: 200 ms }, for: 10 min }
  - { at: 2 h, coldCache: fleet }
  - { at: 3 h, partition: { region: europe-west4 }, for: 1 min }
  - { mtbf: 30 d, repair: 2 h, lose: { each: node, of: us-east-1/h100 } }
  - { mtbf: 10 d, coldCache: { each: replica, of: gcp } }
  - { at: 3 h, poison: { workload: chat, share: 0.01% }, for: 1 h }
  - { name: wave, at: 5 h, spotReclaim: { pools: all, share: 50% } }
stress:
  failOn: { availability: 99%, goodput: 95%, blastRadius: 30%, tenants: 50%, detection: 1 min, shift: 2 min, recovery: 10 min, recovers: true }
  cases:
    - { name: double, set: { workloads.chat.arrivals.rate: 10/s } }
    - { name: no aws, faults: [{ at: 1 h, lose: { cloud: aws } }], set: { faults: null } }
`;

export function parseTroubled(overrides: readonly string[] = []): ScenarioSpec {
  return parseScenario(TROUBLED_SCENARIO, { overrides });
}

export function resolveTroubled(overrides: readonly string[] = []): ResolvedScenario {
  return resolveScenario(parseTroubled(overrides), { traces: new Map() });
}

export function problemsOfTroubled(overrides: readonly string[]): readonly Problem[] {
  return problemsIn(() => resolveTroubled(overrides));
}
