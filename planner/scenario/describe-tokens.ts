/** Token lengths, prefixes and the reading of traces after resolution, with where they come from. */

import { formatDistribution } from "../fleet/format-distribution";
import { derived, type ResolvedRow, row } from "../fleet/resolved-row";
import { formatNumber, formatShare, formatTokens } from "../foundation/format-units";
import { SCENARIO_DEFAULTS as DEFAULTS } from "./defaults";
import type { ResolvedPrefix, ResolvedTokens } from "./resolved-scenario";
import type { PrefixSpec, TokensSpec } from "./tokens-spec";

/** How a trace is read where that may change what is in it. */
export function describeReading(
  path: string,
  given: { readonly sort?: boolean | undefined; readonly skipMalformed?: boolean | undefined } = {},
): ResolvedRow[] {
  const { sort, skipMalformed } = DEFAULTS;
  return [
    row(`${path}.sort`, String(given.sort ?? sort.value), given.sort, sort.reason),
    row(
      `${path}.skipMalformed`,
      String(given.skipMalformed ?? skipMalformed.value),
      given.skipMalformed,
      skipMalformed.reason,
    ),
  ];
}

/** Token lengths of a workload or of a model step. */
export function describeTokens(
  path: string,
  given: TokensSpec | undefined,
  tokens: ResolvedTokens,
): ResolvedRow[] {
  switch (tokens.kind) {
    case "from-arrivals":
      return [row(path, "of each replayed request", undefined, "the trace has them")];
    case "pairs":
      return [
        row(`${path}.trace`, `pairs from ${tokens.trace.requests} requests`, given, ""),
        ...describeReading(path, given !== undefined && "trace" in given ? given : undefined),
      ];
    case "distributions": {
      const profile = given !== undefined && "profile" in given ? given.profile : undefined;
      const correlation = given !== undefined && "input" in given ? given.correlation : undefined;
      const note = `from ${profile}`;
      const input = formatDistribution(tokens.input, formatTokens);
      const output = formatDistribution(tokens.output, formatTokens);
      const rank = formatNumber(tokens.rankCorrelation);
      if (profile !== undefined) {
        return [
          row(`${path}.profile`, profile, profile, ""),
          derived(`${path}.input`, input, note),
          derived(`${path}.output`, output, note),
          derived(`${path}.correlation`, rank, note),
        ];
      }
      return [
        row(`${path}.input`, input, given, ""),
        row(`${path}.output`, output, given, ""),
        row(`${path}.correlation`, rank, correlation, DEFAULTS.correlation.reason),
      ];
    }
  }
}

/** The shared prefixes of a workload or of a model step. */
export function describePrefix(
  path: string,
  given: PrefixSpec | undefined,
  prefix: ResolvedPrefix | undefined,
): ResolvedRow[] {
  if (prefix === undefined)
    return [row(path, "none", undefined, "requests have nothing in common")];
  return [
    row(`${path}.shared`, formatTokens(prefix.sharedTokens), given?.shared, ""),
    row(`${path}.groups`, String(prefix.groups), given?.groups, DEFAULTS.prefixGroups.reason),
    row(`${path}.share`, formatShare(prefix.share), given?.share, DEFAULTS.prefixShare.reason),
    row(`${path}.skew`, formatNumber(prefix.skew), given?.skew, DEFAULTS.prefixSkew.reason),
  ];
}
