/**
 * KV blocks are neither lost nor made: at every step boundary of a replica its counters are what a count of
 * its queue and of its cache gives, and when all requests are over every block is free. Drives one replica
 * directly, on the random cases of the oracle.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { PRIORITIES } from "../../planner/fleet/resolved-fleet";
import { PoolRun } from "../../planner/simulation/pool-run";
import { Replica } from "../../planner/simulation/replica";
import { RequestStore } from "../../planner/simulation/request-store";
import { createSources } from "../../planner/traffic/create-sources";
import type { RequestDraw, RequestSource } from "../../planner/traffic/request-source";
import { type NaiveCase, naiveCase } from "../support/naive-cases";

const CAMPAIGN = { seed: 20_261_122, numRuns: Number(process.env["LAW_CASES"] ?? 150) };
const NEVER = Number.POSITIVE_INFINITY;

class OneReplica {
  readonly store = new RequestStore();
  readonly replica: Replica;
  finished = 0;
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
      },
      observer: undefined,
      admissions: { next: 0 },
      priorityOf: Int32Array.from(scenario.workloads, (one) => PRIORITIES.indexOf(one.priority)),
      priorityLevels: PRIORITIES.length,
    });
  }

  /** Runs until nothing is left, counting blocks at every boundary; returns how many boundaries. */
  run(): number {
    const { replica } = this;
    for (let boundaries = 0; ; boundaries++) {
      const arrival = Math.min(...this.sources.map((source) => source.peekSeconds()));
      const boundary = replica.nextEventSeconds;
      if (Math.min(arrival, boundary) === NEVER) return boundaries;
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
      client: -1,
    };
    this.sources[workload]!.take(draw);
    if (!this.replica.canHold(draw.inputTokens, draw.outputTokens)) return;
    const { store } = this;
    const slot = store.acquire();
    store.arrivalSeconds[slot] = seconds;
    store.inputTokens[slot] = draw.inputTokens;
    store.outputTokens[slot] = draw.outputTokens;
    store.workload[slot] = workload;
    store.client[slot] = draw.client;
    store.prefix[slot] = draw.prefix;
    this.replica.enqueue(slot, seconds);
  }

  private finish(slot: number, seconds: number): void {
    this.finished++;
    const client = this.store.client[slot]!;
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
});
