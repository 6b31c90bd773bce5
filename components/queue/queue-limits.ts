/**
 * Which limits a queue can have, by service, and which go together. A combination that the service accepts but that
 * loses or repeats work is refused as well.
 *
 * Sources: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference SetQueueAttributes,
 * …/SQSDeveloperGuide/sqs-visibility-timeout.html and sqs-dead-letter-queues.html;
 * cloud.google.com/pubsub/docs/subscription-properties, …/docs/handling-failures. Read 2026-11-30.
 */
import { checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { QueueAlarmsArgs, RequestQueueLimits } from "./request-queue";

interface Range {
  readonly min: number;
  readonly max: number;
}

interface ServiceLimits {
  readonly visibilityTimeoutSeconds: Range;
  readonly maxReceiveCount: Range;
  readonly retentionSeconds: Range;
  /** Longest that a message can be kept from others by extending, from its receipt; undefined for no limit. */
  readonly extensionSecondsMax: number | undefined;
}

/** The limits of each service. */
export const serviceLimits = {
  SQS: {
    visibilityTimeoutSeconds: { min: 0, max: 43_200 },
    maxReceiveCount: { min: 1, max: 1000 },
    retentionSeconds: { min: 60, max: 1_209_600 },
    extensionSecondsMax: 43_200,
  },
  "Pub/Sub": {
    visibilityTimeoutSeconds: { min: 10, max: 600 },
    maxReceiveCount: { min: 5, max: 100 },
    retentionSeconds: { min: 600, max: 2_678_400 },
    extensionSecondsMax: undefined,
  },
} as const satisfies Record<string, ServiceLimits>;

/** A service whose limits are known. */
export type QueueService = keyof typeof serviceLimits;

/** What is wrong with the limits of a queue and its alarms. */
export function checkQueueLimits(
  service: QueueService,
  limits: RequestQueueLimits,
  alarms: QueueAlarmsArgs = {},
): readonly InputProblem[] {
  const allowed: ServiceLimits = serviceLimits[service];
  const whole = { min: 1, max: Number.MAX_SAFE_INTEGER };
  const problems = [
    ...checkWhole(
      "visibilityTimeoutSeconds",
      limits.visibilityTimeoutSeconds,
      allowed.visibilityTimeoutSeconds,
    ),
    ...checkWhole("maxReceiveCount", limits.maxReceiveCount, allowed.maxReceiveCount),
    ...checkWhole("retentionSeconds", limits.retentionSeconds, allowed.retentionSeconds),
    ...checkWhole(
      "deadLetterRetentionSeconds",
      limits.deadLetterRetentionSeconds,
      allowed.retentionSeconds,
    ),
    ...checkWhole("alarms.maxAgeSeconds", alarms.maxAgeSeconds, whole),
    ...checkWhole("alarms.maxDepth", alarms.maxDepth, whole),
  ];
  if (!(limits.serviceSecondsMax > 0 && Number.isFinite(limits.serviceSecondsMax))) {
    const must = "be a number of seconds above 0";
    problems.push({ path: "serviceSecondsMax", must, got: limits.serviceSecondsMax });
  }
  // What does not stand by itself needs no comparison with the rest.
  return problems.length > 0
    ? problems
    : [...checkTimes(limits, alarms), ...checkLease(service, limits)];
}

/** Times that make the queue lose messages without a trace. */
function checkTimes(
  limits: RequestQueueLimits,
  { maxAgeSeconds }: QueueAlarmsArgs,
): readonly InputProblem[] {
  const { visibilityTimeoutSeconds, maxReceiveCount, retentionSeconds } = limits;
  const problems: InputProblem[] = [];
  if (limits.deadLetterRetentionSeconds <= retentionSeconds) {
    problems.push({
      path: "deadLetterRetentionSeconds",
      must: `be more than retentionSeconds (${retentionSeconds}), so that a late dead letter is not dropped at once`,
      got: limits.deadLetterRetentionSeconds,
      fix: "raise it, or lower retentionSeconds",
    });
  }
  const deliverySeconds = visibilityTimeoutSeconds * maxReceiveCount;
  if (deliverySeconds > retentionSeconds) {
    problems.push({
      path: "retentionSeconds",
      must: `be at least visibilityTimeoutSeconds × maxReceiveCount (${deliverySeconds}), or a failing message is dropped and never a dead letter`,
      got: retentionSeconds,
      fix: "raise it, or lower one of the two",
    });
  }
  if (maxAgeSeconds !== undefined && maxAgeSeconds >= retentionSeconds) {
    problems.push({
      path: "alarms.maxAgeSeconds",
      must: `be less than retentionSeconds (${retentionSeconds}), or the alarm never sounds`,
      got: maxAgeSeconds,
    });
  }
  return problems;
}

/** Times in which a second consumer gets what a first one still works on. */
function checkLease(service: QueueService, limits: RequestQueueLimits): readonly InputProblem[] {
  const { visibilityTimeoutSeconds, serviceSecondsMax, hasHeartbeat = true } = limits;
  if (!hasHeartbeat) {
    if (visibilityTimeoutSeconds >= serviceSecondsMax) return [];
    return [
      {
        path: "visibilityTimeoutSeconds",
        must: `be at least serviceSecondsMax (${serviceSecondsMax}) without a heartbeat, or work is done twice`,
        got: visibilityTimeoutSeconds,
        fix: "raise it, or have consumers extend it: hasHeartbeat: true",
      },
    ];
  }
  // A heartbeat of a third of it must be a whole second.
  if (visibilityTimeoutSeconds < 3) {
    return [
      {
        path: "visibilityTimeoutSeconds",
        must: "be at least 3 with a heartbeat",
        got: visibilityTimeoutSeconds,
      },
    ];
  }
  const { extensionSecondsMax } = serviceLimits[service];
  if (extensionSecondsMax === undefined || serviceSecondsMax <= extensionSecondsMax) return [];
  return [
    {
      path: "serviceSecondsMax",
      must: `be at most ${extensionSecondsMax}, beyond which ${service} gives a message to another consumer however often it is extended`,
      got: serviceSecondsMax,
    },
  ];
}
