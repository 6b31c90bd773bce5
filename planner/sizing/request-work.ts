/**
 * What the requests of some workloads ask of the replicas of each model, from the requests themselves: drawn as a run
 * would draw them, and never run. The least that has to be done, so that a bound made of it holds.
 */
import type { ResolvedScenario, ResolvedWorkload } from "../scenario/resolved-scenario";
import { createSources } from "../traffic/create-sources";
import type { PrefixChain, RequestDraw, RequestSource } from "../traffic/request-source";
import type { RequestWork } from "./throughput-bound";

/** Mean work of a call of the model. */
export interface CallWork {
  readonly inputTokens: number;
  /** Input tokens that are not in a prefix that another request may have left in a cache. */
  readonly ownTokens: number;
  readonly decodedTokens: number;
  readonly contextTokens: number;
}

/** Requests that are drawn of each workload. */
const DRAWS_MAX = 4000;

/** By canonical model name; models that no request calls are left out. */
export function callWork(scenario: ResolvedScenario, seed: number): ReadonlyMap<string, CallWork> {
  const sums = new Map<string, { calls: number } & { -readonly [K in keyof CallWork]: number }>();
  for (const [index, source] of createSources(scenario, seed).entries()) {
    const workload = scenario.workloads[index]!;
    const draws = drawAll(source);
    // Workloads are mixed as they arrive: each draw stands for as many of its requests as were not drawn.
    const weight = draws.length > 0 ? draws[0]!.standsFor : 0;
    for (const { calls } of draws) {
      for (const call of callsOf(workload, calls)) {
        const sum = sums.get(call.model) ?? {
          calls: 0,
          inputTokens: 0,
          ownTokens: 0,
          decodedTokens: 0,
          contextTokens: 0,
        };
        // The first token comes with the prompt.
        const steps = call.output - 1;
        sum.calls += weight;
        sum.inputTokens += weight * call.input;
        sum.ownTokens += weight * Math.max(1, call.input - call.shared);
        sum.decodedTokens += weight * steps;
        sum.contextTokens += weight * steps * (call.input + steps / 2);
        sums.set(call.model, sum);
      }
    }
  }
  return new Map(
    [...sums].map(([model, sum]) => [
      model,
      {
        inputTokens: sum.inputTokens / sum.calls,
        ownTokens: sum.ownTokens / sum.calls,
        decodedTokens: sum.decodedTokens / sum.calls,
        contextTokens: sum.contextTokens / sum.calls,
      },
    ]),
  );
}

/** What of a call falls to a pool of this role. */
export function workOfRole(
  call: CallWork,
  role: "unified" | "prefill" | "decode",
  isPrefixCaching: boolean,
): RequestWork {
  const computedTokens = isPrefixCaching ? call.ownTokens : call.inputTokens;
  const { decodedTokens, contextTokens } = call;
  switch (role) {
    case "unified":
      return { computedTokens, decodedTokens, contextTokens };
    case "prefill":
      return { computedTokens, decodedTokens: 0, contextTokens: 0 };
    case "decode":
      return { computedTokens: 0, decodedTokens, contextTokens };
  }
}

interface Call {
  readonly input: number;
  readonly output: number;
  readonly shared: number;
}

interface Drawn {
  readonly calls: readonly Call[];
  /** Requests of the run for each that was drawn. */
  readonly standsFor: number;
}

function drawAll(source: RequestSource): Drawn[] {
  const draw: RequestDraw = {
    arrivalSeconds: 0,
    inputTokens: 0,
    outputTokens: 0,
    originIndex: 0,
    tenantIndex: 0,
    prefix: undefined,
    chain: undefined,
    isRefused: false,
    client: -1,
  };
  const drawn: (readonly Call[])[] = [];
  let requests = 0;
  while (source.peekSeconds() < Number.POSITIVE_INFINITY) {
    source.take(draw);
    requests++;
    if (drawn.length < DRAWS_MAX && !draw.isRefused) drawn.push(callsDrawn(draw));
    // The next turn of a conversation follows at once: its lengths are the same whenever it comes.
    if (draw.client >= 0) source.finished(draw.client, draw.arrivalSeconds);
  }
  const standsFor = drawn.length > 0 ? requests / drawn.length : 0;
  return drawn.map((calls) => ({ calls, standsFor }));
}

/** One entry per step of a chain, waits among them with no tokens. */
function callsDrawn({ chain, inputTokens, outputTokens, prefix }: RequestDraw): Call[] {
  if (chain === undefined) {
    return [{ input: inputTokens, output: outputTokens, shared: sharedTokens(prefix) }];
  }
  return Array.from(chain.inputTokens, (input, step) => ({
    input,
    output: chain.outputTokens[step]!,
    shared: sharedTokens(chain.prefixes[step]),
  }));
}

function sharedTokens(prefix: PrefixChain | undefined): number {
  if (prefix === undefined || prefix.length === 0) return 0;
  return prefix.endTokens[prefix.length - 1]!;
}

function callsOf(
  { model, chain }: ResolvedWorkload,
  calls: readonly Call[],
): ({ readonly model: string } & Call)[] {
  if (chain === undefined) return calls.map((call) => ({ model, ...call }));
  return chain.flatMap((step, index) =>
    step.kind === "model" ? [{ model: step.model, ...calls[index]! }] : [],
  );
}
