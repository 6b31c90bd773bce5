/** The queue of a region: the limits that were simulated, and how long work on a message takes at the longest. */
import { checkQueueLimits, type RequestQueueLimits } from "../../components/queue";
import type { Problem } from "../../planner/plan/fleet-of-plan";
import { longestTimes } from "../../planner/plan/longest-times";
import type { Derivation, Derived } from "./derived";
import { hasQueue, limitValue } from "./fleet-context";
import type { PlaceContext } from "./place-context";
import { translateProblems } from "./translate-problems";

/** Limits of a queue, and the age at which an alarm sounds. */
export interface QueueArgs {
  readonly limits: RequestQueueLimits;
  readonly maxAgeSeconds: number;
}

const PATHS = {
  visibilityTimeoutSeconds: "fleet.queue.visibilityTimeout",
  maxReceiveCount: "fleet.queue.maxReceiveCount",
  retentionSeconds: "fleet.queue.retention",
  deadLetterRetentionSeconds: "fleet.queue.deadLetterRetention",
  "alarms.maxAgeSeconds": "fleet.queue.maxAge",
  serviceSecondsMax: "fleet.queue",
};

/** The queue of a place; undefined when no workload goes through one. */
export function deriveQueue(place: PlaceContext): Derived<QueueArgs | undefined> {
  if (!hasQueue(place)) return { args: undefined, derivations: [], problems: [] };
  const problems: Problem[] = [];
  const derivations: Derivation[] = [];
  const { heartbeat, maxReceiveCount } = place.fleet.policies.queue;
  const limit = (name: Parameters<typeof limitValue>[2], what: string): number => {
    const { value, derivation } = limitValue(place, "fleet", name, problems);
    derivations.push({ what: `queue.${what}`, value, because: derivation });
    return value;
  };
  const visibilityTimeoutSeconds = limit(
    "queueVisibilityTimeoutSeconds",
    "visibilityTimeoutSeconds",
  );
  const service = serviceSeconds(place, visibilityTimeoutSeconds);
  const limits: RequestQueueLimits = {
    visibilityTimeoutSeconds,
    serviceSecondsMax: service.value,
    hasHeartbeat: heartbeat,
    maxReceiveCount,
    retentionSeconds: limit("queueRetentionSeconds", "retentionSeconds"),
    deadLetterRetentionSeconds: limit("deadLetterRetentionSeconds", "deadLetterRetentionSeconds"),
  };
  const maxAgeSeconds = Math.ceil(limit("queueAgeAlarmSeconds", "alarms.maxAgeSeconds"));
  derivations.push(
    { what: "queue.serviceSecondsMax", ...service },
    {
      what: "queue.maxReceiveCount",
      value: maxReceiveCount,
      because: "queue.maxReceiveCount, which is simulated",
    },
    {
      what: "queue.hasHeartbeat",
      value: heartbeat,
      because: "queue.heartbeat, which is simulated",
    },
  );
  const name = place.cloud === "aws" ? "SQS" : "Pub/Sub";
  const found = checkQueueLimits(name, limits, { maxAgeSeconds });
  return {
    args: { limits, maxAgeSeconds },
    derivations,
    problems: [...problems, ...translateProblems(found, PATHS, "fleet.queue")],
  };
}

/** What bounds work on a message, or what was measured of it; the wait in the queue is part of that. */
function serviceSeconds(
  { plan, fleet }: PlaceContext,
  visibilityTimeoutSeconds: number,
): { readonly value: number; readonly because: string } {
  const { requestSeconds, maxStreamSeconds } = fleet.policies.timeout;
  const bound = Math.min(requestSeconds, maxStreamSeconds);
  if (bound !== Number.POSITIVE_INFINITY) {
    return { value: Math.ceil(bound), because: "the timeout of an answer, which is simulated" };
  }
  const { messageSeconds } = longestTimes(plan.evidence.runs, plan.workloads);
  return messageSeconds === undefined
    ? { value: visibilityTimeoutSeconds, because: "visibilityTimeout: nothing was measured" }
    : { value: Math.ceil(messageSeconds), because: "E2E p99.9 with the wait, of the worst case" };
}
