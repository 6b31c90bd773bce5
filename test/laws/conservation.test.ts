/**
 * Laws that hold for every run of every fleet: nothing is lost, nothing happens before its cause, nothing is
 * random but by the seed. Random fleets of up to three regions (test/support/random-fleet.ts).
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { CellRecord, RunRecord } from "../../planner/simulation/run-record";
import { simulate } from "../../planner/simulation/simulate";
import { type FleetCase, fleetCase, lawSettings, STEP_SECONDS_MIN } from "../support/random-fleet";
import { observe } from "../support/rows";

const CAMPAIGN = { seed: 20_261_122, numRuns: Number(process.env["LAW_CASES"] ?? 60) };
const ROUNDING = 1e-9;

function run({ scenario, seed }: FleetCase): RunRecord {
  return simulate(scenario, seed, { engineSettingsFor: lawSettings });
}

function sum(cells: readonly CellRecord[], of: (cell: CellRecord) => number): number {
  return cells.reduce((total, cell) => total + of(cell), 0);
}

describe("conservation of requests", () => {
  it("for all fleets, offered = completed + rejected + in flight, in the run and in every cell", () => {
    const law = fc.property(fleetCase(), (one) => {
      const record = run(one);
      const over = record.completions + record.rejections + record.inFlightAtEnd;
      expect(over).toBe(record.arrivals);
      if (one.scenario.horizon.drain) expect(record.inFlightAtEnd).toBe(0);
      for (const cell of record.cells) {
        expect(cell.completed + cell.rejected + cell.inFlight).toBe(cell.offered);
        // Of a request in flight the first token may be known.
        const started = cell.ttftSeconds.count - cell.completed;
        expect(started).toBeGreaterThanOrEqual(0);
        expect(started).toBeLessThanOrEqual(cell.inFlight);
        expect(cell.e2eSeconds.count).toBe(cell.completed);
        expect(cell.metAll).toBeLessThanOrEqual(cell.completed);
        expect(cell.metAll + cell.censoredAll).toBeLessThanOrEqual(cell.offered - cell.rejected);
        for (const [i, met] of cell.met.entries()) {
          expect(met).toBeGreaterThanOrEqual(cell.metAll);
          const known = met + cell.censored[i]! + cell.unanswered[i]!;
          expect(known).toBeLessThanOrEqual(cell.offered);
        }
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fleets, rows and cells count the same requests", () => {
    const law = fc.property(fleetCase(), (one) => {
      const { record, rows } = observe(one.scenario, one.seed, lawSettings);
      const { warmUpSeconds, durationSeconds } = one.scenario.horizon;
      expect(rows.filter((row) => row !== undefined).length).toBe(record.arrivals);
      const measured = rows.filter(
        (row) => row.arrivalSeconds >= warmUpSeconds && row.arrivalSeconds <= durationSeconds,
      );
      expect(sum(record.cells, (cell) => cell.offered)).toBe(measured.length);
      for (const [workload] of one.scenario.workloads.entries()) {
        const own = record.cells.filter((cell) => cell.workload === workload);
        const completed = measured.filter(
          (row) => row.workloadIndex === workload && row.outcomeIndex === 0,
        );
        expect(sum(own, (cell) => cell.completed)).toBe(completed.length);
        const e2e = completed.reduce((total, row) => total + row.e2eSeconds, 0);
        expect(sum(own, (cell) => cell.e2eSeconds.sum)).toBeCloseTo(e2e, 6);
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all drained fleets, replicas compute the tokens that requests ask for, and more only after preemptions", () => {
    const law = fc.property(fleetCase({ drain: true }), (one) => {
      const withoutWindow = {
        ...one.scenario,
        horizon: { startSeconds: 0, durationSeconds: 1e5, warmUpSeconds: 0, drain: true },
      };
      const { record, rows } = observe(withoutWindow, one.seed, lawSettings);
      const completed = rows.filter((row) => row.outcomeIndex === 0);
      const asked = completed.reduce((total, row) => total + row.inputTokens - row.cachedTokens, 0);
      const computed = record.pools.reduce((total, pool) => total + pool.prefillTokens, 0);
      const preempted = completed.reduce((total, row) => total + row.preemptions, 0);
      const counted = record.pools.reduce((total, pool) => total + pool.preemptions, 0);
      expect(counted).toBe(preempted);
      if (preempted === 0) expect(computed).toBe(asked);
      else expect(computed).toBeGreaterThanOrEqual(0.999 * asked - 700 * preempted);
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: CAMPAIGN.numRuns / 2 });
  });
});

describe("causality", () => {
  it("for all fleets, arrival ≤ first schedule < first token ≤ finish, and no token is faster than a step", () => {
    const law = fc.property(fleetCase(), (one) => {
      const { rows } = observe(one.scenario, one.seed, lawSettings);
      const gainMax = 1.7;
      for (const row of rows) {
        if (row.outcomeIndex !== 0) continue;
        // Speculation gains 1.7 tokens a step on average, and less than one is in hand.
        const stepsMin = Math.max(0, (row.outputTokens - 2) / gainMax);
        const broken = [
          row.queueTimeSeconds >= 0 || "is scheduled after it arrives",
          row.ttftSeconds >= row.queueTimeSeconds + STEP_SECONDS_MIN - ROUNDING ||
            "takes a step for its first token",
          row.e2eSeconds - row.ttftSeconds >= stepsMin * STEP_SECONDS_MIN - ROUNDING ||
            "takes steps for the others",
          row.cachedTokens < row.inputTokens || "computes at least one token",
        ].filter((rule) => rule !== true);
        if (broken.length > 0) throw new Error(`${JSON.stringify(row)}: ${broken.join(", ")}`);
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fleets, the steps of a replica follow one another and its blocks are within its pool", () => {
    const law = fc.property(fleetCase(), (one) => {
      const { steps } = observe(one.scenario, one.seed, lawSettings);
      const endOf = new Map<number, number>();
      for (const step of steps) {
        const { engine } = one.scenario.fleet.pools[step.pool]!;
        const tokens = step.prefillTokens + step.decodeRequests;
        // One expectation for each step: there are tens of thousands.
        const broken = [
          step.startSeconds >= (endOf.get(step.replica) ?? 0) || "starts after the last one ended",
          step.endSeconds > step.startSeconds || "takes time",
          step.kvBlocksUsed > 0 || "holds blocks",
          step.kvBlocksUsed <= engine.kvBlocks! || "holds no more blocks than there are",
          step.decodeRequests <= engine.maxSequences || "has at most maxSequences requests",
          tokens <= engine.maxBatchedTokens || "stays within its token budget",
        ].filter((rule) => rule !== true);
        if (broken.length > 0) throw new Error(`${JSON.stringify(step)}: ${broken.join(", ")}`);
        endOf.set(step.replica, step.endSeconds);
      }
    });
    fc.assert(law, CAMPAIGN);
  });
});

describe("determinism", () => {
  it("for all fleets, the same seed gives the same record, byte for byte", () => {
    const law = fc.property(fleetCase(), (one) => {
      expect(JSON.stringify(run(one))).toBe(JSON.stringify(run(one)));
    });
    fc.assert(law, CAMPAIGN);
  });

  it("for all fleets, an observer and a timeline change nothing that is measured", () => {
    const law = fc.property(fleetCase(), (one) => {
      const observed = observe(one.scenario, one.seed, lawSettings).record;
      const withTimeline = simulate(one.scenario, one.seed, {
        engineSettingsFor: lawSettings,
        timelineBuckets: 7,
      });
      const plain = JSON.stringify(run(one));
      expect(JSON.stringify(observed)).toBe(plain);
      expect(JSON.stringify({ ...withTimeline, timeline: undefined })).toBe(plain);
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: CAMPAIGN.numRuns / 3 });
  });
});

describe("Little's law", () => {
  it("for all drained fleets, ∫ requests in the system dt = Σ time in the system", () => {
    const law = fc.property(fleetCase({ drain: true, roundTripSeconds: 0 }), (one) => {
      const { record, rows } = observe(one.scenario, one.seed, lawSettings);
      const inSystem = rows.reduce(
        (total, row) => total + (row.outcomeIndex === 0 ? row.e2eSeconds : 0),
        0,
      );
      expect(Math.abs(record.requestSeconds - inSystem)).toBeLessThanOrEqual(
        1e-9 * Math.max(1, inSystem),
      );
    });
    fc.assert(law, CAMPAIGN);
  });
});

describe("timeline", () => {
  it("for all drained fleets without warm-up, its buckets add up to the run", () => {
    const law = fc.property(fleetCase({ drain: true, roundTripSeconds: 0 }), (one) => {
      const scenario = {
        ...one.scenario,
        horizon: { startSeconds: 0, durationSeconds: 400, warmUpSeconds: 0, drain: true },
      };
      const record = simulate(scenario, one.seed, {
        engineSettingsFor: lawSettings,
        timelineBuckets: 9,
      });
      if (record.endSeconds > 400) return;
      const cells = record.timeline!.buckets.flat();
      const total = (of: (cell: (typeof cells)[number]) => number): number =>
        cells.reduce((all, cell) => all + of(cell), 0);
      expect(total((cell) => cell.offered)).toBe(record.arrivals);
      expect(total((cell) => cell.completed)).toBe(record.completions);
      expect(total((cell) => cell.requestSeconds)).toBeCloseTo(record.requestSeconds, 6);
    });
    fc.assert(law, { ...CAMPAIGN, numRuns: CAMPAIGN.numRuns / 3 });
  });
});
