/**
 * A pool of replicas behind an endpoint picker, which chooses one for each request by its queue, its cache and the
 * prefixes that it holds, and keeps requests back while all are busy. All fields but the image are known early.
 */
import { checkForm, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";

/** Pickers of a pool where nothing is said; of them one works. */
export const PICKER_REPLICAS = 2;

/** Requests of one priority that may wait. */
export interface PriorityBandArgs {
  /** Higher goes first; below 0 may be dropped for others. */
  readonly priority: number;
  /** Requests of this priority that wait; those beyond are answered 429. */
  readonly maxRequests: number;
}

/** When the picker keeps requests back, and for how long. */
export interface FlowControlArgs {
  /** Requests under way on one replica at which it is full; the pool is full when all are, on average. */
  readonly concurrencyPerReplica: number;
  /** Requests that wait, of all priorities; those beyond are answered 429. */
  readonly maxRequests: number;
  /** Longest wait, seconds. */
  readonly requestTtlSeconds: number;
  /** @default - priority 0 only, with maxRequests */
  readonly priorityBands?: readonly PriorityBandArgs[];
}

/** Which prompts are read by prefill replicas, where a pool has some, as that of a DisaggregatedService does. */
export interface DisaggregationArgs {
  /**
   * Tokens of a prompt that the decode replica does not hold already, from which on a prefill replica reads them: 1 for
   * every prompt. 0 would be never.
   */
  readonly uncachedTokensMin: number;
}

/** Arguments of an InferencePool and its picker. */
export interface InferencePoolArgs {
  /** Labels of the pods of the replicas. */
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly targetPort: number;
  /** Image of llm-d's router, by digest: `ghcr.io/llm-d/llm-d-router-endpoint-picker@sha256:…`. */
  readonly pickerImage: string;
  /** Pickers, of which one works and the others wait to take over. @default 2 */
  readonly pickerReplicas?: number;
  readonly flowControl: FlowControlArgs;
  /** @default - every replica does both phases */
  readonly disaggregation?: DisaggregationArgs;
  /**
   * Without a picker: `FailOpen` sends to any replica, `FailClose` answers 503. @default "FailClose", because nothing
   * else keeps requests back
   */
  readonly failureMode?: "FailOpen" | "FailClose";
}

const COUNT = { min: 1, max: 1_000_000_000 };
const PRIORITY = { min: -2_147_483_648, max: 2_147_483_647 };

/** What is wrong with a pool. */
export function checkInferencePool(pool: InferencePoolArgs, path: string): readonly InputProblem[] {
  const { flowControl } = pool;
  const bands = flowControl.priorityBands ?? [];
  const problems: InputProblem[] = [
    ...checkWhole(`${path}.targetPort`, pool.targetPort, { min: 1, max: 65_535 }),
    ...checkForm(`${path}.pickerImage`, pool.pickerImage, {
      pattern: /@sha256:[0-9a-f]{64}$/,
      must: "name an image by its digest, ending in @sha256: and 64 digits",
    }),
    ...checkWhole(`${path}.pickerReplicas`, pool.pickerReplicas, { min: 1, max: 10 }),
    ...checkWhole(
      `${path}.flowControl.concurrencyPerReplica`,
      flowControl.concurrencyPerReplica,
      COUNT,
    ),
    ...checkWhole(`${path}.flowControl.maxRequests`, flowControl.maxRequests, COUNT),
    ...checkWhole(
      `${path}.disaggregation.uncachedTokensMin`,
      pool.disaggregation?.uncachedTokensMin,
      COUNT,
    ),
    ...bands.flatMap((band, index) => {
      const at = `${path}.flowControl.priorityBands[${index}]`;
      return [
        ...checkWhole(`${at}.priority`, band.priority, PRIORITY),
        ...checkWhole(`${at}.maxRequests`, band.maxRequests, COUNT),
      ];
    }),
  ];
  if (Object.keys(pool.matchLabels).length === 0) {
    problems.push({
      path: `${path}.matchLabels`,
      must: "name a label of the replicas, or every pod would be one",
      got: pool.matchLabels,
    });
  }
  if (!(flowControl.requestTtlSeconds > 0)) {
    problems.push({
      path: `${path}.flowControl.requestTtlSeconds`,
      must: "be above 0",
      got: flowControl.requestTtlSeconds,
    });
  }
  if (
    bands.some(({ priority }, index) => bands.findIndex((b) => b.priority === priority) < index)
  ) {
    problems.push({
      path: `${path}.flowControl.priorityBands`,
      must: "name each priority once",
      got: bands.map(({ priority }) => priority),
    });
  }
  return problems;
}
