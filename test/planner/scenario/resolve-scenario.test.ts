import { describe, expect, it } from "@jest/globals";
import { TRACE_FORMATS } from "../../../planner/scenario/arrivals-spec";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../../planner/scenario/resolve-scenario";
import { PATIENT_CLIENT } from "../../../planner/scenario/resolved-client";
import type { ResolvedArrivals } from "../../../planner/scenario/resolved-scenario";
import { scenarioNotes } from "../../../planner/scenario/scenario-notes";
import { traceFilesOf } from "../../../planner/scenario/trace-files";
import { TRACE_FORMAT_NAMES } from "../../../planner/traffic/trace/formats/all-formats";
import { resolveSmall, SMALL_SCENARIO } from "../../support/scenario-text";

const CHAT = "workloads.chat";
const POOL = "fleet.regions.us-east-1.pools.h100";

function tokensOf(input: string) {
  const { tokens } = resolveSmall([`${CHAT}.tokens.input=${input}`]).workloads[0]!;
  if (tokens.kind !== "distributions") throw new Error("no distributions");
  return tokens.input;
}

function openArrivals(profileOrProcess: string): Extract<ResolvedArrivals, { kind: "open" }> {
  const { arrivals } = resolveSmall([`${CHAT}.arrivals.${profileOrProcess}`]).workloads[0]!;
  if (arrivals.kind !== "open") throw new Error("not open");
  return arrivals;
}

describe("resolveScenario", () => {
  it("fills in every default", () => {
    const scenario = resolveSmall();
    expect(scenario).toMatchObject({
      name: "small",
      seed: 1,
      replications: 3,
      horizon: { startSeconds: 0, durationSeconds: 600, warmUpSeconds: 60, drain: true },
    });
    expect(scenario.workloads[0]).toEqual({
      name: "chat",
      model: "llama-3.1-8b-instruct",
      chain: undefined,
      fallback: undefined,
      delivery: "direct",
      client: PATIENT_CLIENT,
      arrivals: {
        kind: "open",
        requestsPerSecond: 5,
        process: { kind: "poisson" },
        profile: { kind: "constant" },
        requestsMax: Number.POSITIVE_INFINITY,
      },
      tokens: {
        kind: "distributions",
        input: { kind: "constant", value: 1000 },
        output: { kind: "constant", value: 200 },
        rankCorrelation: 0,
      },
      prefix: undefined,
      sessions: undefined,
      origins: [{ originIndex: 0, share: 1, utcOffsetHours: -5 }],
      tenants: [{ name: "default", share: 1 }],
      priority: "standard",
      slo: [],
      contextWindowTokens: 131072,
    });
    expect(scenario.fleet.routing).toEqual({
      policy: "least-outstanding",
      regions: "nearest",
      spillOutstanding: 32,
      affinitySlack: 8,
    });
    expect(scenario.fleet.origins).toEqual(["us-east-1"]);
  });

  // vllm/engine/arg_utils.py, get_batch_defaults for the OpenAI server; vllm/config/cache.py.
  it("gives an engine that was told nothing vLLM's defaults", () => {
    expect(resolveSmall().fleet.pools[0]!.engine).toEqual({
      tensorParallel: 1,
      pipelineParallel: 1,
      dataParallel: 1,
      expertParallel: false,
      weightPrecision: "bf16",
      kvPrecision: "bf16",
      maxSequences: 1024,
      maxBatchedTokens: 8192,
      chunkedPrefill: true,
      prefixCaching: true,
      blockTokens: 16,
      gpuMemoryUtilization: 0.9,
      kvBlocks: undefined,
      speculation: undefined,
      scheduling: "fcfs",
      maxContextTokens: 131072,
    });
  });

  it.each([
    ["p4de.24xlarge", 2048, 256, "bf16"], // A100 80 GB: large memory, small batches
    ["g6e.xlarge", 2048, 256, "bf16"],
    ["g4dn.xlarge", 2048, 256, "fp16"], // T4 has no bf16
    ["p5en.48xlarge", 8192, 1024, "bf16"],
  ])(
    "defaults of %s are %p tokens, %p sequences, %s",
    (instanceType, maxBatchedTokens, maxSequences, weightPrecision) => {
      const pool = resolveSmall([`${POOL}.instanceType=${instanceType}`]).fleet.pools[0]!;
      expect(pool.engine).toMatchObject({ maxBatchedTokens, maxSequences, weightPrecision });
    },
  );

  it("without chunked prefill holds the longest prompt in a step; sequences never exceed tokens", () => {
    const whole = resolveSmall([`${POOL}.engine={chunkedPrefill: false, maxContext: 32k}`]);
    expect(whole.fleet.pools[0]!.engine).toMatchObject({ maxBatchedTokens: 32000 });
    const small = resolveSmall([`${POOL}.engine={maxBatchedTokens: 512}`]);
    expect(small.fleet.pools[0]!.engine).toMatchObject({ maxSequences: 512 });
  });

  it("takes the smallest window of the pools that serve a model", () => {
    const more =
      "fleet.regions.us-east-1.pools.b={model: llama-3.1-8b, accelerator: h100, replicas: 1, engine: {maxContext: 8k}}";
    expect(resolveSmall([more]).workloads[0]!.contextWindowTokens).toBe(8000);
  });

  it("sorts regions, pools, workloads and tenants, so that the order in the file changes nothing", () => {
    const pool = "{model: llama-3.1-8b-instruct, accelerator: h100, replicas: 1}";
    const forward = resolveSmall([
      `fleet.regions={eu-west-1: {pools: {b: ${pool}, a: ${pool}}}, ap-northeast-1: {pools: {c: ${pool}}}}`,
      `${CHAT}.tenants={y: 50%, x: 50%}`,
    ]);
    const backward = resolveSmall([
      `fleet.regions={ap-northeast-1: {pools: {c: ${pool}}}, eu-west-1: {pools: {a: ${pool}, b: ${pool}}}}`,
      `${CHAT}.tenants={x: 50%, y: 50%}`,
    ]);
    expect(forward.fleet.pools.map(({ name }) => name)).toEqual([
      "ap-northeast-1/c",
      "eu-west-1/a",
      "eu-west-1/b",
    ]);
    expect(forward).toEqual(backward);
  });

  it("lets callers live beside the pools of their model, in equal shares, when origins are left out", () => {
    const pool = "{model: llama-3.1-8b-instruct, accelerator: h100, replicas: 1}";
    const other = "{model: qwen3-8b, accelerator: h100, replicas: 1}";
    const scenario = resolveSmall([
      `fleet.regions={eu-west-1: {pools: {a: ${pool}}}, us-west-2: {pools: {a: ${pool}}}, ap-south-1: {pools: {a: ${other}}}}`,
    ]);
    const origins = scenario.workloads[0]!.origins.map(({ originIndex, share }) => [
      scenario.fleet.origins[originIndex],
      share,
    ]);
    expect(origins).toEqual([
      ["eu-west-1", 0.5],
      ["us-west-2", 0.5],
    ]);
  });

  // Means and quantiles of the lognormal distribution: mean = median·exp(σ²/2), p99 = median·exp(2.3263 σ).
  it("turns moments and quantiles of a lognormal into its parameters", () => {
    const moments = tokensOf("{lognormal: {mean: 100, cv: 0.5}}");
    if (moments.kind !== "lognormal") throw new Error(moments.kind);
    expect(moments.median * Math.exp(moments.sigma ** 2 / 2)).toBeCloseTo(100, 9);
    expect(Math.sqrt(Math.exp(moments.sigma ** 2) - 1)).toBeCloseTo(0.5, 9);
    const quantiles = tokensOf("{lognormal: {p50: 100, p99: 1000}}");
    if (quantiles.kind !== "lognormal") throw new Error(quantiles.kind);
    expect(quantiles.median).toBe(100);
    expect(100 * Math.exp(2.3263478740408408 * quantiles.sigma)).toBeCloseTo(1000, 6);
  });

  it("orders quantiles by probability", () => {
    expect(tokensOf("{quantiles: {p100: 9, p99.9: 8, p0: 1, p50: 4}}")).toEqual({
      kind: "quantiles",
      probabilities: [0, 0.5, 0.999, 1],
      values: [1, 4, 8, 9],
    });
  });

  it("keeps the mean rate of modulated processes", () => {
    for (const process of [
      "{onOff: {on: 10 s, off: 30 s}}",
      "{mmpp: {states: [{relativeRate: 3, mean: 2 s}, {relativeRate: 1, mean: 6 s}]}}",
    ]) {
      const resolved = openArrivals(`process=${process}`).process;
      if (resolved.kind !== "mmpp") throw new Error(resolved.kind);
      const seconds = resolved.states.reduce((sum, state) => sum + state.meanSeconds, 0);
      const requests = resolved.states.reduce(
        (sum, state) => sum + state.relativeRate * state.meanSeconds,
        0,
      );
      expect(requests / seconds).toBeCloseTo(1, 12);
    }
  });

  it.each([
    [
      "{ramp: {from: 0.5, to: 2, over: 5 min}}",
      [
        [0, 0.5],
        [300, 2],
      ],
      undefined,
    ],
    [
      "{spike: {at: 60 s, for: 30 s, factor: 3}}",
      [
        [0, 1],
        [60, 1],
        [60, 3],
        [90, 3],
        [90, 1],
      ],
      undefined,
    ],
    [
      "{schedule: [{at: 0 s, factor: 2}, {at: 60 s, factor: 0.5}]}",
      [
        [0, 1],
        [0, 2],
        [60, 2],
        [60, 0.5],
      ],
      undefined,
    ],
    [
      "{schedule: [{at: 60 s, factor: 2}]}",
      [
        [0, 1],
        [60, 1],
        [60, 2],
      ],
      undefined,
    ],
    [
      "{weekly: [2,2,2,2,2,2,2]}",
      [
        [0, 1],
        [86400, 1],
        [172800, 1],
        [259200, 1],
        [345600, 1],
        [432000, 1],
        [518400, 1],
        [604800, 1],
      ],
      604800,
    ],
  ])("draws the profile %s as points", (text, points, repeatSeconds) => {
    const { profile } = openArrivals(`profile=${text}`);
    if (profile.kind !== "points") throw new Error(profile.kind);
    expect(profile.points.map(({ atSeconds, factor }) => [atSeconds, factor])).toEqual(points);
    expect(profile.repeatSeconds).toBe(repeatSeconds);
  });

  it("scales weekly factors so that their mean is 1", () => {
    const { profile } = openArrivals("profile={weekly: [1,1,1,1,1,0.5,0.3]}");
    if (profile.kind !== "points") throw new Error(profile.kind);
    let area = 0;
    for (let i = 1; i < profile.points.length; i++) {
      const [low, high] = [profile.points[i - 1]!, profile.points[i]!];
      area += ((high.atSeconds - low.atSeconds) * (low.factor + high.factor)) / 2;
    }
    expect(area / 604800).toBeCloseTo(1, 12);
  });

  it("replays a trace to its end, once, from the first request", () => {
    const spec = parseScenario(
      SMALL_SCENARIO.replace("horizon: { duration: 10 min, warmUp: 1 min }", "")
        .replace("{ rate: 5/s }", "{ trace: small.csv, speed: 2 }")
        .replace("tokens: { input: 1000, output: 200 }", ""),
    );
    const [file] = traceFilesOf(spec);
    expect(file).toEqual({
      key: "small.csv",
      path: "small.csv",
      format: undefined,
      columns: undefined,
      sort: false,
      skipMalformed: false,
      namedAt: [`${CHAT}.arrivals.trace`],
    });
    const { arrivals } = resolveSmall([`${CHAT}.arrivals={trace: small.csv, speed: 2}`])
      .workloads[0]!;
    if (arrivals.kind !== "trace") throw new Error(arrivals.kind);
    const scenario = resolveScenario(spec, { traces: new Map([["small.csv", arrivals.trace]]) });
    // The last of its requests is at 4 s, at double speed at 2 s.
    expect(scenario.horizon).toEqual({
      startSeconds: 0,
      durationSeconds: 3,
      warmUpSeconds: 0,
      drain: true,
    });
    expect(scenario.replications).toBe(1);
    expect(scenario.workloads[0]).toMatchObject({
      tokens: { kind: "from-arrivals" },
      arrivals: { speed: 2, loop: false, sample: 1 },
    });
  });

  it("lasts as long as the requests that are asked for are expected to take", () => {
    const text = SMALL_SCENARIO.replace(
      "{ duration: 10 min, warmUp: 1 min }",
      "{ requests: 10000 }",
    );
    const scenario = resolveScenario(parseScenario(text), { traces: new Map() });
    expect(scenario.horizon).toMatchObject({ durationSeconds: 2000, warmUpSeconds: 200 });
    expect(scenario.workloads[0]!.arrivals).toMatchObject({ requestsMax: 10000 });
  });

  it("asks for each way of reading a file once", () => {
    const spec = parseScenario(SMALL_SCENARIO, {
      overrides: [
        `${CHAT}.arrivals={trace: a.csv}`,
        `${CHAT}.tokens={trace: a.csv}`,
        "workloads.b={model: llama-3.1-8b, arrivals: {trace: a.csv, columns: {input: in, output: out}}}",
      ],
    });
    const files = traceFilesOf(spec);
    expect(files.map(({ path, columns }) => [path, columns])).toEqual([
      ["a.csv", undefined],
      ["a.csv", { input: "in", output: "out" }],
    ]);
    expect(files[0]!.namedAt).toEqual([`${CHAT}.arrivals.trace`, `${CHAT}.tokens.trace`]);
    expect(new Set(files.map(({ key }) => key)).size).toBe(2);
  });

  it("reads one file twice when it is sorted or cleaned for one workload only", () => {
    const spec = parseScenario(SMALL_SCENARIO, {
      overrides: [
        `${CHAT}.arrivals={trace: a.csv, sort: true, skipMalformed: true}`,
        `${CHAT}.tokens={trace: a.csv, sort: false}`,
      ],
    });
    const files = traceFilesOf(spec);
    expect(files.map(({ sort, skipMalformed }) => [sort, skipMalformed])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(files[1]!.key).toBe("a.csv");
    expect(files[0]!.key).not.toBe("a.csv");
  });

  it("knows the trace formats that there are readers for", () => {
    expect([...TRACE_FORMATS].sort()).toEqual([...TRACE_FORMAT_NAMES].sort());
  });

  it("names equal tenants so that they sort", () => {
    const { tenants } = resolveSmall([`${CHAT}.tenants={count: 12}`]).workloads[0]!;
    expect(tenants.map(({ name }) => name)).toEqual([...tenants.map(({ name }) => name)].sort());
    expect(tenants[0]).toEqual({ name: "tenant-01", share: 1 / 12 });
  });

  it("allows what a rack-scale domain reaches, and no more", () => {
    const rack = `${POOL}={model: llama-3.1-405b-instruct, instanceType: p6e-gb200.36xlarge, replicas: 1, engine: {tensorParallel: 16}}`;
    expect(() => resolveSmall([rack, `${CHAT}.model=llama-3.1-405b-instruct`])).not.toThrow();
  });

  it("allows a pipeline of whole machines with RDMA, and no stage that is larger than one", () => {
    const pool = (instanceType: string, engine: string) =>
      `${POOL}={model: llama-3.1-405b-instruct, instanceType: ${instanceType}, replicas: 1, engine: {${engine}}}`;
    const resolved = (text: string) => () =>
      resolveSmall([text, `${CHAT}.model=llama-3.1-405b-instruct`]);
    const refusal = /does not span machines/;
    for (const engine of [
      "tensorParallel: 8, pipelineParallel: 2",
      "tensorParallel: 4, pipelineParallel: 6",
    ]) {
      expect(resolved(pool("p5.48xlarge", engine))).not.toThrow();
    }
    // Half a machine is left over; a stage is larger than a machine; there is no RDMA.
    expect(resolved(pool("p5.48xlarge", "tensorParallel: 4, pipelineParallel: 3"))).toThrow(
      refusal,
    );
    expect(resolved(pool("p5.48xlarge", "tensorParallel: 16, pipelineParallel: 2"))).toThrow(
      refusal,
    );
    const without = "tensorParallel: 4, pipelineParallel: 2";
    expect(resolved(pool("a3-highgpu-4g", without))).toThrow(refusal);
  });

  it("moves KV at the replica's share of its machine's network", () => {
    const prefill = `${POOL}={model: llama-3.1-8b-instruct, instanceType: p5.48xlarge, replicas: 1, role: prefill, engine: {tensorParallel: 2}}`;
    const decode =
      "fleet.regions.us-east-1.pools.decode={model: llama-3.1-8b-instruct, instanceType: p5.48xlarge, replicas: 1, role: decode}";
    const pool = resolveSmall([prefill, decode]).fleet.pools.find(({ role }) => role === "prefill");
    // p5.48xlarge has 3,200 Gb/s for 8 GPUs: 2 of them have 100 GB/s.
    expect(pool?.kvTransfer).toEqual({ bytesPerSecond: 100e9, latencySeconds: 0.002 });
  });
});

describe("digest", () => {
  it("changes with every value that matters and with nothing else", () => {
    const digest = resolveSmall().digest;
    expect(digest).toMatch(/^[0-9a-f]{12}$/);
    expect(
      resolveSmall([`${CHAT}.arrivals.process=poisson`, "horizon.duration=600 s"]).digest,
    ).toBe(digest);
    for (const change of [
      "seed=2",
      "name=other",
      `${CHAT}.tokens.output=201`,
      `${POOL}.replicas=2`,
      "horizon.drain=false",
      "horizon.start=00:01",
    ]) {
      expect(resolveSmall([change]).digest).not.toBe(digest);
    }
  });

  it("sees what is in a trace, not where it was", () => {
    const overrides = [`${CHAT}.arrivals={trace: small.csv}`];
    const spec = parseScenario(SMALL_SCENARIO, { overrides });
    const { arrivals } = resolveSmall(overrides).workloads[0]!;
    if (arrivals.kind !== "trace") throw new Error(arrivals.kind);
    const digestOf = (changes: object) =>
      resolveScenario(spec, { traces: new Map([["small.csv", { ...arrivals.trace, ...changes }]]) })
        .digest;
    expect(digestOf({ source: "elsewhere.csv" })).toBe(digestOf({}));
    expect(digestOf({ outputTokens: Int32Array.of(10, 10, 11) })).not.toBe(digestOf({}));
  });
});

describe("scenarioNotes", () => {
  it("says nothing of a plain scenario", () => {
    expect(scenarioNotes(resolveSmall())).toEqual([]);
  });

  it("names pools that nobody uses, settings that nothing reads, and weight-only formats", () => {
    const notes = scenarioNotes(
      resolveSmall([
        "fleet.regions.us-east-1.pools.idle={model: qwen3-8b, instanceType: g6.xlarge, replicas: 1}",
        `${POOL}.accepts={inputTokens: {max: 4k}}`,
        `${POOL}.priorities=[batch]`,
        `${POOL}.engine={quantization: fp4}`,
      ]),
    );
    expect(notes.map(({ code, about }) => `${code} ${about}`)).toEqual([
      "unread-setting us-east-1/h100",
      "unread-setting us-east-1/h100",
      "weight-only us-east-1/h100",
      "unused-pool us-east-1/idle",
    ]);
  });

  const notesOf = (...overrides: string[]) =>
    scenarioNotes(resolveSmall(overrides)).map(({ code, about, message }) => ({
      code,
      about,
      // Two shares, the first of the inputs and the second of the requests.
      shares: [...message.matchAll(/([0-9.]+)%/g)].map(([, share]) => Number(share)),
    }));

  it.each([
    // P(X ≤ 600.5) of a normal 1000 ± 400: Φ(−0.999) = 15.9 %; 0.8 · (1 − 0.159) = 67.3 %.
    [
      `${CHAT}.tokens.input={normal: {mean: 1000, sd: 400}}`,
      "{shared: 600, share: 80%}",
      [15.9, 67.3, 80],
    ],
    // P(X ≤ 300.5) of an exponential of 1000: 1 − e^−0.3005 = 26 %.
    [`${CHAT}.tokens.input={exponential: {mean: 1000}}`, "{shared: 300}", [26, 74, 100]],
    // A constant of 1000 is never longer than 1000, so nothing goes on past the prefix.
    [`${CHAT}.tokens.input=1000`, "{shared: 1000}", [100, 0, 100]],
    // All three rows of the trace have 100 tokens.
    [`${CHAT}.tokens={trace: small.csv}`, "{shared: 100}", [100, 0, 100]],
    // Inputs are cut to the window less one token.
    [`${POOL}.engine.maxContext=512`, "{shared: 511}", [100, 0, 100]],
  ])("says how many inputs are too short for the prefix: %s, prefix %s", (set, prefix, shares) => {
    expect(notesOf(set, `${CHAT}.prefix=${prefix}`)).toEqual([
      { code: "short-inputs", about: "chat", shares },
    ]);
  });

  it("says nothing of a prefix that nearly all inputs go on past", () => {
    // P(X ≤ 300.5) of a normal 1000 ± 400: Φ(−1.75) = 4 %.
    const input = `${CHAT}.tokens.input={normal: {mean: 1000, sd: 400}}`;
    expect(notesOf(input, `${CHAT}.prefix={shared: 300}`)).toEqual([]);
    expect(notesOf(`${CHAT}.prefix={shared: 999}`)).toEqual([]);
  });

  it("says when nothing follows the clock that a run starts at", () => {
    const about = (...overrides: string[]) => notesOf(...overrides).map((note) => note.about);
    const start = "horizon.start=14:00";
    expect(about(start)).toEqual(["horizon.start"]);
    expect(
      about(start, `${CHAT}.arrivals.profile={spike: {at: 1 s, for: 1 s, factor: 2}}`),
    ).toEqual(["horizon.start"]);
    for (const profile of [
      "{diurnal: {peakHour: 9.5, peakToMean: 2}}",
      "{weekly: [1,1,1,1,1,1,2]}",
    ])
      expect(about(start, `${CHAT}.arrivals.profile=${profile}`)).toEqual([]);
  });

  it("says that a trace with block hashes knows what is shared", () => {
    const scenario = resolveSmall([`${CHAT}.arrivals={trace: small.csv}`, `${CHAT}.tokens=null`]);
    const [workload] = scenario.workloads;
    const { arrivals } = workload!;
    if (arrivals.kind !== "trace") throw new Error(arrivals.kind);
    const prefixBlocks = {
      tokensPerBlock: 16,
      ids: Int32Array.of(0),
      offsets: Int32Array.of(0, 1, 1, 1),
      distinct: 1,
    };
    const replay = (trace: typeof arrivals.trace) =>
      scenarioNotes({
        ...scenario,
        workloads: [
          {
            ...workload!,
            arrivals: { ...arrivals, trace },
            prefix: { sharedTokens: 10, groups: 1, share: 1, skew: 0 },
          },
        ],
      }).map(({ code }) => code);
    expect(replay(arrivals.trace)).toEqual([]);
    expect(replay({ ...arrivals.trace, prefixBlocks })).toEqual(["unread-setting"]);
  });

  it("says how much of the horizon a limit on the requests leaves empty", () => {
    const [note] = scenarioNotes(resolveSmall(["horizon.requests=1000"]));
    // 1,000 requests at 5/s are 200 s of the 10 minutes.
    expect(note).toMatchObject({ code: "requests-end-early", about: "chat" });
    expect(note!.message).toMatch(
      /^at its mean rate, 1000 requests arrive in about 200 s of 600 s; /,
    );
    expect(notesOf("horizon.requests=2900")).toEqual([]);
    // When clients are done depends on the fleet.
    const [clients] = scenarioNotes(
      resolveSmall(["horizon.requests=1000", `${CHAT}.arrivals={closed: {concurrency: 4}}`]),
    );
    expect(clients!.message).toContain("averages over 600 s, also when its 1000 requests are over");
    expect(notesOf(`${CHAT}.arrivals={closed: {concurrency: 4}}`)).toEqual([]);
    expect(notesOf("horizon={requests: 1000}")).toEqual([]);
  });

  it("says how many rows of a trace were left out, once for each workload", () => {
    const scenario = resolveSmall([`${CHAT}.arrivals={trace: small.csv}`]);
    const [workload] = scenario.workloads;
    if (workload?.arrivals.kind !== "trace") throw new Error("no replay");
    const trace = { ...workload.arrivals.trace, malformedRows: 1500, failedRows: 2 };
    const arrivals = { ...workload.arrivals, trace };
    const tokens = { kind: "pairs", trace } as const;
    const notes = scenarioNotes({ ...scenario, workloads: [{ ...workload, arrivals, tokens }] });
    expect(notes).toEqual([
      {
        code: "skipped-rows",
        about: "chat",
        // The trace has three requests.
        message: "1,500 of 1,505 rows of small.csv are malformed and left out (skipMalformed)",
      },
    ]);
  });

  it("says where inputs go that no pool takes", () => {
    const notes = scenarioNotes(
      resolveSmall([
        "fleet.routing={policy: by-length}",
        `${POOL}.accepts={inputTokens: {max: 4k}}`,
      ]),
    );
    expect(notes.map(({ code }) => code)).toEqual(["long-inputs"]);
  });
});
