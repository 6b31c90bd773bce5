/** Mistakes in clients, queues, chains and sessions, each with the one problem that it makes. */
import { describe, expect, it } from "@jest/globals";
import { describeProblem } from "../../../planner/foundation/errors";
import { problemsOfTroubled } from "./troubled-scenario";

/** A change to a good scenario → the one problem that it makes, as it is shown. */
const changes: readonly (readonly [string, string, string])[] = [
  // Clients, queues and fallbacks.
  [
    "a text for a timeout",
    "workloads.chat.client.timeout=soon",
    'workloads.chat.client.timeout: expected a duration such as 250 ms, 90 s, 15 min, 1h30m, 24h or 4 d, got "soon"',
  ],
  [
    "a timeout without a unit",
    "workloads.chat.client.timeout=60",
    "workloads.chat.client.timeout: a duration needs a unit (ms, s, min, h, d), got 60",
  ],
  [
    "no timeout at all",
    "workloads.chat.client.timeout=0 s",
    'workloads.chat.client.timeout: must be greater than 0, got "0 s"',
  ],
  [
    "a negative patience",
    "workloads.chat.client.firstTokenTimeout=-1 s",
    'workloads.chat.client.firstTokenTimeout: must not be negative, got "-1 s"',
  ],
  [
    "a first token later than the last",
    "workloads.chat.client={timeout: 10 s, firstTokenTimeout: 20 s}",
    "workloads.chat.client.firstTokenTimeout: must be shorter than timeout (10 s), got 20 s; leave one of the two out",
  ],
  [
    "a timeout of a wrong distribution",
    "workloads.chat.client.timeout={lognormal: {p50: 60 s, p99: 6 s}}",
    "workloads.chat.client.timeout.lognormal: p99 (6) must not be less than p50 (60)",
  ],
  [
    "a give-up of 0",
    "workloads.chat.client.giveUp=0 s",
    'workloads.chat.client.giveUp: must be greater than 0, got "0 s"',
  ],
  [
    "a misspelt client key",
    "workloads.chat.client.timout=3 s",
    'workloads.chat.client.timout: unknown key; did you mean "timeout"?',
  ],
  [
    "a number of retries for retries",
    "workloads.chat.client.retries=3",
    "workloads.chat.client.retries: expected a map, got 3",
  ],
  [
    "half a retry",
    "workloads.chat.client.retries.max=1.5",
    "workloads.chat.client.retries.max: must be a whole number, got 1.5",
  ],
  [
    "negative retries",
    "workloads.chat.client.retries.max=-1",
    "workloads.chat.client.retries.max: must be at least 0, got -1",
  ],
  [
    "a misspelt word for max",
    "workloads.chat.client.retries.max=unlimitd",
    'workloads.chat.client.retries.max: unknown value "unlimitd"; did you mean "unlimited"?',
  ],
  [
    "too many retries",
    "workloads.chat.client.retries.max=5000",
    "workloads.chat.client.retries.max: must be at most 1000, got 5000",
  ],
  [
    "unlimited retries without an end",
    "workloads.chat.client.giveUp=null",
    "workloads.chat.client.retries.max: unlimited retries end only with client.giveUp, which is missing; for example giveUp: 10 min",
  ],
  [
    "retries on nothing",
    "workloads.chat.client.retries.on=[]",
    "workloads.chat.client.retries.on: needs at least 1 entries, got 0",
  ],
  [
    "retries on an unknown failure",
    "workloads.chat.client.retries.on=[timeout]",
    'workloads.chat.client.retries.on[0]: unknown failure "timeout"; did you mean "timed-out"?',
  ],
  [
    "an unknown backoff",
    "workloads.chat.client.retries.backoff=linear",
    'workloads.chat.client.retries.backoff: unknown backoff "linear"; use fixed or exponential',
  ],
  [
    "an unknown jitter",
    "workloads.chat.client.retries.jitter=half",
    'workloads.chat.client.retries.jitter: unknown jitter "half"; use none, full or equal',
  ],
  [
    "a longest wait of a fixed backoff",
    "workloads.chat.client.retries.backoff=fixed",
    "workloads.chat.client.retries.maxBackoff: a fixed backoff does not grow; leave out maxBackoff, or use backoff: exponential",
  ],
  [
    "a longest wait below the base",
    "workloads.chat.client.retries.maxBackoff=500 ms",
    "workloads.chat.client.retries.maxBackoff: must be at least base (1 s), got 500 ms",
  ],
  [
    "a budget without the sign",
    "workloads.chat.client.retries.budget.percent=20",
    "workloads.chat.client.retries.budget.percent: expected a percentage with its sign, such as 20%, got 20; did you mean 20%?",
  ],
  [
    "a text for retryAfter",
    "workloads.chat.client.retries.retryAfter=sometimes",
    'workloads.chat.client.retries.retryAfter: expected true or false, got "sometimes"',
  ],
  [
    "a negative budget",
    "workloads.chat.client.retries.budget.minPerSecond=-1",
    "workloads.chat.client.retries.budget.minPerSecond: must be at least 0, got -1",
  ],
  [
    "an unknown delivery",
    "workloads.mail.delivery=mail",
    'workloads.mail.delivery: unknown delivery "mail"; use direct or queue',
  ],
  [
    "a reader at a queue",
    "workloads.mail.client.firstTokenTimeout=1 s",
    "workloads.mail.client.firstTokenTimeout: nobody waits at the other end of a queue; client.giveUp is the deadline of a message",
  ],
  [
    "a waiting client at a queue",
    "workloads.mail.client.timeout=1 min",
    "workloads.mail.client.timeout: nobody waits at the other end of a queue; client.giveUp is the deadline of a message",
  ],
  [
    "a TTFT at a queue",
    "workloads.mail.slo={ttft: {p95: 1 s}}",
    "workloads.mail.slo.ttft: nobody reads the first token of what is delivered by queue; use slo.e2e",
  ],
  [
    "a fallback at a queue",
    "workloads.mail.fallback={model: llama-3.1-8b-instruct}",
    "workloads.mail.fallback: a message that fails is delivered again, to the same model; leave it out, or use delivery: direct",
  ],
  [
    "an unknown fallback",
    "workloads.chat.fallback.model=qwen3-8",
    'workloads.chat.fallback.model: unknown model "qwen3-8"; did you mean "qwen3-8b"?',
  ],
  [
    "a fallback that nobody serves",
    "workloads.chat.fallback.model=qwen3-32b",
    "workloads.chat.fallback.model: no pool serves qwen3-32b; pools serve llama-3.1-8b-instruct, qwen3-8b; add a pool with model: qwen3-32b",
  ],
  [
    "a fallback on itself",
    "workloads.chat.fallback.model=llama-3.1-8b-instruct",
    "workloads.chat.fallback.model: llama-3.1-8b-instruct cannot fall back on itself; name another model, or give client.retries",
  ],
  [
    "no model of a fallback",
    "workloads.chat.fallback={on: [failed]}",
    "workloads.chat.fallback.model: is missing; model that is asked instead, from the catalog",
  ],
  [
    "an unknown failure of a fallback",
    "workloads.chat.fallback.on=[late]",
    'workloads.chat.fallback.on[0]: unknown failure "late"; use rejected, timed-out or failed',
  ],
  // Chains and sessions.
  [
    "neither model nor chain",
    "workloads.chat.model=null",
    "workloads.chat.model: is missing; model that answers, from the catalog",
  ],
  [
    "an empty chain",
    "workloads.review.chain=[]",
    "workloads.review.chain: needs at least 1 entries, got 0",
  ],
  [
    "a chain without a model",
    "workloads.review.chain=[{tool: {latency: 1 s}}]",
    "workloads.review.chain: has no model step; a chain calls at least one model; add { model: …, tokens: … }",
  ],
  [
    "a chain that is a map",
    "workloads.review.chain={}",
    "workloads.review.chain: expected a list, got a map",
  ],
  [
    "a step of nothing",
    "workloads.review.chain[2]={}",
    "workloads.review.chain[2]: needs one of retrieve, tool or model",
  ],
  [
    "a step of two kinds",
    "workloads.review.chain[2].retrieve={latency: 1 s}",
    "workloads.review.chain[2]: give one of retrieve, tool or model, got tool and retrieve",
  ],
  [
    "a misspelt step",
    "workloads.review.chain[2]={tol: {latency: 1 s}}",
    'workloads.review.chain[2].tol: unknown key; did you mean "tool"?',
  ],
  [
    "a step without a latency",
    "workloads.review.chain[2].tool={timeout: 1 s}",
    "workloads.review.chain[2].tool.latency: is missing; give constant, uniform, exponential, normal, lognormal, gamma or quantiles",
  ],
  [
    "half a latency",
    "workloads.review.chain[0].retrieve.latency={p50: 1 s}",
    "workloads.review.chain[0].retrieve.latency.p99: is missing; 99th percentile",
  ],
  [
    "a latency upside down",
    "workloads.review.chain[0].retrieve.latency={p50: 2 s, p99: 1 s}",
    "workloads.review.chain[0].retrieve.latency: p99 (1) must not be less than p50 (2)",
  ],
  [
    "a median of 0",
    "workloads.review.chain[0].retrieve.latency={p50: 0 s, p99: 1 s}",
    'workloads.review.chain[0].retrieve.latency.p50: must be greater than 0, got "0 s"',
  ],
  [
    "more failures than calls",
    "workloads.review.chain[0].retrieve.failureShare=120%",
    'workloads.review.chain[0].retrieve.failureShare: must be at most 1 (100%), got "120%"',
  ],
  [
    "an unknown reaction",
    "workloads.review.chain[0].retrieve.onFailure=retry",
    'workloads.review.chain[0].retrieve.onFailure: unknown word "retry"; use fail or skip',
  ],
  [
    "two steps of one name",
    "workloads.review.chain[2].name=1-retrieve",
    'workloads.review.chain[2].name: is the name of step 1 as well: "1-retrieve"',
  ],
  [
    "a step of an unknown model",
    "workloads.review.chain[3].model=gpt-9",
    'workloads.review.chain[3].model: unknown model "gpt-9"; `capplan catalog models` lists them',
  ],
  [
    "a step of a model that nobody serves",
    "workloads.review.chain[3].model=qwen3-32b",
    "workloads.review.chain[3].model: no pool serves qwen3-32b; pools serve llama-3.1-8b-instruct, qwen3-8b; add a pool with model: qwen3-32b",
  ],
  [
    "a model step without tokens",
    "workloads.review.chain[3].tokens=null",
    "workloads.review.chain[3].tokens: is missing; give a profile, input and output, or a trace; for example tokens: { profile: azure-conversation-2023 }",
  ],
  [
    "a step's unknown profile",
    "workloads.review.chain[3].tokens.profile=sharegtp",
    'workloads.review.chain[3].tokens.profile: unknown traffic profile "sharegtp"; did you mean "sharegpt"?',
  ],
  [
    "a step that falls back on itself",
    "workloads.review.chain[1].fallback.model=qwen3-8b",
    "workloads.review.chain[1].fallback.model: qwen3-8b cannot fall back on itself; name another model, or give client.retries",
  ],
  [
    "a chain and a model",
    "workloads.review.model=qwen3-8b",
    "workloads.review.model: a chain has the model of each of its steps; move model into a step",
  ],
  [
    "a chain and tokens",
    "workloads.review.tokens={input: 1, output: 1}",
    "workloads.review.tokens: a chain has the tokens of each of its steps; move tokens into a step",
  ],
  [
    "a chain and a prefix",
    "workloads.review.prefix={shared: 10}",
    "workloads.review.prefix: a chain has the prefix of each of its steps; move prefix into a step",
  ],
  [
    "a chain and a fallback",
    "workloads.review.fallback={model: qwen3-8b}",
    "workloads.review.fallback: a chain has the fallback of each of its steps; move fallback into a step",
  ],
  [
    "a chain and sessions",
    "workloads.review.sessions={turns: 2, think: 1 s}",
    "workloads.review.sessions: a chain cannot be a turn of a session; leave out chain or sessions",
  ],
  [
    "a chain and a queue",
    "workloads.review.delivery=queue",
    "workloads.review.delivery: a chain cannot be delivered by queue: a message is one call of a model; use delivery: direct, or a workload for each step",
  ],
  [
    "an unknown overflow",
    "workloads.chat.sessions.overflow=forget",
    'workloads.chat.sessions.overflow: unknown overflow "forget"; use end, truncate, reject or summarise',
  ],
  [
    "a summary of nothing",
    "workloads.chat.sessions.overflow={summarise: 0}",
    "workloads.chat.sessions.overflow.summarise: must be at least 1, got 0",
  ],
  [
    "a summary without a length",
    "workloads.chat.sessions.overflow=summarise",
    "workloads.chat.sessions.overflow: summarise needs parameters; write { summarise: … }",
  ],
  [
    "a summary in American",
    "workloads.chat.sessions.overflow={summarize: 100}",
    'workloads.chat.sessions.overflow: unknown overflow "summarize"; did you mean "summarise"?',
  ],
  [
    "a summary that fills the window",
    "workloads.chat.sessions.overflow={summarise: 40860}",
    "workloads.chat.sessions.overflow.summarise: 40860 tokens behind 100 shared ones fill the window of 40Ki; make the summary shorter",
  ],
];

describe("bad clients, queues, chains and sessions", () => {
  it.each(changes)("fails when it has %s", (_, override, shown) => {
    expect(problemsOfTroubled([override]).map(describeProblem)).toEqual([shown]);
  });

  it("refuses a chain of a replayed trace without lengths of its own", () => {
    const problems = problemsOfTroubled([
      "workloads.review.arrivals={trace: small.csv}",
      "workloads.review.chain[3].tokens=null",
    ]).map(describeProblem);
    expect(problems).toContain(
      "workloads.review.chain[3].tokens: lengths of a replayed trace cannot be spread over the steps of a chain; give the step tokens of its own: the trace then gives the times only",
    );
  });
});
