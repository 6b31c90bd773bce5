/** The message queue against a plain one, its conservation law, at-least-once delivery, and each rule by example. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { NO_POLICIES, type ResolvedQueue } from "../../../../planner/fleet/resolved-policies";
import { MessageQueue } from "../../../../planner/simulation/queue/message-queue";
import { PlainQueue } from "./plain-queue";

const CAMPAIGN = { seed: 20_261_201, numRuns: 250 };

/** Few ids, so that they are used again soon. */
const IDS = 40;

function policy(changes: Partial<ResolvedQueue>): ResolvedQueue {
  const base = { visibilityTimeoutSeconds: 30, maxReceiveCount: 3, retentionSeconds: 1000 };
  return { ...NO_POLICIES.queue, ...base, ...changes };
}

const anyPolicy = fc
  .record({
    visibilityTimeoutSeconds: fc.integer({ min: 0, max: 12 }),
    maxReceiveCount: fc.integer({ min: 1, max: 4 }),
    retentionSeconds: fc.constantFrom(5, 20, 60, Number.POSITIVE_INFINITY),
  })
  .map(policy);

const anyOperation = fc.record({
  kind: fc.constantFrom(
    "send",
    "send",
    "receive",
    "receive",
    "extend",
    "release",
    "delete",
    "wait",
    "take",
    "toggle",
  ),
  id: fc.integer({ min: 0, max: IDS - 1 }),
  wait: fc.integer({ min: 0, max: 4 }),
});

function takeAll(take: () => number): number[] {
  const taken: number[] = [];
  for (let message = take(); message >= 0; message = take()) taken.push(message);
  return taken;
}

/** What both queues show, in the same words. */
function shown(queue: MessageQueue, seconds: number) {
  const { visible, inFlight, nextSeconds } = queue;
  const { sent, received, deleted, deadLettered, expired, deepest } = queue;
  const counts = { sent, received, deleted, deadLettered, expired, deepest };
  return { visible, inFlight, nextSeconds, counts, age: queue.oldestVisibleAgeSeconds(seconds) };
}

function plainlyShown(plain: PlainQueue, seconds: number) {
  const visible = plain.visible.length;
  const inFlight = plain.inFlight.length;
  const age = visible > 0 ? seconds - plain.visible[0]!.sentSeconds : 0;
  return { visible, inFlight, nextSeconds: plain.nextSeconds, counts: plain.counts, age };
}

const anyMessage = fc.record({
  gap: fc.integer({ min: 0, max: 3 }),
  /** Consumers that it kills before one gets through. */
  crashes: fc.integer({ min: 0, max: 6 }),
});

/** Sends messages, receives one after every so many, then the rest: how often each was delivered, how it ended. */
function fates(
  rules: ResolvedQueue,
  messages: readonly { gap: number; crashes: number }[],
  receiveEvery: number,
) {
  const queue = new MessageQueue(rules);
  const fate = messages.map(({ crashes }) => ({ crashes, deliveries: 0, ends: [] as string[] }));
  let seconds = 0;
  const consume = (): void => {
    const message = queue.receive(seconds);
    for (const one of takeAll(() => queue.takeExpired())) fate[one]!.ends.push("expired");
    for (const one of takeAll(() => queue.takeDeadLetter())) fate[one]!.ends.push("dead-lettered");
    if (message < 0) return;
    const its = fate[message]!;
    if (++its.deliveries <= its.crashes) return;
    queue.delete(message);
    its.ends.push("deleted");
  };
  for (const [message, { gap }] of messages.entries()) {
    seconds += gap;
    queue.send(message, seconds);
    if (message % receiveEvery === 0) consume();
  }
  while (queue.visible + queue.inFlight > 0) {
    if (queue.visible === 0) seconds = queue.nextSeconds;
    consume();
  }
  return fate;
}

describe("MessageQueue", () => {
  it("for all sequences of operations, does what a plain list of messages does", () => {
    const law = fc.property(
      anyPolicy,
      fc.array(anyOperation, { minLength: 20, maxLength: 150 }),
      (rules, operations) => {
        const queue = new MessageQueue(rules);
        const plain = new PlainQueue(rules);
        let seconds = 0;
        for (const { kind, id, wait } of operations) {
          seconds += wait;
          queue.advance(seconds);
          plain.advance(seconds);
          const isThere = plain.messages.some((one) => one.message === id);
          const isTold = plain.expired.includes(id) || plain.deadLetters.includes(id);
          if (kind === "send" && queue.isAvailable && !isThere && !isTold) {
            queue.send(id, seconds);
            plain.send(id, seconds);
          } else if (kind === "receive") {
            expect(queue.receive(seconds)).toBe(plain.receive(seconds));
          } else if (kind === "extend" || kind === "release") {
            queue[kind](id, seconds);
            plain[kind](id, seconds);
          } else if (kind === "delete") {
            queue.delete(id);
            plain.delete(id);
          } else if (kind === "take") {
            const byNumber = (a: number, b: number): number => a - b;
            expect(takeAll(() => queue.takeExpired()).sort(byNumber)).toEqual(
              plain.expired.sort(byNumber),
            );
            expect(takeAll(() => queue.takeDeadLetter())).toEqual(plain.deadLetters);
            plain.expired = [];
            plain.deadLetters = [];
          } else if (kind === "toggle") {
            queue.isAvailable = !queue.isAvailable;
            plain.isAvailable = queue.isAvailable;
          }
          expect(shown(queue, seconds)).toEqual(plainlyShown(plain, seconds));
          const over = queue.deleted + queue.deadLettered + queue.expired;
          expect(queue.sent).toBe(over + queue.visible + queue.inFlight);
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("for all consumers that may crash, delivers at least once, or says what became of a message", () => {
    const law = fc.property(
      anyPolicy.filter((rules) => rules.visibilityTimeoutSeconds > 0),
      fc.array(anyMessage, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      (rules, messages, receiveEvery) => {
        for (const { crashes, deliveries, ends } of fates(rules, messages, receiveEvery)) {
          expect(deliveries).toBeLessThanOrEqual(rules.maxReceiveCount);
          expect(ends.length).toBe(1);
          if (ends[0] === "deleted") expect(deliveries).toBe(crashes + 1);
          if (ends[0] === "dead-lettered") expect(deliveries).toBe(rules.maxReceiveCount);
          if (rules.retentionSeconds === Number.POSITIVE_INFINITY) {
            expect(ends[0]).toBe(crashes < rules.maxReceiveCount ? "deleted" : "dead-lettered");
          }
        }
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("does nothing between two of its own times", () => {
    const queue = new MessageQueue(policy({ visibilityTimeoutSeconds: 30, retentionSeconds: 100 }));
    expect(queue.nextSeconds).toBe(Number.POSITIVE_INFINITY);
    queue.send(7, 10);
    expect(queue.nextSeconds).toBe(110);
    queue.receive(20);
    expect(queue.nextSeconds).toBe(50);
    queue.advance(49.999);
    expect(queue).toMatchObject({ visible: 0, inFlight: 1 });
    queue.advance(50);
    expect(queue).toMatchObject({ visible: 1, inFlight: 0, nextSeconds: 110 });
    queue.advance(109.999);
    expect(queue.expired).toBe(0);
    queue.advance(110);
    expect(queue).toMatchObject({ visible: 0, expired: 1 });
    expect([queue.takeExpired(), queue.takeExpired()]).toEqual([7, -1]);
  });

  it("keeps a message hidden for as long as heartbeats come in time", () => {
    const queue = new MessageQueue(policy({ visibilityTimeoutSeconds: 30 }));
    queue.send(1, 0);
    queue.receive(0);
    queue.extend(1, 20);
    queue.extend(1, 45);
    expect(queue.receive(74)).toBe(-1);
    // The last heartbeat was at 45 s; one at 75 s is too late.
    queue.extend(1, 75);
    expect(queue).toMatchObject({ visible: 1, inFlight: 0 });
    expect(queue.receive(75)).toBe(1);
  });

  it("deletes a message wherever it is, once", () => {
    const queue = new MessageQueue(policy({ visibilityTimeoutSeconds: 30 }));
    for (const message of [0, 1, 2]) queue.send(message, 0);
    expect([queue.receive(0), queue.receive(10)]).toEqual([0, 1]);
    queue.advance(30);
    expect(queue).toMatchObject({ visible: 2, inFlight: 1 });
    // 0 is visible again, 1 in flight, 2 was never received.
    for (const message of [0, 0, 1, 2]) queue.delete(message);
    expect(queue).toMatchObject({ visible: 0, inFlight: 0, deleted: 3 });
    expect(queue.receive(30)).toBe(-1);
  });

  it("a second consumer gets what the first did not finish in time; the first may still end it", () => {
    const queue = new MessageQueue(policy({ visibilityTimeoutSeconds: 30 }));
    queue.send(5, 0);
    expect(queue.receive(0)).toBe(5);
    expect(queue.receive(30)).toBe(5);
    queue.delete(5);
    expect(queue).toMatchObject({ inFlight: 0, received: 2, deleted: 1 });
    queue.advance(60);
    expect(queue.visible).toBe(0);
  });

  it("moves a message to the dead letters on the receive that would be one too many", () => {
    const queue = new MessageQueue(policy({ maxReceiveCount: 2 }));
    queue.send(3, 0);
    queue.send(4, 1);
    for (const seconds of [1, 2]) {
      expect(queue.receive(seconds)).toBe(3);
      queue.release(3, seconds);
    }
    expect(queue.takeDeadLetter()).toBe(-1);
    expect(queue.receive(3)).toBe(4);
    expect([queue.takeDeadLetter(), queue.takeDeadLetter()]).toEqual([3, -1]);
    expect(queue).toMatchObject({ received: 3, deadLettered: 1, visible: 0, inFlight: 1 });
  });

  it("lets the work at hand go on past the retention, and no other begin", () => {
    const rules = policy({ visibilityTimeoutSeconds: 30, retentionSeconds: 100 });
    const [finished, crashed, given] = [0, 0, 0].map(() => new MessageQueue(rules));
    for (const queue of [finished!, crashed!, given!]) {
      queue.send(0, 0);
      queue.receive(90);
      queue.advance(119);
      expect(queue).toMatchObject({ inFlight: 1, expired: 0 });
    }
    finished!.delete(0);
    expect(finished).toMatchObject({ deleted: 1, expired: 0 });
    crashed!.advance(120);
    expect(crashed).toMatchObject({ visible: 0, expired: 1 });
    given!.release(0, 119);
    expect(given).toMatchObject({ visible: 0, expired: 1, deepest: 1 });
  });

  it("neither gives nor takes while it is not available, and its timeouts run on", () => {
    const queue = new MessageQueue(policy({ visibilityTimeoutSeconds: 30 }));
    queue.send(0, 0);
    queue.send(1, 0);
    queue.receive(0);
    queue.isAvailable = false;
    expect(queue.receive(1)).toBe(-1);
    queue.extend(0, 20);
    queue.release(0, 20);
    expect(queue.inFlight).toBe(1);
    queue.advance(30);
    expect(queue).toMatchObject({ visible: 2, inFlight: 0 });
    queue.delete(1);
    expect(queue.deleted).toBe(1);
    expect(() => queue.send(2, 31)).toThrow("to a queue that is available");
    queue.isAvailable = true;
    expect(() => queue.send(0, 31)).toThrow("a message is sent once");
    expect(queue.receive(31)).toBe(0);
  });

  it("says how old the oldest visible message is, since it was sent", () => {
    const queue = new MessageQueue(policy({ visibilityTimeoutSeconds: 30 }));
    expect(queue.oldestVisibleAgeSeconds(5)).toBe(0);
    queue.send(0, 10);
    queue.send(1, 15);
    expect(queue.oldestVisibleAgeSeconds(20)).toBe(10);
    queue.receive(20);
    expect(queue.oldestVisibleAgeSeconds(20)).toBe(5);
    queue.advance(50);
    expect(queue.oldestVisibleAgeSeconds(50)).toBe(40);
  });

  it("empties a backlog of hundreds of thousands in the order of sending", () => {
    const messages = 300_000;
    const queue = new MessageQueue(
      policy({ visibilityTimeoutSeconds: 1e6, retentionSeconds: 1e6 }),
    );
    for (let message = 0; message < messages; message++) queue.send(message, message * 0.01);
    let inOrder = 0;
    for (let message = 0; message < messages; message++) {
      if (queue.receive(4000) === message) inOrder++;
      queue.delete(message);
    }
    expect(inOrder).toBe(messages);
    expect(queue).toMatchObject({ deepest: messages, deleted: messages, visible: 0, inFlight: 0 });
  });
});
