/** The workloads that the speed of the simulator is measured on. */
import { NO_POLICIES } from "../../planner/fleet/resolved-policies";
import { PATIENT_CLIENT } from "../../planner/scenario/resolved-client";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../support/resolved";
import { client, policies, poolPolicies } from "./every-policy";

export interface SpeedScenario {
  readonly name: string;
  readonly make: () => ResolvedScenario;
  /** Cold processes of which the best is shown. */
  readonly repeats: number;
  /** Also run step by step, for the ratio. */
  readonly isCompared: boolean;
}

/** Input 1024 ± 512, output 256 ± 128, normal, on Llama-3.1-8B and H100, 2048 tokens a step, 256 sequences. */
function openLoop(options: {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly replicas: number;
  readonly hasPrefixGroups: boolean;
  readonly hasPolicies?: boolean;
}): ResolvedScenario {
  const { requests, requestsPerSecond, replicas, hasPrefixGroups } = options;
  const hasPolicies = options.hasPolicies === true;
  const engine = { prefixCaching: hasPrefixGroups };
  return resolvedScenario({
    durationSeconds: (2 * requests) / requestsPerSecond,
    policies: hasPolicies ? policies : NO_POLICIES,
    pools: [resolvedPool({ replicas, engine, ...(hasPolicies ? poolPolicies(replicas) : {}) })],
    workloads: [
      resolvedWorkload({
        client: hasPolicies ? client : PATIENT_CLIENT,
        arrivals: {
          kind: "open",
          requestsPerSecond,
          process: { kind: "poisson" },
          profile: { kind: "constant" },
          requestsMax: requests,
        },
        prefix: hasPrefixGroups
          ? { sharedTokens: 512, groups: 40, share: 0.7, skew: 1 }
          : undefined,
      }),
    ],
  });
}

/** Long answers in a closed loop: nearly all steps are pure decode. */
function longAnswers(): ResolvedScenario {
  return resolvedScenario({
    durationSeconds: 2000,
    workloads: [
      resolvedWorkload({
        arrivals: {
          kind: "closed",
          concurrency: 32,
          thinkSeconds: { kind: "constant", value: 0 },
          requestsMax: 2000,
        },
        tokens: {
          kind: "distributions",
          input: { kind: "normal", mean: 256, sd: 64, min: 2, max: 7000 },
          output: { kind: "normal", mean: 2000, sd: 500, min: 2, max: 7000 },
          rankCorrelation: 0,
        },
      }),
    ],
  });
}

/** Long prompts and short answers: nearly all steps compute a chunk, so there is little to jump over. */
function longPrompts(): ResolvedScenario {
  return resolvedScenario({
    durationSeconds: 4000,
    workloads: [
      resolvedWorkload({
        arrivals: {
          kind: "open",
          requestsPerSecond: 3,
          process: { kind: "poisson" },
          profile: { kind: "constant" },
          requestsMax: 10_000,
        },
        tokens: {
          kind: "distributions",
          input: { kind: "normal", mean: 6000, sd: 500, min: 2, max: 7500 },
          output: { kind: "constant", value: 30 },
          rankCorrelation: 0,
        },
      }),
    ],
  });
}

/** The same requests on the same replicas: without policies, and with all of them on and none binding. */
export const PLAIN_AND_POLICIES = ["1M-160-replicas-prefix", "1M-160-replicas-policies"] as const;

export const scenarios: readonly SpeedScenario[] = [
  {
    name: "10k-one-replica",
    make: () =>
      openLoop({ requests: 10_000, requestsPerSecond: 10, replicas: 1, hasPrefixGroups: false }),
    repeats: 7,
    isCompared: true,
  },
  { name: "long-answers", make: longAnswers, repeats: 3, isCompared: true },
  { name: "long-prompts", make: longPrompts, repeats: 3, isCompared: true },
  {
    name: PLAIN_AND_POLICIES[0],
    make: () =>
      openLoop({
        requests: 1_000_000,
        requestsPerSecond: 1600,
        replicas: 160,
        hasPrefixGroups: true,
      }),
    repeats: 3,
    isCompared: true,
  },
  {
    name: PLAIN_AND_POLICIES[1],
    make: () =>
      openLoop({
        requests: 1_000_000,
        requestsPerSecond: 1600,
        replicas: 160,
        hasPrefixGroups: true,
        hasPolicies: true,
      }),
    repeats: 3,
    isCompared: false,
  },
  {
    name: "20M-160-replicas-prefix",
    make: () =>
      openLoop({
        requests: 20_000_000,
        requestsPerSecond: 1600,
        replicas: 160,
        hasPrefixGroups: true,
      }),
    repeats: 1,
    isCompared: false,
  },
];
