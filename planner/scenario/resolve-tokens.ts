/** Token lengths and shared prefixes with their names looked up and their gaps filled. */
import { findTrafficProfile } from "../catalog";
import { unknown } from "../fleet/names";
import { resolveDistribution } from "../fleet/resolve-distribution";
import type { Problem } from "../foundation/errors";
import { SCENARIO_DEFAULTS } from "./defaults";
import type { DrawnTokens, ResolvedPrefix } from "./resolved-scenario";
import type { PrefixSpec, TokensSpec } from "./tokens-spec";
import { type TracesRead, traceOf } from "./trace-files";

/** The lengths written at `path`, or undefined after their problems were added to `problems`. */
export function resolveTokens(
  tokens: TokensSpec,
  path: string,
  traces: TracesRead,
  problems: Problem[],
): DrawnTokens | undefined {
  if ("profile" in tokens) return tokensOfProfile(tokens.profile, `${path}.profile`, problems);
  if ("trace" in tokens) {
    const trace = traceOf(tokens, `${path}.trace`, traces, problems);
    return trace && { kind: "pairs", trace };
  }
  const input = resolveDistribution(tokens.input, `${path}.input`, problems);
  const output = resolveDistribution(tokens.output, `${path}.output`, problems);
  const rankCorrelation = tokens.correlation ?? SCENARIO_DEFAULTS.correlation.value;
  return input && output && { kind: "distributions", input, output, rankCorrelation };
}

/** Adds the problem of lengths that are neither given nor brought by the arrivals. */
export function missingTokens(path: string, problems: Problem[]): void {
  problems.push({
    code: "missing",
    path,
    message: "is missing; give a profile, input and output, or a trace",
    hint: "for example tokens: { profile: azure-conversation-2023 }",
  });
}

function tokensOfProfile(name: string, path: string, problems: Problem[]): DrawnTokens | undefined {
  const profile = findTrafficProfile(name);
  if (!profile.found) {
    problems.push(unknown(path, "traffic profile", name, profile.hint, "profiles"));
    return undefined;
  }
  const { probabilities, inputTokens, outputTokens, rankCorrelation } = profile.row;
  return {
    kind: "distributions",
    input: { kind: "quantiles", probabilities, values: inputTokens },
    output: { kind: "quantiles", probabilities, values: outputTokens },
    rankCorrelation,
  };
}

export function resolvePrefix(spec: PrefixSpec | undefined): ResolvedPrefix | undefined {
  if (spec === undefined) return undefined;
  return {
    sharedTokens: spec.shared,
    groups: spec.groups ?? SCENARIO_DEFAULTS.prefixGroups.value,
    share: spec.share ?? SCENARIO_DEFAULTS.prefixShare.value,
    skew: spec.skew ?? SCENARIO_DEFAULTS.prefixSkew.value,
  };
}
