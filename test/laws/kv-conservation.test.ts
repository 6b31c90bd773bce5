/**
 * KV blocks are neither lost nor made: at every step boundary of a replica its counters are what a count of
 * its queue and of its cache gives, and when all requests are over every block is free. Drives one replica
 * directly, on the random cases of the oracle.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { PRIORITIES } from "../../planner/fleet/priority";
import { AttemptStore } from "../../planner/simulation/attempt-store";
import { PoolRun } from "../../planner/simulation/pool-run";
import { Replica } from "../../planner/simulation/replica";
import { createSources } from "../../planner/traffic/create-sources";
import type { RequestDraw, RequestSource } from "../../planner/traffic/request-source";
import { type NaiveCase, naiveCase } from "../support/naive-cases";

const CAMPAIGN = { seed: 20_261_122, numRuns: Number(process.env["LAW_CASES"] ?? 150) };
const NEVER = Number.POSITIVE_INFINITY;

class OneReplica {
  readonly store = new AttemptStore();
  readonly replica: Replica;
  finished = 0;
  /** Attempts here, cancelled ones that still run included; and the client of each. */
  readonly live = new Set<number>();
  private readonly cancelled = new Set<number>();
  private readonly clientOf: number[] = [];
  private readonly sources: readonly RequestSource[];
  private readonly blocks: number;

  constructor({ scenario, settings, seed }: NaiveCase) {
    this.sources = createSources(scenario, seed);
    this.blocks = settings.geometry.blocks;
    const pool = new PoolRun(0, settings, scenario.workloads.length, { from: 0, to: NEVER });
    this.replica = new Replica(0, pool, this.store, {
      listener: {
        onScheduled: () => {},
        onFinished: (slot, seconds) => this.finish(slot, seconds),
        onPrefilled: () => {
          throw new Error("a unified replica hands nothing on");
        },
        onFirstToken: () => {},
        onCancelled: (slot) => {
          this.live.delete(slot);
          this.store.release(slot);
        },
      },
      observer: undefined,
      admissions: { next: 0 },
      priorityOf: Int32Array.from(scenario.workloads, (one) => PRIORITIES.indexOf(one.priority)),
      priorityLevels: PRIORITIES.length,
    });
  }

  /**
   * Runs until nothing is left, counting blocks at every boundary; returns how many boundaries. Now and then,
   * between two events, an attempt is cancelled or the replica is lost.
   */
  run(disturbances: readonly number[] = []): number {
    const { replica } = this;
    let now = 0;
    for (let boundaries = 0; ; boundaries++) {
      const arrival = Math.min(...this.sources.map((source) => source.peekSeconds()));
      const disturbance = disturbances[boundaries % Math.max(1, disturbances.length)] ?? 0;
      if (disturbance > 0 && boundaries % 3 === 0) {
        const next = Math.min(arrival, replica.nextEventSeconds);
        const seconds = next === NEVER ? now : now + (next - now) * 0.5;
        if (disturbance % 11 === 10) this.loseAll(seconds);
        else this.cancelOne(disturbance, seconds);
        this.expectCounted();
      }
      const boundary = replica.nextEventSeconds;
      if (Math.min(arrival, boundary) === NEVER) return boundaries;
      now = Math.min(arrival, boundary);
      if (arrival <= boundary) {
        this.take(arrival);
      } else {
        replica.finishRun();
        this.expectCounted();
        replica.schedule(boundary);
        this.expectCounted();
      }
    }
  }

  expectCounted(): void {
    const { free, referenced, counted } = this.replica.recountBlocks();
    if (free !== counted || free < 0 || free + referenced > this.blocks) {
      throw new Error(`${counted} free blocks are ${free}, ${referenced} of ${this.blocks} shared`);
    }
  }

  private take(seconds: number): void {
    const workload = this.sources.findIndex((source) => source.peekSeconds() === seconds);
    const draw: RequestDraw = {
      arrivalSeconds: 0,
      inputTokens: 0,
      outputTokens: 0,
      originIndex: 0,
      tenantIndex: 0,
      prefix: undefined,
      chain: undefined,
      isRefused: false,
      client: -1,
    };
    this.sources[workload]!.take(draw);
    if (!this.replica.canHold(draw.inputTokens, draw.outputTokens)) return;
    const { store } = this;
    const slot = store.acquire();
    store.inputTokens[slot] = draw.inputTokens;
    store.outputTokens[slot] = draw.outputTokens;
    store.workload[slot] = workload;
    this.clientOf[slot] = draw.client;
    store.prefix[slot] = draw.prefix;
    this.live.add(slot);
    this.replica.enqueue(slot, seconds);
  }

  /** Cancels an attempt that is here and not cancelled yet. */
  cancelOne(choice: number, seconds: number): void {
    const candidates = [...this.live].filter((slot) => !this.cancelled.has(slot));
    const slot = candidates[choice % candidates.length];
    if (slot === undefined) return;
    if (this.replica.cancel(slot, seconds)) {
      this.live.delete(slot);
      this.store.release(slot);
    } else {
      this.cancelled.add(slot);
    }
  }

  /** Loses the replica: everything that was here comes back, once. */
  loseAll(seconds: number): void {
    const lost = this.replica.lose(seconds);
    expect(lost.toSorted()).toEqual([...this.live].toSorted());
    for (const slot of lost) this.store.release(slot);
    this.live.clear();
    this.cancelled.clear();
    expect(this.replica.nextEventSeconds).toBe(NEVER);
  }

  private finish(slot: number, seconds: number): void {
    this.finished++;
    this.live.delete(slot);
    this.cancelled.delete(slot);
    const client = this.clientOf[slot]!;
    if (client >= 0) this.sources[this.store.workload[slot]!]!.finished(client, seconds);
    this.store.release(slot);
  }
}

describe("conservation of KV blocks", () => {
  it("for all cases, the counters are right at every boundary and all blocks are free at the end", () => {
    let boundaries = 0;
    let finished = 0;
    const law = fc.property(naiveCase(), (one) => {
      const run = new OneReplica(one);
      boundaries += run.run();
      finished += run.finished;
      const { blocks } = one.settings.geometry;
      expect(run.replica.recountBlocks()).toEqual({ free: blocks, referenced: 0, counted: blocks });
      expect(run.store.inFlight).toBe(0);
      expect([run.replica.outstanding, run.replica.running]).toEqual([0, 0]);
      expect(run.replica.waitingRequests).toBe(0);
    });
    fc.assert(law, CAMPAIGN);
    expect(finished).toBeGreaterThan(1000);
    expect(boundaries).toBeGreaterThan(5000);
  });

  it("for all cases and all moments at which attempts are cancelled and replicas lost", () => {
    let cancelled = 0;
    const disturbances = fc.array(fc.nat(40), { minLength: 5, maxLength: 40 });
    const law = fc.property(naiveCase(), disturbances, (one, moments) => {
      const run = new OneReplica(one);
      const arrived = run.run(moments);
      cancelled += arrived - run.finished;
      const { blocks } = one.settings.geometry;
      const { counted, free } = run.replica.recountBlocks();
      expect([counted, free]).toEqual([blocks, blocks]);
      expect([run.store.inFlight, run.live.size, run.replica.outstanding]).toEqual([0, 0, 0]);
      expect([run.replica.running, run.replica.waitingRequests]).toEqual([0, 0]);
    });
    fc.assert(law, CAMPAIGN);
    expect(cancelled).toBeGreaterThan(100);
  });
});
