import { describe, expect, it } from "@jest/globals";
import { RandomStream } from "../../../planner/foundation/random";
import { cvOfSample, KS_LIMIT, kolmogorovSmirnov, meanOfSample } from "../../support/statistics";

const MASK = 0xffffffffn;

/** xoshiro128** as Blackman and Vigna publish it, in whole numbers without wrap-around. */
function referenceXoshiro(state: bigint[]): () => number {
  const rotate = (x: bigint, k: bigint): bigint => ((x << k) | (x >> (32n - k))) & MASK;
  return () => {
    const result = (rotate((state[1]! * 5n) & MASK, 7n) * 9n) & MASK;
    const shifted = (state[1]! << 9n) & MASK;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= shifted;
    state[3] = rotate(state[3]!, 11n);
    return Number(result);
  };
}

/** The state that a seed and a name stand for: FNV-1a, then SplitMix32, the last word made odd. */
function referenceState(seed: number, name: string): bigint[] {
  let state = 0x811c9dc5n;
  for (const character of `${seed}/${name}`) {
    state = ((state ^ BigInt(character.charCodeAt(0))) * 0x01000193n) & MASK;
  }
  const words: bigint[] = [];
  for (let i = 0; i < 4; i++) {
    state = (state + 0x9e3779b9n) & MASK;
    let mixed = ((state ^ (state >> 16n)) * 0x21f0aaadn) & MASK;
    mixed = ((mixed ^ (mixed >> 15n)) * 0x735a2d97n) & MASK;
    words.push(mixed ^ (mixed >> 15n));
  }
  words[3]! |= 1n;
  return words;
}

describe("RandomStream", () => {
  it("the reference gives the published values from the state 1, 2, 3, 4", () => {
    // Test vector of the rand_xoshiro crate, made with the authors' C code.
    const next = referenceXoshiro([1n, 2n, 3n, 4n]);
    expect(Array.from({ length: 10 }, next)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  it.each([
    [1, "chat/arrivals"],
    [0, ""],
    [4294967295, "chat/output"],
  ])("gives the values of the reference for seed %d and name %j", (seed, name) => {
    const stream = new RandomStream(seed, name);
    const next = referenceXoshiro(referenceState(seed, name));
    for (let i = 0; i < 2000; i++) expect(stream.uint32()).toBe(next());
  });

  it("gives different values for another name or seed", () => {
    const first = new RandomStream(1, "chat/input").uint32();
    expect(new RandomStream(1, "chat/output").uint32()).not.toBe(first);
    expect(new RandomStream(2, "chat/input").uint32()).not.toBe(first);
  });

  // Rate of false failure with another seed: 1e-6 for each.
  it("draws uniform, exponential and gamma values that pass Kolmogorov–Smirnov", () => {
    const random = new RandomStream(7, "fit");
    const draws = (draw: () => number): number[] => Array.from({ length: 20_000 }, draw);
    expect(
      kolmogorovSmirnov(
        draws(() => random.uniform()),
        (x) => x,
      ),
    ).toBeLessThan(KS_LIMIT);
    expect(
      kolmogorovSmirnov(
        draws(() => random.exponential()),
        (x) => 1 - Math.exp(-x),
      ),
    ).toBeLessThan(KS_LIMIT);
    // Erlang distribution: a gamma with shape 3 in closed form.
    expect(
      kolmogorovSmirnov(
        draws(() => random.gamma(3)),
        (x) => 1 - Math.exp(-x) * (1 + x + (x * x) / 2),
      ),
    ).toBeLessThan(KS_LIMIT);
    // A shape below 1 takes another path: mean 1/2 and cv √2.
    const halves = draws(() => random.gamma(0.5));
    expect(Math.abs(meanOfSample(halves) - 0.5)).toBeLessThan(
      (5 * Math.SQRT1_2) / Math.sqrt(20_000),
    );
    expect(Math.abs(cvOfSample(halves) - Math.SQRT2)).toBeLessThan(0.1);
  });

  it("draws normal values whose squares are exponential in pairs", () => {
    // The radius of two independent normals: (x² + y²) / 2 is exponential with mean 1.
    const random = new RandomStream(8, "fit");
    const radii = Array.from(
      { length: 20_000 },
      () => (random.normal() ** 2 + random.normal() ** 2) / 2,
    );
    expect(kolmogorovSmirnov(radii, (x) => 1 - Math.exp(-x))).toBeLessThan(KS_LIMIT);
  });

  it("draws whole numbers below a count, all of them equally often", () => {
    const random = new RandomStream(9, "below");
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.below(7)]!++;
    // Five standard deviations of a count.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(8571));
  });
});
