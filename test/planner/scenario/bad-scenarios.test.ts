import { describe, expect, it } from "@jest/globals";
import { describeProblem } from "../../../planner/foundation/errors";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { problemsIn, problemsOfSmall } from "../../support/scenario-text";

const CHAT = "workloads.chat";
const POOL = "fleet.regions.us-east-1.pools.h100";
const PARTNER =
  "fleet.regions.us-east-1.pools.other={model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 1";

/** Changes to a good scenario → the one problem that they make, as it is shown. */
const changes: readonly (readonly [string, readonly string[], string])[] = [
  // Wrong types.
  ["a text for a number", ["seed=lucky"], 'seed: expected a number, got "lucky"'],
  ["a number for a map", ["fleet=3"], "fleet: expected a map, got 3"],
  ["a list for a map", [`${CHAT}=[1]`], `${CHAT}: expected a map, got a list`],
  [
    "a map for a rate",
    [`${CHAT}.arrivals.rate={per: s}`],
    `${CHAT}.arrivals.rate: expected a rate such as 40/s, 2.5/min or 1000/h, got a map`,
  ],
  [
    "a text for a flag",
    [`${POOL}.engine.chunkedPrefill=maybe`],
    `${POOL}.engine.chunkedPrefill: expected true or false, got "maybe"`,
  ],
  ["a number for a list", [`${POOL}.priorities=3`], `${POOL}.priorities: expected a list, got 3`],
  ["a half replica", [`${POOL}.replicas=1.5`], `${POOL}.replicas: must be a whole number, got 1.5`],
  ["a number for a name", [`${CHAT}.model=8`], `${CHAT}.model: expected a text, got 8`],
  ["an empty name", ['name=""'], "name: must not be empty"],
  [
    "a name that steers the terminal",
    ['name="a\\u001b[2Jb"'],
    'name: must be one line without control characters, got "a\\u001b[2Jb"; remove them',
  ],
  [
    "a name that reads backwards",
    ['name="safe\\u202egpj.exe"'],
    'name: must be one line without control characters, got "safe\\u202egpj.exe"; remove them',
  ],
  [
    "an empty value",
    [`${CHAT}.arrivals.rate=`],
    `${CHAT}.arrivals.rate: is missing; mean arrivals; with sessions, conversations that begin`,
  ],
  [
    "states of arrivals without length",
    [
      `${CHAT}.arrivals.process={mmpp: {states: [{relativeRate: 1, mean: 1s}, {relativeRate: 2, mean: 1ns}]}}`,
    ],
    `${CHAT}.arrivals.process.mmpp.states[1].mean: must be at least 1 ms, got 1 ns; states this short average out: use process: poisson`,
  ],
  // Unknown keys.
  ["an unknown key", ["horizn={}"], 'horizn: unknown key; did you mean "horizon"?'],
  [
    "a misspelt required key",
    [`${CHAT}={model: llama-3.1-8b-instruct, arivals: {rate: 1/s}, tokens: {profile: sharegpt}}`],
    `${CHAT}.arivals: unknown key; did you mean "arrivals"?`,
  ],
  [
    "a key of a feature to come",
    ["forecast={}"],
    "forecast: unknown key; allowed here: version, name, seed, replications, horizon, workloads, fleet, faults, stress, survive, search or prices",
  ],
  [
    "a key nobody knows",
    [`${POOL}.engine.zzz=1`],
    `${POOL}.engine.zzz: unknown key; allowed here: tensorParallel, pipelineParallel, dataParallel, expertParallel, quantization, kvCachePrecision, maxSequences, maxBatchedTokens, chunkedPrefill, prefixCaching, blockTokens, gpuMemoryUtilization, kvBlocks, maxContext, scheduling or speculation`,
  ],
  [
    "__proto__",
    [`${CHAT}.__proto__={polluted: true}`],
    `${CHAT}.__proto__: unknown key; allowed here: model, arrivals, tokens, prefix, chain, fallback, delivery, sessions, client, origins, tenants, priority or slo`,
  ],
  // Quantities.
  [
    "a negative rate",
    [`${CHAT}.arrivals.rate=-5/s`],
    `${CHAT}.arrivals.rate: must not be negative, got "-5/s"`,
  ],
  [
    "no rate",
    [`${CHAT}.arrivals.rate=0/s`],
    `${CHAT}.arrivals.rate: must be greater than 0, got "0/s"`,
  ],
  [
    "a NaN rate",
    [`${CHAT}.arrivals.rate=.nan`],
    `${CHAT}.arrivals.rate: must be finite, got NaN; write a rate such as 40/s, 2.5/min or 1000/h`,
  ],
  ["an infinite seed", ["seed=.inf"], "seed: must be finite, got Infinity"],
  [
    "a rate without a unit",
    [`${CHAT}.arrivals.rate=40`],
    `${CHAT}.arrivals.rate: a rate needs a unit (/s, /min, /h, /d), got 40`,
  ],
  [
    "a duration without a unit",
    ["horizon.duration=600"],
    "horizon.duration: a duration needs a unit (ms, s, min, h, d), got 600",
  ],
  [
    "a negative duration",
    ["horizon.duration=-1 h"],
    'horizon.duration: must not be negative, got "-1 h"',
  ],
  [
    "a share above 1",
    [`${POOL}.engine.gpuMemoryUtilization=90`],
    `${POOL}.engine.gpuMemoryUtilization: must be at most 1 (100%), got 90; did you mean 90%?`,
  ],
  ["no replicas", [`${POOL}.replicas=0`], `${POOL}.replicas: must be at least 1, got 0`],
  [
    "half a token in a step",
    [`${POOL}.engine.maxBatchedTokens=2048.5`],
    `${POOL}.engine.maxBatchedTokens: must be a whole number, got 2048.5`,
  ],
  [
    "negative tokens",
    [`${CHAT}.tokens.input=-1`],
    `${CHAT}.tokens.input: must not be negative, got -1`,
  ],
  ["a negative price", [`${POOL}.price=-1`], `${POOL}.price: must not be negative, got -1`],
  [
    "a correlation above 1",
    [`${CHAT}.tokens.correlation=1.5`],
    `${CHAT}.tokens.correlation: must be at most 1, got 1.5`,
  ],
  ["a version of the future", ["version=2"], "version: must be at most 1, got 2"],
  [
    "a limit of 0",
    [`${CHAT}.slo={ttft: {p95: 0 ms}}`],
    `${CHAT}.slo.ttft.p95: must be greater than 0, got "0 ms"`,
  ],
  [
    "an answer of no tokens",
    [`${CHAT}.tokens.output=0`],
    `${CHAT}.tokens.output: must be at least 1, got 0`,
  ],
  [
    "a map as a key",
    ["horizon={{a: b}: 1}"],
    "horizon.{ a: b }: unknown key; allowed here: start, duration, warmUp, requests or drain",
  ],
  [
    "a start without a time",
    ["horizon.start=monday"],
    'horizon.start: expected a time of the week in UTC such as 14:00, mon 14:00 or sat 09:30, got "monday"',
  ],
  [
    "a start as a number",
    ["horizon.start=14"],
    "horizon.start: expected a time of the week in UTC such as 14:00, mon 14:00 or sat 09:30, got 14",
  ],
  [
    "a day of no week",
    ["horizon.start=dom 14:00"],
    'horizon.start: unknown day "dom" in "dom 14:00"; use mon, tue, wed, thu, fri, sat, sun',
  ],
  [
    "an hour of no day",
    ["horizon.start=24:00"],
    'horizon.start: a day goes from 00:00 to 23:59, got "24:00"',
  ],
  [
    "requests that end in the warm-up",
    ["horizon.requests=250"],
    "horizon.requests: 250 requests of chat arrive in about 50 s, and the first 60 s are not measured; ask for more requests, or shorten horizon.warmUp",
  ],
  [
    "a number of turns and no duration",
    ["horizon={requests: 100}", `${CHAT}.sessions={turns: 4, think: 10 s}`],
    "horizon.duration: is missing; how long 100 requests of chat take is not known before they are run; give a duration; arrivals end at it or after that many requests",
  ],
  [
    "a number of requests at a rate that changes, and no duration",
    ["horizon={requests: 100}", `${CHAT}.arrivals.profile={spike: {at: 1 s, for: 1 s, factor: 5}}`],
    "horizon.duration: is missing; how long 100 requests of chat take is not known before they are run; give a duration; arrivals end at it or after that many requests",
  ],
  // Choices.
  [
    "an unknown process",
    [`${CHAT}.arrivals.process={gama: {cv: 2}}`],
    `${CHAT}.arrivals.process: unknown process "gama"; did you mean "gamma"?`,
  ],
  [
    "arrivals in bursts without end",
    [`${CHAT}.arrivals.process={gamma: {cv: 1000}}`],
    `${CHAT}.arrivals.process.gamma.cv: must be at most 20 (a burst has about cv² arrivals, so a run would be one burst), got 1000`,
  ],
  [
    "an unknown process word",
    [`${CHAT}.arrivals.process=poison`],
    `${CHAT}.arrivals.process: unknown process "poison"; did you mean "poisson"?`,
  ],
  [
    "a process without parameters",
    [`${CHAT}.arrivals.process=gamma`],
    `${CHAT}.arrivals.process: gamma needs parameters; write { gamma: … }`,
  ],
  [
    "gamma without cv",
    [`${CHAT}.arrivals.process={gamma: {}}`],
    `${CHAT}.arrivals.process.gamma.cv: is missing; coefficient of variation of the gaps between arrivals; 1 = Poisson`,
  ],
  [
    "two kinds of arrivals",
    [`${CHAT}.arrivals.closed={concurrency: 4}`],
    `${CHAT}.arrivals: give one of rate, closed or trace, got rate and closed`,
  ],
  ["no arrivals", [`${CHAT}.arrivals={}`], `${CHAT}.arrivals: needs one of rate, closed or trace`],
  [
    "arrivals as a number",
    [`${CHAT}.arrivals=40`],
    `${CHAT}.arrivals: expected a map with rate, closed or trace, got 40`,
  ],
  [
    "a parameter of another distribution",
    [`${CHAT}.tokens.input={gamma: {mean: 5, cv: 1, sigma: 1}}`],
    `${CHAT}.tokens.input.gamma.sigma: unknown key; allowed here: mean, cv or max`,
  ],
  [
    "an unknown distribution",
    [`${CHAT}.tokens.input={pareto: {shape: 1}}`],
    `${CHAT}.tokens.input: unknown distribution "pareto"; use constant, uniform, exponential, normal, lognormal, gamma or quantiles`,
  ],
  [
    "half a lognormal",
    [`${CHAT}.tokens.input={lognormal: {median: 100}}`],
    `${CHAT}.tokens.input.lognormal.sigma: is missing; standard deviation of the natural logarithm`,
  ],
  [
    "an unknown policy",
    ["fleet.routing={policy: rond-robin}"],
    'fleet.routing.policy: unknown policy "rond-robin"; did you mean "round-robin"?',
  ],
  [
    "an unknown precision",
    [`${POOL}.engine.quantization=fp7`],
    `${POOL}.engine.quantization: unknown precision "fp7"; did you mean "fp4"?`,
  ],
  [
    "an unknown priority",
    [`${CHAT}.priority=urgent`],
    `${CHAT}.priority: unknown priority "urgent"; use interactive, standard or batch`,
  ],
  [
    "an unknown statistic",
    [`${CHAT}.slo={ttft: {p96: 1 s}}`],
    `${CHAT}.slo.ttft.p96: unknown key; did you mean "p90"?`,
  ],
  [
    "an objective without limits",
    [`${CHAT}.slo={ttft: {}}`],
    `${CHAT}.slo.ttft: needs at least one of mean, p50, p90, p95, p99, p999`,
  ],
  // Distributions and profiles.
  [
    "uniform upside down",
    [`${CHAT}.tokens.input={uniform: {min: 9, max: 3}}`],
    `${CHAT}.tokens.input.uniform: min (9) must not be greater than max (3)`,
  ],
  [
    "lognormal upside down",
    [`${CHAT}.tokens.input={lognormal: {p50: 9, p99: 3}}`],
    `${CHAT}.tokens.input.lognormal: p99 (3) must not be less than p50 (9)`,
  ],
  [
    "quantiles without ends",
    [`${CHAT}.tokens.input={quantiles: {p50: 9}}`],
    `${CHAT}.tokens.input.quantiles: needs p0 and p100, the smallest and the largest value`,
  ],
  [
    "quantiles that fall",
    [`${CHAT}.tokens.input={quantiles: {p0: 1, p50: 9, p100: 5}}`],
    `${CHAT}.tokens.input.quantiles: values must not decrease, got p50: 9 and p100: 5`,
  ],
  [
    "a quantile of another name",
    [`${CHAT}.tokens.input={quantiles: {p0: 1, q5: 2, p100: 5}}`],
    `${CHAT}.tokens.input.quantiles.q5: expected p0 to p100, such as p50 or p99.9`,
  ],
  [
    "a week of eight days",
    [`${CHAT}.arrivals.profile={weekly: [1,1,1,1,1,1,1,1]}`],
    `${CHAT}.arrivals.profile.weekly: needs 7 factors (days from Monday) or 168 (hours), got 8`,
  ],
  [
    "a schedule out of order",
    [`${CHAT}.arrivals.profile={schedule: [{at: 5 min, factor: 2}, {at: 1 min, factor: 1}]}`],
    `${CHAT}.arrivals.profile.schedule[1].at: must be later than the step before (5 min), got 60 s`,
  ],
  [
    "an empty schedule",
    [`${CHAT}.arrivals.profile={schedule: []}`],
    `${CHAT}.arrivals.profile.schedule: needs at least 1 entries, got 0`,
  ],
  [
    "a silent Markov chain",
    [
      `${CHAT}.arrivals.process={mmpp: {states: [{relativeRate: 0, mean: 1 s}, {relativeRate: 0, mean: 2 s}]}}`,
    ],
    `${CHAT}.arrivals.process.mmpp.states: needs a state with a relativeRate above 0`,
  ],
  // Names of the catalog.
  [
    "an unknown model",
    [`${CHAT}.model=llama-3.1-9b-instruct`],
    `${CHAT}.model: unknown model "llama-3.1-9b-instruct"; did you mean "llama-3.1-8b-instruct"?`,
  ],
  [
    "an unknown instance type",
    [`${POOL}.instanceType=p5.4xlrge`],
    `${POOL}.instanceType: unknown type "p5.4xlrge"; did you mean "p5.4xlarge"?`,
  ],
  [
    "an unknown accelerator",
    [`${POOL}={model: llama-3.1-8b-instruct, accelerator: h10000, replicas: 1}`],
    `${POOL}.accelerator: unknown accelerator "h10000"; did you mean "h100"?`,
  ],
  [
    "an unknown region",
    [
      "fleet.regions={us-east-9: {pools: {a: {model: llama-3.1-8b-instruct, accelerator: h100, replicas: 1}}}}",
    ],
    'fleet.regions.us-east-9: unknown region "us-east-9"; did you mean "us-east-1"?',
  ],
  [
    "an unknown origin",
    [`${CHAT}.origins={atlantis: 1}`],
    `${CHAT}.origins.atlantis: unknown origin "atlantis"; \`capplan catalog origins\` lists them`,
  ],
  [
    "an unknown traffic profile",
    [`${CHAT}.tokens={profile: sharegp}`],
    `${CHAT}.tokens.profile: unknown traffic profile "sharegp"; did you mean "sharegpt"?`,
  ],
  // Hardware and models that do not go together.
  [
    "another cloud's machine",
    [`${POOL}.instanceType=a3-highgpu-1g`],
    `${POOL}.instanceType: a3-highgpu-1g is sold by gcp, but us-east-1 is a region of aws`,
  ],
  [
    "a machine and an accelerator",
    [`${POOL}.accelerator=h100`],
    `${POOL}.accelerator: give instanceType or accelerator, not both: an instance type has its accelerators`,
  ],
  [
    "no hardware",
    [`${POOL}={model: llama-3.1-8b-instruct, replicas: 1}`],
    `${POOL}.instanceType: is missing; give an instance type, or an accelerator where no instance type is meant; \`capplan catalog instance-types\` lists them`,
  ],
  [
    "more accelerators than there are",
    [`${POOL}.engine={tensorParallel: 4}`],
    `${POOL}.engine.tensorParallel: 4 accelerators, but p5.4xlarge has 1 h100-sxm-80gb and a replica does not span machines without a common scale-up domain; use tensorParallel: 1, or p5.48xlarge (8)`,
  ],
  [
    "more ranks than accelerators",
    [`${POOL}.instanceType=p5.48xlarge`, `${POOL}.engine={tensorParallel: 4, dataParallel: 4}`],
    `${POOL}.engine: tensorParallel 4 × pipelineParallel 1 × dataParallel 4 = 16 accelerators, but p5.48xlarge has 8 h100-sxm-80gb and a replica does not span machines without a common scale-up domain; lower the parallelism`,
  ],
  [
    "heads that do not divide",
    [`${POOL}.instanceType=p5.48xlarge`, `${POOL}.engine={tensorParallel: 3}`],
    `${POOL}.engine.tensorParallel: 3 does not divide the 32 heads (8 KV heads) of llama-3.1-8b-instruct evenly; use 1, 2, 4, 8, 16 or 32`,
  ],
  [
    "more stages than layers",
    [
      `${POOL}={model: llama-3.1-8b-instruct, accelerator: tpu-v5e, replicas: 1, engine: {pipelineParallel: 40}}`,
    ],
    `${POOL}.engine.pipelineParallel: 40 stages, but llama-3.1-8b-instruct has 32 layers`,
  ],
  [
    "experts of a dense model",
    [`${POOL}.engine={expertParallel: true}`],
    `${POOL}.engine.expertParallel: llama-3.1-8b-instruct is a dense model: it has no experts to place; leave expertParallel out`,
  ],
  [
    "a precision the chip lacks",
    [`${POOL}.instanceType=g4dn.xlarge`, `${POOL}.engine={quantization: bf16}`],
    `${POOL}.engine.quantization: t4-16gb cannot compute with bf16 weights; use fp16, int8 or int4, or another accelerator`,
  ],
  [
    "fewer tokens than sequences",
    [`${POOL}.engine={maxBatchedTokens: 128, maxSequences: 256}`],
    `${POOL}.engine.maxBatchedTokens: 128 tokens in a step are fewer than maxSequences (256), so not every running request could decode; use maxBatchedTokens: 256 or more, or fewer maxSequences`,
  ],
  [
    "more drafted tokens than a block",
    [`${POOL}.engine={speculation: {draftTokens: 16, acceptanceRate: 70%}}`],
    `${POOL}.engine.speculation.draftTokens: 16 drafted tokens and the one that follows them do not fit a KV block of 16 tokens; use draftTokens: 15 or less, or larger blockTokens`,
  ],
  [
    "a run of a century",
    ["horizon.duration=36500 d"],
    'horizon.duration: must be at most 3650 d, got "36500 d"',
  ],
  [
    "more requests than there are",
    [`${CHAT}.arrivals.rate=1e12/s`],
    `${CHAT}.arrivals.rate: must be at most 10000000/s, got "1e12/s"`,
  ],
  [
    "a prompt longer than a step",
    [
      `${POOL}.engine={chunkedPrefill: false, maxBatchedTokens: 4096, maxSequences: 64, maxContext: 8k}`,
    ],
    `${POOL}.engine.maxBatchedTokens: 4096 tokens in a step cannot hold a prompt of 8k tokens (maxContext) without chunkedPrefill; lower maxContext or switch chunkedPrefill on`,
  ],
  [
    "a window wider than the model's",
    [`${POOL}.engine={maxContext: 1M}`],
    `${POOL}.engine.maxContext: must be at most the window of llama-3.1-8b-instruct, 128Ki, got 1000k`,
  ],
  // Parts that need each other.
  [
    "a model that no pool serves",
    [`${CHAT}.model=qwen3-32b`],
    `${CHAT}.model: no pool serves qwen3-32b; pools serve llama-3.1-8b-instruct; add a pool with model: qwen3-32b`,
  ],
  [
    "prefill without decode",
    [`${POOL}.role=prefill`],
    `${POOL}.role: a prefill pool needs a decode pool of llama-3.1-8b-instruct in us-east-1; add a pool with role: decode`,
  ],
  [
    "decode without prefill",
    [`${PARTNER}, role: decode}`],
    "fleet.regions.us-east-1.pools.other.role: a decode pool needs a prefill pool of llama-3.1-8b-instruct in us-east-1; add a pool with role: prefill",
  ],
  [
    "a KV transfer of a unified pool",
    [`${POOL}.kvTransfer={latency: 1 ms}`],
    `${POOL}.kvTransfer: only a pool with role: prefill sends its KV elsewhere, got role: unified`,
  ],
  [
    "cheapest first without a price",
    [
      "fleet.routing={policy: cheapest-first}",
      `${POOL}.instanceType=null`,
      `${POOL}.accelerator=h100-sxm-80gb`,
    ],
    `${POOL}.price: is missing; cheapest-first routing needs the price of every pool, and only an instance type has one in the price book; for example price: $27.52, for a replica and hour`,
  ],
  [
    "by length without lengths",
    ["fleet.routing={policy: by-length}"],
    "fleet.routing.policy: by-length routing needs a pool with accepts.inputTokens.max, and there is none; add accepts: { inputTokens: { max: 4k } } to the pools for short inputs",
  ],
  [
    "by priority without priorities",
    ["fleet.routing={policy: by-priority}"],
    "fleet.routing.policy: by-priority routing needs a pool with priorities, and there is none; add priorities: [interactive] to the pools for urgent requests",
  ],
  [
    "a priority that no pool takes",
    ["fleet.routing={policy: by-priority}", `${POOL}.priorities=[batch]`],
    `${CHAT}.priority: no pool of llama-3.1-8b-instruct takes priority standard, and routing is by-priority; add it to the priorities of a pool`,
  ],
  [
    "origins that do not add up",
    [`${CHAT}.origins={us-east: 0.6, eu-west: 0.3}`],
    `${CHAT}.origins: shares must add up to 1 (100%), got 0.9`,
  ],
  [
    "tenants that do not add up",
    [`${CHAT}.tenants={a: 60%, b: 60%}`],
    `${CHAT}.tenants: shares must add up to 1 (100%), got 1.2`,
  ],
  [
    "a warm-up as long as the run",
    ["horizon.warmUp=10 min"],
    "horizon.warmUp: must be shorter than the duration (10 min), got 10 min",
  ],
  ["no lengths", [`${CHAT}.tokens=`], `${CHAT}.tokens: is missing; give profile, input or trace`],
  [
    "the same region twice",
    [
      "fleet.regions.US-EAST-1={pools: {a: {model: llama-3.1-8b-instruct, accelerator: h100, replicas: 1}}}",
    ],
    "fleet.regions.US-EAST-1: is the same region as us-east-1; put all of its pools under one name",
  ],
  // Traces.
  [
    "a trace that was not read",
    [`${CHAT}.arrivals={trace: gone.csv}`],
    `${CHAT}.arrivals.trace: the trace gone.csv was not read`,
  ],
  [
    "an empty trace",
    [`${CHAT}.arrivals={trace: empty.csv}`],
    `${CHAT}.arrivals.trace: no requests in empty.csv; use another trace`,
  ],
  [
    "a list of lengths as arrivals",
    [`${CHAT}.arrivals={trace: lengths.csv}`],
    `${CHAT}.arrivals.trace: lengths.csv has lengths but no arrival times; give arrivals.rate, and the file as tokens.trace`,
  ],
  [
    "a loop of no time",
    [`${CHAT}.arrivals={trace: burst.csv, loop: true}`],
    `${CHAT}.arrivals.loop: all arrivals of burst.csv are at one time, which cannot be looped; leave out loop`,
  ],
  [
    "a loop that no fleet could follow",
    [`${CHAT}.arrivals={trace: small.csv, loop: true, speed: 1e8}`],
    `${CHAT}.arrivals.speed: brings 75000000/s without end, and must stay within 10000000/s; use a lower speed, or leave out loop`,
  ],
  [
    "an unknown trace format",
    [`${CHAT}.arrivals={trace: small.csv, format: azzure}`],
    `${CHAT}.arrivals.format: unknown format "azzure"; did you mean "azure"?`,
  ],
  [
    "a number of requests of a replay",
    [`${CHAT}.arrivals={trace: small.csv}`, "horizon.requests=10", "horizon.warmUp=0"],
    "horizon.requests: replayed traces end with their last request; use horizon.duration or arrivals.sample",
  ],
  [
    "a number of requests of clients, and no duration",
    ["horizon={requests: 100}", `${CHAT}.arrivals={closed: {concurrency: 4}}`],
    "horizon.duration: is missing; how long 100 requests of chat take is not known before they are run; give a duration; arrivals end at it or after that many requests",
  ],
  // Names of maps.
  [
    "a pool with a dot in its name",
    [
      'fleet.regions.us-east-1={pools: {"h.100": {model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 1}}}',
    ],
    'fleet.regions.us-east-1.pools.h.100: this name must be 1 to 63 letters, digits, "-" or "_", and begin with a letter or digit',
  ],
  ["no workloads", ["workloads={}"], "workloads: needs at least one workload"],
  [
    "no pools",
    ["fleet.regions.us-east-1.pools={}"],
    "fleet.regions: none has a pool, so that there is nothing to run; let `capplan size` find out which, or add some",
  ],
  [
    "a region without pools beside one that has some",
    ["fleet.regions.us-west-2={}"],
    "fleet.regions.us-west-2.pools: needs at least one pool; add one, or let `capplan size` find out which",
  ],
  ["no regions", ["fleet.regions="], "fleet.regions: is missing; give a map"],
];

/** Texts that are no scenario → the problem, as it is shown. */
const texts: readonly (readonly [string, string, string])[] = [
  ["nothing", "", "bad.yaml: is empty; `capplan init` writes an example to begin with"],
  [
    "only a comment",
    "# later",
    "bad.yaml: is empty; `capplan init` writes an example to begin with",
  ],
  ["a number", "42", "bad.yaml: expected a map with workloads and fleet, got 42"],
  ["a list", "- a\n- b", "bad.yaml: expected a map with workloads and fleet, got a list"],
  [
    "a key twice",
    "name: a\nname: b",
    "bad.yaml:2:1: this key is given twice in the same map; keep one of them",
  ],
  [
    "two documents",
    "name: a\n---\nname: b",
    "bad.yaml:2:1: a scenario file holds one document; remove the --- line and what follows",
  ],
  ["tabs", "a:\n\tb: 1", "bad.yaml:2:1: tabs cannot indent YAML; use spaces"],
  [
    "an open bracket",
    "a: [1",
    "bad.yaml:1:6: flow sequence in block collection must be sufficiently indented and end with a ]",
  ],
  [
    "a foreign tag",
    "a: !!js/function x",
    "bad.yaml:1:4: unresolved tag: tag:yaml.org,2002:js/function",
  ],
  ["an alias of nothing", "a: *b", "bad.yaml: an alias has no anchor: b"],
  [
    "a merge of what is no map",
    "a: &a 3\nb: {<<: *a}",
    "bad.yaml: << takes an alias of a map, such as <<: *common, or a list of them",
  ],
  ["endless nesting", "[".repeat(200_000), "bad.yaml: is nested too deeply"],
  [
    "too much text",
    `# ${"x".repeat(2 ** 20)}`,
    "bad.yaml: a scenario has at most 1 MiB, got 1 MiB; put requests into a trace file and name it in arrivals.trace",
  ],
];

const LAUGHS = `a: &a [x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: [*c,*c,*c,*c,*c,*c,*c,*c,*c]`;

describe("bad scenarios", () => {
  it.each(changes)("fails when it has %s", (_, overrides, shown) => {
    expect(problemsOfSmall(overrides).map(describeProblem)).toEqual([shown]);
  });

  it.each(texts)("fails when the text is %s", (_, text, shown) => {
    const problems = problemsIn(() => parseScenario(text, { source: "bad.yaml" }));
    expect(problems.map(describeProblem)).toEqual([shown]);
  });

  it("fails when aliases multiply", () => {
    const problems = problemsIn(() => parseScenario(LAUGHS, { source: "bad.yaml" }));
    expect(problems.map(describeProblem)).toEqual([
      "bad.yaml: aliases expand to more than 100 copies",
    ]);
  });

  it("fails when merges multiply, and at once", () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const below = `*l${level - 1}`;
      return `l${level}: &l${level} ${level === 0 ? "{x: 1}" : `{<<: ${below}, k: {<<: [${below}, ${below}]}}`}`;
    });
    const problems = problemsIn(() => parseScenario(levels.join("\n"), { source: "bad.yaml" }));
    expect(problems.map(describeProblem)).toEqual([
      "bad.yaml: aliases expand to more than 100 copies",
    ]);
  });

  it("reports every problem of a scenario at once", () => {
    const problems = problemsOfSmall([
      "seed=-1",
      `${CHAT}.arrivals={rate: 40, process: gama}`,
      `${CHAT}.slo={ttfft: {p95: 1 s}}`,
      `${POOL}.replica=2`,
      "fleet.routing={policy: fastest}",
    ]);
    expect(problems.map(({ path }) => path)).toEqual([
      "seed",
      `${CHAT}.arrivals.rate`,
      `${CHAT}.arrivals.process`,
      `${CHAT}.slo.ttfft`,
      `${POOL}.replica`,
      "fleet.routing.policy",
    ]);
  });

  it("reports problems of names and of parts that need each other at once", () => {
    const problems = problemsOfSmall([
      `${CHAT}.origins={us-east: 0.5}`,
      `${POOL}.engine={expertParallel: true}`,
      "horizon.warmUp=1 h",
    ]);
    expect(problems.map(({ path }) => path)).toEqual([
      `${POOL}.engine.expertParallel`,
      `${CHAT}.origins`,
      "horizon.warmUp",
    ]);
  });

  it("says problems in lower case and without a final period", () => {
    for (const [, , shown] of [...changes, ...texts]) {
      const message = shown.slice(shown.indexOf(": ") + 2);
      expect(message).toMatch(/^[^A-Z]/);
      expect(message).not.toMatch(/\.$/);
    }
  });
});
