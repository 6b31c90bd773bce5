import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { checkQueueLimits, type QueueService } from "../../../components/queue/queue-limits";
import { consumerSettings, type RequestQueueLimits } from "../../../components/queue/request-queue";

const limits: RequestQueueLimits = {
  visibilityTimeoutSeconds: 90,
  serviceSecondsMax: 1200,
  maxReceiveCount: 5,
  retentionSeconds: 345_600,
  deadLetterRetentionSeconds: 1_209_600,
};
const anyLimits = fc.record({
  visibilityTimeoutSeconds: fc.integer({ min: -1, max: 50_000 }),
  serviceSecondsMax: fc.integer({ min: 0, max: 60_000 }),
  hasHeartbeat: fc.boolean(),
  maxReceiveCount: fc.integer({ min: 0, max: 110 }),
  retentionSeconds: fc.integer({ min: 0, max: 3_000_000 }),
  deadLetterRetentionSeconds: fc.integer({ min: 0, max: 3_000_000 }),
});
// Quotas by hand from the services' own pages: the table under test may not vouch for itself.
const quotas = {
  SQS: { visibility: [0, 43_200], retention: [60, 1_209_600], receives: [1, 1000] },
  "Pub/Sub": { visibility: [10, 600], retention: [600, 2_678_400], receives: [5, 100] },
} as const;
const within = (value: number, [min, max]: readonly [number, number]): boolean =>
  value >= min && value <= max;

/** What becomes of a message that a consumer holds as long as it may and then fails, every time. */
function fateOfPoison(one: RequestQueueLimits): "dead letter" | "dropped" | "dropped dead letter" {
  const deadSeconds = one.visibilityTimeoutSeconds * one.maxReceiveCount;
  if (deadSeconds > one.retentionSeconds) return "dropped";
  return one.deadLetterRetentionSeconds > one.retentionSeconds
    ? "dead letter"
    : "dropped dead letter";
}

describe.each(["SQS", "Pub/Sub"] as const)("checkQueueLimits for %s", (service: QueueService) => {
  it("for all limits, accepts only those that the service takes and under which no failure is lost", () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyLimits, (one) => {
        if (checkQueueLimits(service, one).length > 0) return;
        accepted++;
        const quota = quotas[service];
        expect(within(one.visibilityTimeoutSeconds, quota.visibility)).toBe(true);
        expect(within(one.retentionSeconds, quota.retention)).toBe(true);
        expect(within(one.deadLetterRetentionSeconds, quota.retention)).toBe(true);
        expect(within(one.maxReceiveCount, quota.receives)).toBe(true);
        expect(fateOfPoison(one)).toBe("dead letter");
        const { heartbeatSeconds, extensionSecondsMax } = consumerSettings(one);
        // Nobody else gets what a consumer works on: it holds a message for as long as it may take.
        expect(extensionSecondsMax).toBeGreaterThanOrEqual(one.serviceSecondsMax);
        if (heartbeatSeconds !== undefined) {
          expect(heartbeatSeconds).toBeGreaterThanOrEqual(1);
          expect(2 * heartbeatSeconds).toBeLessThan(one.visibilityTimeoutSeconds);
        }
      }),
      { seed: 1, numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it("accepts what the defaults of the planner become", () => {
    expect(checkQueueLimits(service, limits)).toEqual([]);
  });

  it.each([
    ["visibilityTimeoutSeconds", { visibilityTimeoutSeconds: 43_201 }],
    ["visibilityTimeoutSeconds", { visibilityTimeoutSeconds: 90.5 }],
    ["visibilityTimeoutSeconds", { hasHeartbeat: false }],
    ["maxReceiveCount", { maxReceiveCount: 1001 }],
    ["retentionSeconds", { retentionSeconds: 59 }],
    ["retentionSeconds", { visibilityTimeoutSeconds: 300, retentionSeconds: 1499 }],
    ["deadLetterRetentionSeconds", { deadLetterRetentionSeconds: 345_600 }],
    ["deadLetterRetentionSeconds", { deadLetterRetentionSeconds: 2_678_401 }],
    ["serviceSecondsMax", { serviceSecondsMax: Number.POSITIVE_INFINITY }],
    ["serviceSecondsMax", { serviceSecondsMax: 0 }],
  ])("refuses an impossible %s", (path, change) => {
    const problems = checkQueueLimits(service, { ...limits, ...change });
    expect(problems.map((problem) => problem.path)).toEqual([path]);
  });

  it("refuses an alarm that never sounds", () => {
    const paths = (alarms: Parameters<typeof checkQueueLimits>[2]) =>
      checkQueueLimits(service, limits, alarms).map(({ path }) => path);
    expect(paths({ maxAgeSeconds: 345_600 })).toEqual(["alarms.maxAgeSeconds"]);
    expect(paths({ maxAgeSeconds: 0, maxDepth: 1.5 })).toEqual([
      "alarms.maxAgeSeconds",
      "alarms.maxDepth",
    ]);
    expect(paths({ maxAgeSeconds: 600, maxDepth: 1000 })).toEqual([]);
  });
});

describe("checkQueueLimits", () => {
  it("names the value, what is allowed and what to do", () => {
    const [problem] = checkQueueLimits("SQS", { ...limits, deadLetterRetentionSeconds: 3600 });
    expect(problem).toMatchObject({
      path: "deadLetterRetentionSeconds",
      got: 3600,
      must: expect.stringContaining("more than retentionSeconds (345600)"),
      fix: "raise it, or lower retentionSeconds",
    });
  });

  it("knows where the services differ", () => {
    const paths = (service: QueueService, change: Partial<RequestQueueLimits>) =>
      checkQueueLimits(service, { ...limits, ...change }).map(({ path }) => path);
    expect(paths("SQS", { maxReceiveCount: 3 })).toEqual([]);
    expect(paths("Pub/Sub", { maxReceiveCount: 3 })).toEqual(["maxReceiveCount"]);
    expect(paths("SQS", { visibilityTimeoutSeconds: 900 })).toEqual([]);
    expect(paths("Pub/Sub", { visibilityTimeoutSeconds: 900 })).toEqual([
      "visibilityTimeoutSeconds",
    ]);
    // Extended or not, SQS gives a message to another consumer 12 hours after it was received.
    expect(paths("SQS", { serviceSecondsMax: 43_201 })).toEqual(["serviceSecondsMax"]);
    expect(paths("Pub/Sub", { serviceSecondsMax: 43_201 })).toEqual([]);
    expect(paths("SQS", { visibilityTimeoutSeconds: 2 })).toEqual(["visibilityTimeoutSeconds"]);
  });
});
