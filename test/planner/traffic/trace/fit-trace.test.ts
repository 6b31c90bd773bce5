/** Traces are drawn from known workloads; a fit must find them again, and pass the scenario schema. */
import { createReadStream } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { RandomStream } from "../../../../planner/foundation/random";
import { fitYaml } from "../../../../planner/report/trace/fit-yaml";
import { resolveArrivals } from "../../../../planner/scenario/resolve-arrivals";
import type { ArrivalProcess } from "../../../../planner/scenario/resolved-scenario";
import { workloadSpec } from "../../../../planner/scenario/workload-spec";
import { createArrivalClock } from "../../../../planner/traffic/arrivals";
import { compileProfile, RateCurve } from "../../../../planner/traffic/rate-profile";
import { cdfOfTable, fitQuantileTable } from "../../../../planner/traffic/trace/fit-lengths";
import { fitTrace } from "../../../../planner/traffic/trace/fit-trace";
import { readTrace } from "../../../../planner/traffic/trace/read-trace";
import { describeWithSharedData, sharedDataPath } from "../../../support/shared-data";
import { tableOf } from "./trace-fixture";

function drawTrace(process: ArrivalProcess, curve: RateCurve, requests: number) {
  const random = new RandomStream(11, "fit-test");
  const clock = createArrivalClock(process, curve, random, Number.POSITIVE_INFINITY);
  const arrivals = Array.from({ length: requests }, () => clock.next());
  const first = arrivals[0] ?? 0;
  const input = arrivals.map(() => 1 + Math.floor(400 * random.exponential()));
  const output = input.map((tokens) => 1 + Math.floor(tokens / 4 + 20 * random.exponential()));
  return tableOf(
    arrivals.map((arrival) => arrival - first),
    input,
    output,
  );
}

const STEADY = new RateCurve([0], [10], false);

describe("fitTrace", () => {
  it("finds Poisson arrivals, and no profile where there is none", () => {
    const { workload, goodness } = fitTrace(drawTrace({ kind: "poisson" }, STEADY, 20_000));
    expect(workload.arrivals?.process).toBe("poisson");
    expect(workload.arrivals?.profile).toBeUndefined();
    expect(Number.parseFloat(workload.arrivals?.rate ?? "")).toBeCloseTo(10, 0);
    expect(goodness.arrivals?.gapKsDistance).toBeLessThan(0.02);
  });

  it("finds arrivals at even distances", () => {
    const { resolved, goodness } = fitTrace(drawTrace({ kind: "deterministic" }, STEADY, 500));
    expect(resolved.arrivals?.process).toEqual({ kind: "deterministic" });
    expect(goodness.arrivals?.dispersion.every(({ trace }) => trace < 0.05)).toBe(true);
  });

  it("ends with a few requests, and with one that is thirty years late", () => {
    const late = drawTrace({ kind: "poisson" }, STEADY, 2000);
    const arrivals = [...late.arrivalSeconds, 1e9];
    const few = Array.from({ length: 29 }, (_, i) => drawTrace({ kind: "poisson" }, STEADY, i + 2));
    for (const trace of [
      ...few,
      tableOf(
        arrivals,
        arrivals.map(() => 9),
        arrivals.map(() => 9),
      ),
    ]) {
      const { requestsPerSecond } = fitTrace(trace).resolved.arrivals!;
      expect(requestsPerSecond).toBeGreaterThan(0);
    }
  });

  it("finds the coefficient of variation of gamma gaps", () => {
    const { resolved } = fitTrace(drawTrace({ kind: "gamma", cv: 2.5 }, STEADY, 30_000));
    expect(resolved.arrivals?.process.kind).toBe("gamma");
    const { process } = resolved.arrivals ?? {};
    expect(process?.kind === "gamma" && process.cv).toBeCloseTo(2.5, 0);
  });

  it("finds bursts of two states by how dispersion grows with the window", () => {
    const states = [
      { relativeRate: 1.8, meanSeconds: 20 },
      { relativeRate: 0.2, meanSeconds: 20 },
    ];
    const { resolved, goodness } = fitTrace(drawTrace({ kind: "mmpp", states }, STEADY, 60_000));
    expect(resolved.arrivals?.process.kind).toBe("mmpp");
    for (const { trace, fit } of goodness.arrivals?.dispersion ?? []) {
      expect(Math.abs(Math.log(fit / trace))).toBeLessThan(0.35);
    }
  });

  it("follows a rate that doubles half way", () => {
    const curve = new RateCurve([0, 2400, 2400, 4800], [5, 5, 10, 10], false);
    const { resolved, goodness } = fitTrace(drawTrace({ kind: "poisson" }, curve, 36_000));
    const { profile, process } = resolved.arrivals ?? {};
    expect(process).toEqual({ kind: "poisson" });
    if (profile?.kind !== "points") throw new Error("a profile of points was expected");
    const first = profile.points[0]?.factor ?? 0;
    const last = profile.points[profile.points.length - 1]?.factor ?? 0;
    expect(last / first).toBeCloseTo(2, 0);
    expect(goodness.arrivals?.rateOverTimeError).toBeLessThan(0.05);
  });

  it("keeps lengths, their means and their correlation", () => {
    const { goodness } = fitTrace(drawTrace({ kind: "poisson" }, STEADY, 20_000));
    for (const { ksDistance, traceMean, fitMean } of [goodness.input, goodness.output]) {
      expect(ksDistance).toBeLessThan(0.02);
      expect(Math.abs(fitMean / traceMean - 1)).toBeLessThan(0.02);
    }
    const { trace, fit } = goodness.rankCorrelation;
    expect(Math.abs((fit ?? 0) - (trace ?? 0))).toBeLessThan(0.03);
  });

  it("writes no arrivals for a list of lengths", () => {
    const fit = fitTrace(tableOf([0, 0, 0], [5, 6, 7], [1, 2, 3], { hasArrivals: false }));
    expect(fit.workload.arrivals).toBeUndefined();
    expect(fit.goodness.arrivals).toBeUndefined();
    expect(fitYaml(fit, { name: "x", model: undefined })).toContain("# arrivals: add them");
  });

  it("writes a workload that passes the schema up to the rate that a scenario may have", () => {
    // Deterministic gaps of 0.1 µs: 10,000,000 requests per second.
    const arrivals = Array.from({ length: 2000 }, (_, i) => i * 1e-7);
    const lengths = arrivals.map(() => 5);
    const text = fitYaml(fitTrace(tableOf(arrivals, lengths, lengths)), {
      name: "fast",
      model: "llama-3.1-8b-instruct",
    });
    const { data, error } = workloadSpec.safeParse(parse(text).workloads.fast);
    expect(error).toBeUndefined();
    expect(data?.arrivals).toMatchObject({ rate: 10_000_000 });
    expect(text).not.toMatch(/NaN|Infinity/);
  });

  it.each([
    ["in the mean", Array.from({ length: 5 }, (_, i) => i * 1e-9), /1000000000\/s in the mean/],
    [
      "at their peak",
      // 140,000 requests in 20 ms are 7,000,000 per second; nine in ten come in one half of it.
      Array.from(
        { length: 140_000 },
        (_, i) => (i < 126_000 ? i / 126_000 : (i - 126_000) / 14_000 + 1) * 0.01,
      ),
      /at their peak/,
    ],
  ])("refuses a rate above that %s", (_, arrivals, says) => {
    const lengths = arrivals.map(() => 5);
    const fit = () => fitTrace(tableOf(arrivals, lengths, lengths));
    expect(fit).toThrow(says);
    expect(fit).toThrow(/made by hand: .* must stay within 10000000\/s/);
  });

  it.each([
    [[0], "1 request, at one time", "one request has no rate"],
    [[0, 0, 0], "3 requests, all at one time", "all requests arrive at one time, which is no rate"],
  ])("says why it writes no arrivals for requests at %j", (arrivals, counted, why) => {
    const lengths = arrivals.map(() => 5);
    const fit = fitTrace(tableOf(arrivals, lengths, lengths));
    const text = fitYaml(fit, { name: "x", model: undefined });
    expect(fit.workload.arrivals).toBeUndefined();
    expect(text).toContain(`# ${counted}\n`);
    expect(text).toContain(`    # arrivals: add them; ${why}\n`);
    expect(text).not.toContain("lengths only");
  });

  it("counts one request in the singular", () => {
    const fit = fitTrace(tableOf([0], [5], [1], { hasArrivals: false }));
    expect(fitYaml(fit, { name: "x", model: undefined })).toContain("# 1 request, lengths only\n");
  });

  it("fits prefix groups to requests that share their beginning", () => {
    // 100 requests of 1,024 tokens: 80 begin with one of two blocks of 512, 20 with their own.
    const inputs = Array.from({ length: 100 }, () => 1024);
    const ids = inputs.flatMap((_, i) => [i < 80 ? i % 2 : i, 1000 + i]);
    const numbers = [...new Set(ids)];
    const trace = tableOf(
      inputs.map((_, i) => i),
      inputs,
      inputs,
      {
        prefixBlocks: {
          tokensPerBlock: 512,
          ids: Int32Array.from(ids, (id) => numbers.indexOf(id)),
          offsets: Int32Array.from({ length: 101 }, (_, i) => 2 * i),
          distinct: numbers.length,
        },
      },
    );
    const fit = fitTrace(trace);
    expect(fit.workload.prefix).toMatchObject({ shared: 512, groups: 2, share: 0.8 });
    expect(fit.goodness.prefixReuse?.fit).toBeCloseTo(fit.goodness.prefixReuse?.trace ?? -1, 12);
  });

  it("passes the scenario schema, and resolves to what the goodness was measured on", () => {
    const curve = new RateCurve([0, 2000, 2000, 4000], [5, 5, 10, 10], false);
    const fit = fitTrace(drawTrace({ kind: "gamma", cv: 2 }, curve, 20_000));
    const text = fitYaml(fit, { name: "chat", model: "llama-3.1-8b-instruct" });
    const spec = workloadSpec.parse(parse(text).workloads.chat);
    const context = { path: "arrivals", requestsMax: Number.POSITIVE_INFINITY, traces: new Map() };
    const resolved = resolveArrivals(spec.arrivals, context, []);
    const fitted = fit.resolved.arrivals;
    if (resolved?.kind !== "open" || fitted === undefined) throw new Error("no open arrivals");
    expect({ ...resolved, profile: undefined }).toEqual({ ...fitted, profile: undefined });
    const counts = [resolved, fitted].map(({ profile, requestsPerSecond }) => {
      const origin = { originIndex: 0, share: 1, utcOffsetHours: 0 };
      const { total } = compileProfile(profile, requestsPerSecond, [origin]);
      return [60, 1000, 2000, 3000, 5000].map((seconds) => total.countUntil(seconds));
    });
    expect(counts[0]).toEqual(counts[1]);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe("fitQuantileTable", () => {
  it("gives a length that many share a flat piece", () => {
    const lengths = Int32Array.from({ length: 10_000 }, (_, i) => (i < 3000 ? 500 : i));
    const table = fitQuantileTable(lengths);
    expect(cdfOfTable(table, 500.5) - cdfOfTable(table, 499.5)).toBeGreaterThan(0.28);
  });

  it("holds for a single length", () => {
    expect(fitQuantileTable(Int32Array.of(7))).toEqual({ probabilities: [0, 1], values: [7, 7] });
  });
});

describeWithSharedData("fitTrace on published traces", () => {
  it.each(["azure2023_conv.csv", "azure2023_code.csv", "mooncake_conversation_trace.jsonl"])(
    "fits the lengths of %s within 2 % and passes the schema",
    async (file) => {
      const path = sharedDataPath(`traces/${file}`);
      if (path === undefined) throw new Error(`${file} is not in the shared data`);
      const fit = fitTrace(await readTrace(createReadStream(path), { source: file }));
      expect(fit.goodness.input.ksDistance).toBeLessThan(0.02);
      expect(fit.goodness.output.ksDistance).toBeLessThan(0.02);
      const text = fitYaml(fit, { name: "fitted", model: "llama-3.1-8b-instruct" });
      expect(workloadSpec.safeParse(parse(text).workloads.fitted).success).toBe(true);
    },
  );
});
