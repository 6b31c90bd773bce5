/**
 * How hard a pool works: what a full replica could do, told by a run at part of its load, against what the simulator
 * then does at full load.
 */
import { describe, expect, it } from "@jest/globals";
import type { ResolvedEngine } from "../../../planner/fleet/resolved-fleet";
import { seriesOf } from "../../../planner/metrics/run-series";
import { simulate } from "../../../planner/simulation/simulate";
import { peakLoads, utilizationOf } from "../../../planner/stress/pool-loads";
import { resolvedPool, resolvedScenario, resolvedWorkload } from "../../support/resolved";

const gamma = (mean: number) => ({ kind: "gamma", mean, cv: 0.6, max: 7000 }) as const;

interface Mix {
  readonly input: number;
  readonly output: number;
  readonly engine?: Partial<ResolvedEngine>;
}

/** A replica under an open load; the queue that is left at the end stays. */
function loadAt(requestsPerSecond: number, { input, output, engine = {} }: Mix, replicas = 1) {
  const scenario = resolvedScenario({
    pools: [resolvedPool({ replicas, engine })],
    workloads: [
      resolvedWorkload({
        tokens: {
          kind: "distributions",
          input: gamma(input),
          output: gamma(output),
          rankCorrelation: 0,
        },
        arrivals: {
          kind: "open",
          requestsPerSecond,
          process: { kind: "poisson" },
          profile: { kind: "constant" },
          requestsMax: Number.POSITIVE_INFINITY,
        },
      }),
    ],
    durationSeconds: 400,
    warmUpSeconds: 100,
    drain: false,
  });
  const record = simulate(scenario, 1, { timelineBuckets: 40 });
  const [load] = peakLoads(scenario, record, seriesOf(scenario, record)!).pools;
  return { load: load!, doneTokensPerSecond: record.pools[0]!.decodeTokens / 300 };
}

const MIXES: Readonly<Record<string, Mix>> = {
  "prompts and answers": { input: 1000, output: 200 },
  "long answers": { input: 300, output: 600 },
  "long prompts": { input: 4000, output: 60 },
  "few sequences": { input: 1000, output: 200, engine: { maxSequences: 32 } },
  "little KV": { input: 1500, output: 500, engine: { kvBlocks: 4000 } },
};

describe("peakLoads", () => {
  it.each(Object.keys(MIXES))("tells by a tenth of the load what a replica can do: %s", (name) => {
    const mix = MIXES[name]!;
    // Far more than any of them can do.
    const most = loadAt(200, mix).doneTokensPerSecond;
    // A batch at half of the KV is told by few blocks in use: rounding them up weighs more.
    const tolerance = name === "little KV" ? 0.2 : 0.1;
    for (const share of [0.1, 0.6]) {
      const { load, doneTokensPerSecond } = loadAt((share * most) / mix.output, mix);
      expect(Math.abs(load.possiblePerReplica! / most - 1)).toBeLessThan(tolerance);
      const done = doneTokensPerSecond / most;
      expect(Math.abs(utilizationOf(load)! / done - 1)).toBeLessThan(tolerance + 0.05);
    }
  });

  it("is above 100 % where more is asked for than is possible, by as much as it is more", () => {
    const mix = MIXES["prompts and answers"]!;
    const most = loadAt(200, mix).doneTokensPerSecond;
    const asked = (200 * mix.output) / most;
    expect(asked).toBeGreaterThan(5);
    expect(Math.abs(utilizationOf(loadAt(200, mix).load)! / asked - 1)).toBeLessThan(0.15);
  });

  it("spreads the load over the replicas", () => {
    const mix = MIXES["prompts and answers"]!;
    const one = utilizationOf(loadAt(5, mix).load)!;
    const { load } = loadAt(10, mix, 4);
    expect(load).toMatchObject({ readyReplicas: 4, paidReplicas: 4 });
    expect(Math.abs(utilizationOf(load)! / (one / 2) - 1)).toBeLessThan(0.1);
  });

  it("knows nothing of a pool that does nothing", () => {
    const { load } = loadAt(1e-9, MIXES["long answers"]!);
    expect(load).toMatchObject({ attemptsPerSecond: 0, demand: null, possiblePerReplica: null });
    expect(utilizationOf(load)).toBeNull();
  });
});
