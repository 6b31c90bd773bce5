/**
 * Traffic profiles: shape laws, the figures re-derived from the traces, and the means they imply.
 */
import { describe, expect, it } from "@jest/globals";
import { sampleRankCorrelation } from "simple-statistics";
import { findTrafficProfile } from "../../../planner/catalog/lookup";
import type { TrafficProfile } from "../../../planner/catalog/specs";
import { trafficProfiles } from "../../../planner/catalog/traffic-profiles";
import {
  arrivalStatistics,
  fitProfile,
  fitServeGenProfiles,
  quantiles,
  readTrace,
  reusableShare,
  spearman,
} from "../../bench/fit-traffic-profiles";
import { profileSources } from "../../bench/traffic-profile-sources";
import { describeWithSharedData } from "../../support/shared-data";

function profile(name: string): TrafficProfile {
  const lookup = findTrafficProfile(name);
  if (!lookup.found) throw new Error(`no profile ${name}`);
  return lookup.row;
}

function isIncreasing(values: readonly number[], strictly: boolean): boolean {
  return values.every(
    (value, i) => i === 0 || (strictly ? value > values[i - 1]! : value >= values[i - 1]!),
  );
}

/** Mean of the distribution that runs straight between the points of a table. */
function tableMean({ probabilities }: TrafficProfile, values: readonly number[]): number {
  let mean = 0;
  for (let i = 1; i < values.length; i++) {
    mean += (probabilities[i]! - probabilities[i - 1]!) * ((values[i]! + values[i - 1]!) / 2);
  }
  return mean;
}

describe("for all traffic profiles", () => {
  it("probabilities run from 0 to 1 and tables do not fall", () => {
    for (const row of trafficProfiles) {
      expect([row.probabilities[0], row.probabilities.at(-1)]).toEqual([0, 1]);
      expect(isIncreasing(row.probabilities, true)).toBe(true);
      for (const table of [row.inputTokens, row.outputTokens]) {
        expect(table.length).toBe(row.probabilities.length);
        expect([row.name, isIncreasing(table, false)]).toEqual([row.name, true]);
        expect(table[0]).toBeGreaterThanOrEqual(1);
      }
    }
  });

  it("correlations, shares and rates are possible ones", () => {
    for (const row of trafficProfiles) {
      expect(Math.abs(row.rankCorrelation)).toBeLessThanOrEqual(1);
      expect(row.prefix?.reusableShare ?? 0.5).toBeGreaterThan(0);
      expect(row.prefix?.reusableShare ?? 0.5).toBeLessThan(1);
      expect(row.arrivals?.meanRequestsPerSecond ?? 1).toBeGreaterThan(0);
    }
  });
});

describe("published figures", () => {
  // Mean lengths, requests and cache ratios: Azure traces as their readers state them; Mooncake,
  // FAST 2025, table 2.
  it.each([
    ["azure-conversation-2023", 19366, 1155, 211, undefined],
    ["azure-code-2023", 8819, 2048, 28, undefined],
    ["mooncake-conversation", 12031, 12035, 343, 0.4],
    ["mooncake-synthetic", 3993, 15325, 149, 0.66],
  ])("of %s come out of its row", (name, requests, input, output, cacheRatio) => {
    const row = profile(name);
    expect(row.requests).toBe(requests);
    expect(Math.abs(tableMean(row, row.inputTokens) / input - 1)).toBeLessThan(0.05);
    expect(Math.abs(tableMean(row, row.outputTokens) / output - 1)).toBeLessThan(0.05);
    // The paper counts blocks of 512 tokens, the row counts tokens.
    if (cacheRatio !== undefined) {
      expect(Math.abs(row.prefix!.reusableShare - cacheRatio)).toBeLessThan(0.03);
    }
  });
});

describe("the fit", () => {
  it("ranks as simple-statistics does when no two values are equal", () => {
    const x = [3, 1, 4, 15, 9, 2, 6];
    const y = [2, 7, 1, 8, 28, 18, 4];
    expect(spearman(x, y)).toBeCloseTo(sampleRankCorrelation(x, y), 12);
  });

  it("gives equal values their mean rank", () => {
    // Ranks 0.5 0.5 2 against 0 1 2: covariance 1.5, variances 1.5 and 2.
    expect(spearman([1, 1, 2], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
  });

  it("takes quantiles between order statistics", () => {
    const values = Array.from({ length: 1001 }, (_, i) => 1000 - i);
    expect(quantiles(values).slice(0, 5)).toEqual([1, 10, 50, 100, 200]);
  });

  it("counts leading blocks only, and no more than the input has", () => {
    const blocks = {
      tokens: 10,
      hashes: [
        [1, 2, 3],
        [1, 2, 9],
        [7, 2],
        [1, 2, 3],
      ],
    };
    // Reused: 0, 20, 0 and all 25 tokens of the last, whose third block is partial.
    const share = reusableShare({
      inputTokens: [25, 30, 20, 25],
      outputTokens: [1, 1, 1, 1],
      blocks,
    });
    expect(share).toBeCloseTo(45 / 100, 12);
  });

  it("finds no burstiness in regular arrivals", () => {
    expect(arrivalStatistics([0, 2, 4, 6])).toEqual({ meanRequestsPerSecond: 0.5, gapCv: 0 });
  });
});

describeWithSharedData("profiles derived again from the traces", () => {
  it.each([
    "azure-conversation-2023",
    "azure-code-2023",
    "mooncake-conversation",
    "apexplus-lmsys",
  ])("%s", (name) => {
    const source = profileSources.find((candidate) => candidate.name === name)!;
    expect(profile(name)).toEqual(fitProfile(source));
  });

  it("tables of all traces imply the traces' means within 5 %", () => {
    for (const source of profileSources) {
      const row = profile(source.name);
      const { inputTokens, outputTokens } = readTrace(source);
      for (const [table, values] of [
        [row.inputTokens, inputTokens],
        [row.outputTokens, outputTokens],
      ] as const) {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const error = Math.abs(tableMean(row, table) / mean - 1);
        expect([source.name, error < 0.05]).toEqual([source.name, true]);
      }
    }
  });

  it("servegen", () => {
    for (const fitted of fitServeGenProfiles()) expect(profile(fitted.name)).toEqual(fitted);
  });
});
