/** Replications one after the other: the same as running each seed by hand, and what an interrupt leaves. */
import { describe, expect, it } from "@jest/globals";
import {
  type ReplicationProgress,
  runReplications,
} from "../../../planner/execution/run-replications";
import { PlannerError } from "../../../planner/foundation/errors";
import { summarize } from "../../../planner/metrics/summarize";
import { simulate } from "../../../planner/simulation/simulate";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";

const SCENARIO = resolvedScenario({
  durationSeconds: 60,
  workloads: [resolvedWorkload({ slo: [{ metric: "ttft", statistic: "p95", limitSeconds: 1 }] })],
});

describe("runReplications", () => {
  it("sums up the runs of the seeds derived from the scenario's seed", async () => {
    const summary = await runReplications(SCENARIO, { seed: 7, replications: 3 });
    const records = [0, 1, 2].map((replication) => simulate(SCENARIO, 7000 + replication));
    expect(summary).toEqual(summarize(SCENARIO, records, { seed: 7, replications: 3 }));
    expect(summary!.interrupted).toBeNull();
    expect(summary!.latency.ttftMs!.ci95).not.toBeNull();
  });

  it("gives the same summary, byte for byte, each time", async () => {
    const run = () => runReplications(SCENARIO, { seed: 3, replications: 2, timelineBuckets: 5 });
    expect(JSON.stringify(await run())).toBe(JSON.stringify(await run()));
  });

  it("draws other requests in every replication, and for every seed", async () => {
    const ids = new Set<number>();
    for (const seed of [1, 2]) {
      for (let replication = 0; replication < 3; replication++) {
        ids.add(simulate(SCENARIO, seed * 1000 + replication).requestSeconds);
      }
    }
    expect(ids.size).toBe(6);
  });

  it("keeps what is finished when it is interrupted", async () => {
    let done = 0;
    const summary = await runReplications(SCENARIO, {
      seed: 7,
      replications: 5,
      isInterrupted: () => done >= 2,
      observerFor: (replication) => {
        done = replication;
        return undefined;
      },
    });
    expect(summary!.replications).toBe(2);
    expect(summary!.interrupted).toEqual({ finished: 2, asked: 5 });
    expect(summary!.warnings.map((warning) => warning.code)).toContain("interrupted");
    const records = [7000, 7001].map((seed) => simulate(SCENARIO, seed));
    expect(summary!.latency).toEqual(
      summarize(SCENARIO, records, { seed: 7, replications: 5 }).latency,
    );
  });

  it("has nothing to show when the first replication is not finished", async () => {
    const options = { seed: 7, replications: 2, isInterrupted: () => true };
    expect(await runReplications(SCENARIO, options)).toBeUndefined();
  });

  it("reports progress that only grows, up to 1", async () => {
    const busy = resolvedScenario({
      durationSeconds: 400,
      pools: [resolvedPool({ replicas: 8 })],
      workloads: [
        resolvedWorkload({
          arrivals: {
            kind: "open",
            requestsPerSecond: 100,
            process: { kind: "poisson" },
            profile: { kind: "constant" },
            requestsMax: Number.POSITIVE_INFINITY,
          },
          tokens: {
            kind: "distributions",
            input: { kind: "constant", value: 20 },
            output: { kind: "constant", value: 10 },
            rankCorrelation: 0,
          },
        }),
      ],
    });
    const seen: ReplicationProgress[] = [];
    await runReplications(busy, {
      seed: 1,
      replications: 2,
      onProgress: (progress) => seen.push({ ...progress }),
    });
    expect(seen.length).toBeGreaterThan(2);
    for (const [i, progress] of seen.entries()) {
      const before = seen[i - 1];
      expect(progress.fractionDone).toBeLessThanOrEqual(1);
      expect(progress.replications).toBe(2);
      expect(progress.fractionDone).toBeGreaterThanOrEqual(before?.fractionDone ?? 0);
      expect(progress.requestsDone).toBeGreaterThanOrEqual(before?.requestsDone ?? 0);
    }
  });

  it("hands each replication an observer of its own", async () => {
    const counts = [0, 0];
    await runReplications(SCENARIO, {
      seed: 7,
      replications: 2,
      observerFor: (replication) => ({
        onStep: () => {},
        onRequest: () => {
          counts[replication]!++;
        },
      }),
    });
    expect(counts).toEqual([7000, 7001].map((seed) => simulate(SCENARIO, seed).arrivals));
  });

  it("fails when the scenario cannot be run", async () => {
    const tooLarge = resolvedScenario({
      pools: [resolvedPool({ modelName: "llama-3.1-405b-instruct" })],
      workloads: [resolvedWorkload({ model: "llama-3.1-405b-instruct" })],
    });
    await expect(runReplications(tooLarge, { seed: 1, replications: 1 })).rejects.toThrow(
      PlannerError,
    );
  });
});
