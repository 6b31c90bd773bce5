/**
 * Whether a queue as described can be set up on the clouds of the fleet, and whether its times fit together. SQS:
 * visibility up to 12 h, retention 1 min to 14 d, 1 to 1000 receives. Pub/Sub: acknowledgement within 10 s to 10 min,
 * retention 10 min to 31 d, 5 to 100 deliveries. In both, a message's age counts from when it was first sent.
 */
import type { Problem } from "../foundation/errors";
import { formatDuration } from "../foundation/format-units";
import type { QueueSpec } from "./policies-spec";
import { attemptSecondsMax } from "./resolve-policies";
import type { ResolvedRegion } from "./resolved-fleet";
import type { ResolvedQueue, ResolvedTimeouts } from "./resolved-policies";

interface Limits {
  readonly service: string;
  readonly visibilitySeconds: readonly [min: number, max: number];
  readonly retentionSeconds: readonly [min: number, max: number];
  readonly receives: readonly [min: number, max: number];
}

const LIMITS: Readonly<Record<"aws" | "gcp", Limits>> = {
  aws: {
    service: "SQS",
    visibilitySeconds: [0, 43_200],
    retentionSeconds: [60, 1_209_600],
    receives: [1, 1000],
  },
  gcp: {
    service: "Pub/Sub",
    visibilitySeconds: [10, 600],
    retentionSeconds: [600, 2_678_400],
    receives: [5, 100],
  },
};

const PATH = "fleet.queue";

/** Adds the problems of a queue that is given. */
export function checkQueue(
  spec: QueueSpec,
  queue: ResolvedQueue,
  timeout: ResolvedTimeouts,
  regions: readonly ResolvedRegion[],
  problems: Problem[],
): void {
  const before = problems.length;
  const clouds = new Set(regions.map((region) => region.spec.cloud));
  for (const cloud of ["aws", "gcp"] as const)
    if (clouds.has(cloud)) checkLimits(queue, LIMITS[cloud], problems);
  const isUnbounded =
    spec.visibilityTimeout === "auto" &&
    !queue.heartbeat &&
    attemptSecondsMax(timeout) === Number.POSITIVE_INFINITY;
  if (isUnbounded) {
    problems.push({
      code: "conflict",
      path: `${PATH}.visibilityTimeout`,
      message: "auto needs to know how long a message may be worked on, and no timeout says so",
      hint: "add timeout.maxStreamDuration, use heartbeat: true, or give a duration",
    });
  }
  if (problems.length === before) checkTimes(queue, problems);
}

function checkLimits(queue: ResolvedQueue, limits: Limits, problems: Problem[]): void {
  const { service } = limits;
  const within = (
    key: string,
    value: number,
    [min, max]: readonly [number, number],
    show: (value: number) => string,
    more = "",
  ) => {
    if (value >= min && value <= max) return;
    problems.push({
      code: "invalid-value",
      path: `${PATH}.${key}`,
      message: `${service} takes ${show(min)} to ${show(max)}, got ${show(value)}`,
      hint: value < min ? `use ${show(min)} or more` : `use ${show(max)} or less${more}`,
    });
  };
  within(
    "visibilityTimeout",
    queue.visibilityTimeoutSeconds,
    limits.visibilitySeconds,
    formatDuration,
    queue.heartbeat ? "; the heartbeat extends it" : ", with heartbeat: true to extend it",
  );
  within("maxReceiveCount", queue.maxReceiveCount, limits.receives, String);
  within("retention", queue.retentionSeconds, limits.retentionSeconds, formatDuration);
  within(
    "deadLetterRetention",
    queue.deadLetterRetentionSeconds,
    limits.retentionSeconds,
    formatDuration,
  );
}

function checkTimes(queue: ResolvedQueue, problems: Problem[]): void {
  const conflict = (key: string, message: string, hint: string) =>
    problems.push({ code: "conflict", path: `${PATH}.${key}`, message, hint });
  const { retentionSeconds, visibilityTimeoutSeconds, maxReceiveCount } = queue;
  const retention = formatDuration(retentionSeconds);
  if (queue.deadLetterRetentionSeconds <= retentionSeconds) {
    conflict(
      "deadLetterRetention",
      `${formatDuration(queue.deadLetterRetentionSeconds)} is no longer than retention (${retention}): the clock starts when a message is first sent, so that a late dead letter is dropped at once`,
      `use more than ${retention}, or a shorter retention`,
    );
  }
  if (visibilityTimeoutSeconds * maxReceiveCount > retentionSeconds) {
    conflict(
      "retention",
      `${retention} is over before ${maxReceiveCount} receives of ${formatDuration(visibilityTimeoutSeconds)} are, so that a failing message is dropped and never a dead letter`,
      `use ${formatDuration(visibilityTimeoutSeconds * maxReceiveCount)} or more`,
    );
  }
  if (queue.maxAgeSeconds !== Number.POSITIVE_INFINITY && queue.maxAgeSeconds >= retentionSeconds) {
    conflict(
      "maxAge",
      `${formatDuration(queue.maxAgeSeconds)} is no shorter than retention (${retention}), so that the alarm never sounds`,
      `use less than ${retention}`,
    );
  }
  if (queue.maxOutstandingPerReplica < queue.consumersPerReplica) {
    conflict(
      "maxOutstandingPerReplica",
      `${queue.maxOutstandingPerReplica} is less than consumersPerReplica (${queue.consumersPerReplica}), which is then never reached`,
      `use ${queue.consumersPerReplica} or more, or fewer consumers`,
    );
  }
}
