/** The aggregates of a batch against its members one by one. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { AttemptStore } from "../../../planner/simulation/attempt-store";
import { DecodeBatch } from "../../../planner/simulation/decode-batch";
import type { EngineSettings } from "../../../planner/simulation/pool-run";

const CAMPAIGN = { seed: 20_261_122, numRuns: 200 };
const WORKLOADS = 2;

interface Shape {
  readonly gain: number;
  readonly blockTokens: number;
  readonly fullGroups: number;
  readonly windowGroups: number;
  readonly kvWindow: number;
  readonly timeWindow: number;
}

function settingsOf(shape: Shape): EngineSettings {
  return {
    role: "unified",
    maxSequences: 100,
    tokenBudget: 1000,
    chunkTokensMax: 1000,
    partialPromptsMax: 1,
    isPrefillChunked: true,
    isPrefixCaching: false,
    isPriorityScheduling: false,
    tokensComputedPerStep: Math.ceil(shape.gain),
    tokensGainedPerStep: shape.gain,
    stepsPerRunMax: Number.POSITIVE_INFINITY,
    geometry: {
      blockTokens: shape.blockTokens,
      blocks: 1 << 20,
      fullGroups: shape.fullGroups,
      windowGroups: shape.windowGroups,
      windowTokens: shape.kvWindow,
    },
    stepTime: {
      contextWays: () => 1,
      decodeSeconds: () => 1,
      mixedSeconds: () => 1,
      context: { start: [0], intercept: [0], slope: [0] },
      windowSecondsPerToken: 0,
      windowTokens: shape.timeWindow,
    },
  };
}

interface Member {
  readonly slot: number;
  readonly workload: number;
  readonly admission: number;
  readonly startContext: number;
  readonly startStep: number;
  readonly startClock: number;
  readonly remaining: number;
}

/** What the batch stands for: a list of members and a step count. */
class Model {
  step = 0;
  members: Member[] = [];

  constructor(readonly shape: Shape) {}

  clockAt(step: number): number {
    return Math.floor(step * this.shape.gain + 1e-9);
  }

  context(member: Member, clock = this.clockAt(this.step)): number {
    return member.startContext + clock - member.startClock;
  }

  expected(member: Member): number {
    return member.startContext + this.shape.gain * (this.step - member.startStep);
  }

  blocks(tokens: number): number {
    const { blockTokens, fullGroups, windowGroups, kvWindow } = this.shape;
    const blocks = Math.ceil(tokens / blockTokens);
    const windowed = windowGroups === 0 ? 0 : Math.min(blocks, kvWindow / blockTokens);
    return fullGroups * blocks + windowGroups * windowed;
  }

  finished(step: number): Member[] {
    const end = (member: Member): number => member.startClock + member.remaining;
    return this.members
      .filter((member) => this.clockAt(step) >= end(member))
      .sort((a, b) => end(a) - end(b) || a.admission - b.admission);
  }
}

const shape: fc.Arbitrary<Shape> = fc
  .record({
    gain: fc.constantFrom(1, 1, 1.5, 1.75, 2.19),
    // A step's tokens fit one block: the engine refuses anything else.
    blockTokens: fc.constantFrom(3, 4, 16),
    groups: fc.constantFrom([1, 0], [1, 1], [0, 2]),
    kvWindowBlocks: fc.integer({ min: 1, max: 6 }),
    timeWindow: fc.constantFrom(Number.POSITIVE_INFINITY, 13, 40),
  })
  .map(({ groups, kvWindowBlocks, ...rest }) => ({
    ...rest,
    fullGroups: groups[0]!,
    windowGroups: groups[1]!,
    kvWindow: groups[1] === 0 ? Number.POSITIVE_INFINITY : kvWindowBlocks * rest.blockTokens,
  }));

const operation = fc.record({
  kind: fc.constantFrom("join", "join", "leave", "advance", "advance", "advance"),
  context: fc.integer({ min: 1, max: 80 }),
  remaining: fc.integer({ min: 1, max: 60 }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("DecodeBatch", () => {
  it("for all histories, its aggregates are those of its members", () => {
    const law = fc.property(shape, fc.array(operation, { maxLength: 60 }), (given, operations) => {
      const store = new AttemptStore();
      const batch = new DecodeBatch(store, settingsOf(given), WORKLOADS);
      const model = new Model(given);
      for (const [admission, { kind, context, remaining, share }] of operations.entries()) {
        if (kind === "join") {
          join(batch, store, model, { admission, context, remaining });
        } else if (model.members.length > 0) {
          const place = Math.min(
            model.members.length - 1,
            Math.floor(share * model.members.length),
          );
          if (kind === "leave") leaveEarly(batch, model, model.members[place]!);
          else advance(batch, model, share);
        }
        expectSame(batch, store, model);
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("takes the least urgent member, the latest admitted among equals", () => {
    const store = new AttemptStore();
    const plain = { gain: 1, blockTokens: 4, fullGroups: 1, windowGroups: 0 };
    const infinite = Number.POSITIVE_INFINITY;
    const batch = new DecodeBatch(
      store,
      settingsOf({ ...plain, kvWindow: infinite, timeWindow: infinite }),
      WORKLOADS,
    );
    const model = new Model({ ...plain, kvWindow: infinite, timeWindow: infinite });
    for (let admission = 0; admission < 6; admission++) {
      join(batch, store, model, { admission, context: 5, remaining: 9 });
    }
    const workloadOf = (slot: number): number => store.workload[slot]!;
    const bestOf = (priorityOf: readonly number[]): number => {
      const least = Math.max(...model.members.map(({ slot }) => priorityOf[workloadOf(slot)]!));
      return model.members.filter(({ slot }) => priorityOf[workloadOf(slot)] === least).at(-1)!
        .slot;
    };
    for (const priorityOf of [
      [0, 1],
      [1, 0],
      [2, 2],
    ]) {
      expect(batch.leastUrgent(Int32Array.from(priorityOf))).toBe(bestOf(priorityOf));
    }
  });
});

function join(
  batch: DecodeBatch,
  store: AttemptStore,
  model: Model,
  given: { readonly admission: number; readonly context: number; readonly remaining: number },
): void {
  const slot = store.acquire();
  const workload = given.admission % WORKLOADS;
  store.workload[slot] = workload;
  store.admission[slot] = given.admission;
  batch.join(slot, given.context, given.remaining);
  model.members.push({
    slot,
    workload,
    admission: given.admission,
    startContext: given.context,
    startStep: model.step,
    startClock: model.clockAt(model.step),
    remaining: given.remaining,
  });
}

function leaveEarly(batch: DecodeBatch, model: Model, member: Member): void {
  batch.leaveEarly(member.slot);
  model.members = model.members.filter((other) => other !== member);
}

function leave(batch: DecodeBatch, model: Model, member: Member): void {
  batch.leave(member.slot);
  model.members = model.members.filter((other) => other !== member);
}

/** Up to the next mark: before it nobody finishes, at it the members finish in order. */
function advance(batch: DecodeBatch, model: Model, share: number): void {
  const most = batch.stepsToNextMark();
  expect(most).toBeGreaterThanOrEqual(1);
  expect(model.finished(model.step + most - 1)).toEqual([]);
  const steps = Math.max(1, Math.round(share * most));
  const clock = model.clockAt(model.step);
  const next = model.clockAt(model.step + steps);
  const needed = batch.blocksBetween(0, next - clock);
  const taken = model.members.reduce(
    (sum, member) =>
      sum + model.blocks(model.context(member, next)) - model.blocks(model.context(member, clock)),
    0,
  );
  expect(needed).toBeLessThanOrEqual(batch.blocksAtMost(next - clock));
  batch.advance(steps);
  model.step += steps;
  const done: number[] = [];
  for (;;) {
    const slot = batch.popFinished();
    if (slot < 0) break;
    done.push(slot);
    const member = model.members.find((one) => one.slot === slot)!;
    expect(batch.blocksHeldBy(slot)).toBe(model.blocks(model.context(member)));
  }
  expect(needed).toBe(taken);
  const expected = model.finished(model.step);
  expect(done).toEqual(expected.map((member) => member.slot));
  for (const member of expected) leave(batch, model, member);
}

function expectSame(batch: DecodeBatch, store: AttemptStore, model: Model): void {
  const { members, shape: given } = model;
  const sum = (of: (member: Member) => number): number =>
    members.reduce((total, member) => total + of(member), 0);
  expect([batch.size, batch.step, batch.clock]).toEqual([
    members.length,
    model.step,
    model.clockAt(model.step),
  ]);
  expect(batch.contextTokens).toBeCloseTo(
    sum((member) => model.expected(member)),
    6,
  );
  expect(batch.windowTokens).toBeCloseTo(
    sum((member) => Math.min(model.expected(member), given.timeWindow)),
    6,
  );
  expect(batch.withinWindow).toBe(
    members.filter((member) => model.expected(member) < given.timeWindow).length,
  );
  expect(batch.tail).toBe(members.at(-1)?.slot ?? -1);
  for (let workload = 0; workload < WORKLOADS; workload++) {
    const own = members.filter((member) => member.workload === workload);
    expect(batch.sizeByWorkload[workload]).toBe(own.length);
  }
  const held = members.map(({ slot }) => batch.blocksHeldBy(slot));
  expect(held).toEqual(members.map((member) => model.blocks(model.context(member))));
  expect(members.map(({ slot }) => batch.contextOf(slot))).toEqual(
    members.map((member) => model.context(member)),
  );
  expect(members.every(({ slot, admission }) => store.admission[slot] === admission)).toBe(true);
}
