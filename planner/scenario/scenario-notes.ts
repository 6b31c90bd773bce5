/**
 * What is odd about a scenario and yet no mistake: settings that nothing reads, pools that nobody uses, figures that
 * will not mean what they seem to. For `capplan validate`, and for warnings before a run.
 */
import { oddOverrides } from "../catalog/prices/check-overrides";
import { listPriceBook } from "../catalog/prices/list-price-book";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { type Distribution, quantile } from "../foundation/distributions";
import { formatNumber, formatShare, formatTokens } from "../foundation/format-units";
import { estimatedLengths } from "./estimated-lengths";
import { faultNotes } from "./fault-notes";
import { followsClock } from "./follows-clock";
import { priceBookOf } from "./resolve-prices";
import type { ResolvedScenario, ResolvedWorkload } from "./resolved-scenario";
import type { ScenarioNote } from "./scenario-note";
import { skippedRows } from "./skipped-rows";
import type { TraceTable } from "./trace-table";

export type { ScenarioNote };

/** Share of the requests that may be too short for their prefix before it is worth a note. */
const SHORT_INPUTS_MAX = 0.05;
/** Requests that end after less of the horizon than this leave part of it empty, not by chance. */
const FILLED_SHARE_MIN = 0.95;

/** Everything odd: the run, the workloads in their order, the pools in theirs, then the faults and prices. */
export function scenarioNotes(scenario: ResolvedScenario): ScenarioNote[] {
  const ofWorkloads = scenario.workloads.flatMap((workload) => [
    ...prefixNotes(workload),
    ...requestsNotes(workload, scenario.horizon.durationSeconds),
    ...retryNotes(workload),
  ]);
  const skipped = skippedRows(scenario).map((rows) => ({ code: "skipped-rows", ...rows }) as const);
  const estimated = estimatedLengths(scenario).map(
    (lengths) => ({ code: "estimated-lengths", ...lengths }) as const,
  );
  return [
    ...clockNotes(scenario),
    ...skipped,
    ...estimated,
    ...ofWorkloads,
    ...poolNotes(scenario),
    ...faultNotes(scenario),
    ...priceNotes(scenario),
  ];
}

/** Negotiated prices of the fleet's hardware that stand to others as prices seldom do. */
function priceNotes({ prices, fleet }: ResolvedScenario): ScenarioNote[] {
  if (prices.overrides.length === 0) return [];
  const used = new Set(
    fleet.pools.map(
      ({ instanceType, regionIndex }) =>
        `${instanceType?.name} ${fleet.regions[regionIndex]!.name}`,
    ),
  );
  const isUsed = (row: { readonly instanceType: string; readonly region: string }): boolean =>
    used.has(`${row.instanceType} ${row.region}`);
  return oddOverrides(listPriceBook(), priceBookOf(prices), isUsed).map((message) => ({
    code: "odd-price",
    about: "prices.overrides",
    message,
  }));
}

/** A start that makes no difference. */
function clockNotes(scenario: ResolvedScenario): ScenarioNote[] {
  if (scenario.horizon.startSeconds === 0 || followsClock(scenario)) return [];
  const message = "no workload has a diurnal or weekly profile, so nothing follows the clock";
  return [{ code: "unread-setting", about: "horizon.start", message }];
}

/** Where fewer requests share a prefix than `prefix.share` says, in a workload or in a step of its chain. */
function prefixNotes(workload: ResolvedWorkload): ScenarioNote[] {
  const { name, chain, arrivals, sessions } = workload;
  if (chain === undefined) {
    const inputs = sessions === undefined ? "inputs" : "first turns";
    return sharedNotes({ ...workload, inputs, of: "" }, arrivals);
  }
  return chain.flatMap((step) => {
    if (step.kind !== "model") return [];
    return sharedNotes({ ...step, name, inputs: "inputs", of: ` of ${step.name}` }, arrivals);
  });
}

/** One call of a model: of a workload, or of one step. */
interface Call
  extends Pick<ResolvedWorkload, "name" | "prefix" | "tokens" | "contextWindowTokens"> {
  /** What its lengths are called, and whose they are. */
  readonly inputs: string;
  readonly of: string;
}

function sharedNotes(call: Call, arrivals: ResolvedWorkload["arrivals"]): ScenarioNote[] {
  const { prefix, tokens } = call;
  if (prefix === undefined) return [];
  const note = (code: ScenarioNote["code"], message: string): ScenarioNote[] => [
    { code, about: call.name, message },
  ];
  const isReplay = tokens.kind === "from-arrivals" && arrivals.kind === "trace";
  if (isReplay && arrivals.trace.prefixBlocks !== undefined) {
    const message = "the trace has block hashes, which say what is shared: prefix is not read";
    return note("unread-setting", message);
  }
  const { sharedTokens, share } = prefix;
  let short = 0;
  // Inputs are cut to the window less one token, so a prefix of that length leaves nothing after it.
  if (sharedTokens >= call.contextWindowTokens - 1) short = 1;
  else if (tokens.kind === "distributions") short = shareUpTo(tokens.input, sharedTokens);
  else if (tokens.kind === "pairs") short = rowsUpTo(tokens.trace, sharedTokens);
  else if (arrivals.kind === "trace") short = rowsUpTo(arrivals.trace, sharedTokens);
  if (short <= SHORT_INPUTS_MAX) return [];
  return note(
    "short-inputs",
    `shared tokens are part of the input, and ${percent(short)} of the ${call.inputs}${call.of} have no more than ${formatTokens(sharedTokens)}: ${percent(share * (1 - short))} of the requests share a prefix, not ${percent(share)}; lower prefix.shared or lengthen the inputs`,
  );
}

/** Clients that may ask again as often as they like, all at once. */
function retryNotes({ name, client }: ResolvedWorkload): ScenarioNote[] {
  const { retries } = client;
  if (retries === undefined || retries.max === 0 || retries.budget !== undefined) return [];
  const times =
    retries.max === Number.POSITIVE_INFINITY ? "without end" : `up to ${retries.max + 1} times`;
  const message = `clients retry without a budget: while nothing is answered, each request is sent ${times}; client.retries.budget limits that`;
  return [{ code: "no-retry-budget", about: name, message }];
}

/** Where a limit on the requests leaves a part of the horizon without any, which dilutes what is averaged over it. */
function requestsNotes(
  { name, arrivals, sessions }: ResolvedWorkload,
  durationSeconds: number,
): ScenarioNote[] {
  if (arrivals.kind === "trace" || !Number.isFinite(arrivals.requestsMax)) return [];
  const note = (message: string): ScenarioNote[] => [
    { code: "requests-end-early", about: name, message },
  ];
  const all = `${formatNumber(durationSeconds)} s`;
  const advice = "shorten horizon.duration, or leave out horizon.requests";
  const { requestsMax } = arrivals;
  // When clients and sessions have sent their requests depends on the fleet, so it is not known before the run.
  if (arrivals.kind === "closed" || sessions !== undefined) {
    return note(
      `throughput, utilisation and cost per request are averages over ${all}, also when its ${requestsMax} requests are over sooner; if they are, ${advice}`,
    );
  }
  const seconds = requestsMax / arrivals.requestsPerSecond;
  if (seconds >= FILLED_SHARE_MIN * durationSeconds) return [];
  return note(
    `at its mean rate, ${requestsMax} requests arrive in about ${formatNumber(seconds, 3)} s of ${all}; throughput, utilisation and cost per request are averages over all of it: ${advice}`,
  );
}

/** P(a draw, rounded to whole tokens, is at most `tokens`): the inverse of the quantile function by bisection. */
function shareUpTo(distribution: Distribution, tokens: number): number {
  const limit = tokens + 0.5;
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (quantile(distribution, middle) < limit) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function rowsUpTo({ inputTokens, requests }: TraceTable, tokens: number): number {
  return inputTokens.reduce((count, input) => count + (input <= tokens ? 1 : 0), 0) / requests;
}

/** To a tenth of a percent: a share of random lengths is good for no more. */
function percent(share: number): string {
  return formatShare(Math.round(share * 1000) / 1000);
}

function poolNotes(scenario: ResolvedScenario): ScenarioNote[] {
  const { fleet, workloads } = scenario;
  const used = new Set(workloads.flatMap(modelsOf));
  const { policy } = fleet.routing;
  const notes: ScenarioNote[] = [];
  const note = (code: ScenarioNote["code"], pool: ResolvedPool, message: string): void => {
    notes.push({ code, about: pool.name, message });
  };
  for (const pool of fleet.pools) {
    if (!used.has(pool.model.name)) {
      note(
        "unused-pool",
        pool,
        `no workload uses ${pool.model.name}; its cost counts all the same`,
      );
    }
    if (pool.inputTokensMax !== Number.POSITIVE_INFINITY && policy !== "by-length") {
      note(
        "unread-setting",
        pool,
        `accepts.inputTokens is read by by-length routing only, not by ${policy}`,
      );
    }
    if (pool.priorities.length > 0 && policy !== "by-priority") {
      note(
        "unread-setting",
        pool,
        `priorities are read by by-priority routing only, not by ${policy}`,
      );
    }
    const { weightPrecision } = pool.engine;
    if (pool.accelerator.denseFlops[weightPrecision] === undefined) {
      const name = pool.accelerator.name;
      note(
        "weight-only",
        pool,
        `${name} has no ${weightPrecision} units: weights are stored in ${weightPrecision} and multiplied in 16 bits`,
      );
    }
  }
  if (policy === "by-length") notes.push(...longInputNotes(scenario));
  return notes;
}

/** Every model that a workload may ask. */
function modelsOf({ model, chain, fallback }: ResolvedWorkload): string[] {
  if (chain === undefined) return fallback === undefined ? [model] : [model, fallback.model];
  return chain.flatMap((step) => {
    if (step.kind !== "model") return [];
    return step.fallback === undefined ? [step.model] : [step.model, step.fallback.model];
  });
}

/** Models for which no pool takes every length: longer inputs go to any of their pools. */
function longInputNotes({ fleet, workloads }: ResolvedScenario): ScenarioNote[] {
  return [...new Set(workloads.flatMap(modelsOf))].flatMap((model) => {
    const pools = fleet.pools.filter((pool) => pool.model.name === model && pool.role !== "decode");
    const longest = pools.reduce<ResolvedPool | undefined>(
      (best, pool) =>
        best !== undefined && best.inputTokensMax >= pool.inputTokensMax ? best : pool,
      undefined,
    );
    if (longest === undefined || longest.inputTokensMax === Number.POSITIVE_INFINITY) return [];
    const message = `inputs of more than ${formatTokens(longest.inputTokensMax)} tokens are taken by no pool of ${model}, and go to any`;
    return [{ code: "long-inputs", about: longest.name, message }];
  });
}
