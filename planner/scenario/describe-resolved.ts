/**
 * What `capplan validate` prints of a scenario: every value after resolution, and whether it was given, is a default
 * or follows from others. Data only; the layout is in `bin/`.
 */
import { derived, describeFleet, type ResolvedRow, row } from "../fleet/describe-fleet";
import {
  formatDuration,
  formatNumber,
  formatRate,
  formatShare,
  formatTokens,
} from "../foundation/format-units";
import { formatWeekTime } from "../foundation/week-time";
import { SCENARIO_DEFAULTS as DEFAULTS, warmUpDefault } from "./defaults";
import { formatDistribution, formatProcess, formatProfile } from "./format-traffic";
import { durationReason, replicationsDefault } from "./resolve-horizon";
import type {
  ResolvedArrivals,
  ResolvedScenario,
  ResolvedTokens,
  ResolvedWorkload,
} from "./resolved-scenario";
import type { ScenarioSpec } from "./scenario-spec";
import type { WorkloadSpec } from "./workload-spec";

/** Every resolved value, in the order of the file. */
export function describeResolved(spec: ScenarioSpec, resolved: ResolvedScenario): ResolvedRow[] {
  const workloads = Object.entries(spec.workloads).flatMap(([name, written]) => {
    const workload = resolved.workloads.find((candidate) => candidate.name === name);
    return workload === undefined ? [] : describeWorkload(written, workload, resolved);
  });
  return [
    ...describeRun(spec, resolved),
    ...workloads,
    ...describeFleet(spec.fleet, resolved.fleet),
    derived("digest", resolved.digest, "of everything above"),
  ];
}

function describeRun(spec: ScenarioSpec, resolved: ResolvedScenario): ResolvedRow[] {
  const { startSeconds, durationSeconds, warmUpSeconds, drain } = resolved.horizon;
  const { horizon } = spec;
  const warmUpReason = warmUpDefault(durationSeconds, warmUpSeconds === 0).reason;
  return [
    row("name", resolved.name, spec.name, DEFAULTS.name.reason),
    row("seed", String(resolved.seed), spec.seed, DEFAULTS.seed.reason),
    row(
      "replications",
      String(resolved.replications),
      spec.replications,
      replicationsDefault(spec).reason,
    ),
    row(
      "horizon.start",
      `${formatWeekTime(startSeconds)} UTC`,
      horizon?.start,
      DEFAULTS.startSeconds.reason,
    ),
    row(
      "horizon.duration",
      formatDuration(durationSeconds),
      horizon?.duration,
      durationReason(spec, durationSeconds),
    ),
    row("horizon.warmUp", formatDuration(warmUpSeconds), horizon?.warmUp, warmUpReason),
    row(
      "horizon.requests",
      formatNumber(horizon?.requests ?? Number.POSITIVE_INFINITY),
      horizon?.requests,
      "until the duration ends",
    ),
    row("horizon.drain", String(drain), horizon?.drain, DEFAULTS.drain.reason),
  ];
}

function describeWorkload(
  spec: WorkloadSpec,
  workload: ResolvedWorkload,
  resolved: ResolvedScenario,
): ResolvedRow[] {
  const path = `workloads.${workload.name}`;
  const rows: ResolvedRow[] = [
    {
      path: `${path}.model`,
      value: workload.model,
      origin: "given",
      note: spec.model === workload.model ? "" : `written "${spec.model}"`,
    },
    ...describeArrivals(`${path}.arrivals`, spec.arrivals, workload.arrivals),
    ...describeTokens(`${path}.tokens`, spec, workload.tokens),
    ...describePrefix(`${path}.prefix`, spec, workload),
  ];
  const { sessions } = workload;
  if (sessions !== undefined) {
    const turns = formatDistribution(sessions.turns, formatNumber);
    const think = formatDistribution(sessions.thinkSeconds, formatDuration);
    rows.push(row(`${path}.sessions.turns`, turns, spec.sessions, ""));
    rows.push(row(`${path}.sessions.think`, think, spec.sessions, ""));
  }
  const origins = workload.origins
    .map(({ originIndex, share }) => `${resolved.fleet.origins[originIndex]} ${formatShare(share)}`)
    .join(", ");
  rows.push(
    row(`${path}.origins`, origins, spec.origins, "beside the pools of its model, in equal shares"),
  );
  rows.push(
    row(`${path}.tenants`, formatTenants(workload.tenants), spec.tenants, DEFAULTS.tenant.reason),
  );
  rows.push(row(`${path}.priority`, workload.priority, spec.priority, DEFAULTS.priority.reason));
  for (const { metric, statistic, limitSeconds } of workload.slo) {
    rows.push(
      row(`${path}.slo.${metric}.${statistic}`, formatDuration(limitSeconds), limitSeconds, ""),
    );
  }
  if (workload.slo.length === 0)
    rows.push(row(`${path}.slo`, "none", undefined, "nothing to pass or fail"));
  const window = formatTokens(workload.contextWindowTokens);
  rows.push(
    derived(
      `${path}.contextWindow`,
      window,
      "the smallest maxContext of its pools; longer requests are cut",
    ),
  );
  return rows;
}

function formatTenants(tenants: ResolvedWorkload["tenants"]): string {
  const shown = tenants.slice(0, 4).map(({ name, share }) => `${name} ${formatShare(share)}`);
  const rest = tenants.length - shown.length;
  return rest === 0 ? shown.join(", ") : `${shown.join(", ")} and ${rest} more`;
}

function describeArrivals(
  path: string,
  spec: WorkloadSpec["arrivals"],
  arrivals: ResolvedArrivals,
): ResolvedRow[] {
  switch (arrivals.kind) {
    case "open": {
      const given = "rate" in spec ? spec : undefined;
      return [
        row(`${path}.rate`, formatRate(arrivals.requestsPerSecond), given, ""),
        row(
          `${path}.process`,
          formatProcess(arrivals.process),
          given?.process,
          DEFAULTS.process.reason,
        ),
        row(
          `${path}.profile`,
          formatProfile(arrivals.profile),
          given?.profile,
          DEFAULTS.profile.reason,
        ),
      ];
    }
    case "closed": {
      const given = "closed" in spec ? spec.closed : undefined;
      const think = formatDistribution(arrivals.thinkSeconds, formatDuration);
      return [
        row(`${path}.closed.concurrency`, String(arrivals.concurrency), given, ""),
        row(`${path}.closed.think`, think, given?.think, DEFAULTS.thinkSeconds.reason),
      ];
    }
    case "trace": {
      const given = "trace" in spec ? spec : undefined;
      const { trace, speed, loop, sample } = arrivals;
      const seconds = trace.arrivalSeconds[trace.requests - 1] ?? 0;
      return [
        row(`${path}.trace`, given?.trace ?? trace.source, given, ""),
        derived(
          `${path}.trace.requests`,
          `${trace.requests} in ${formatDuration(seconds)}`,
          "as read",
        ),
        ...describeReading(path, given),
        row(`${path}.speed`, formatNumber(speed), given?.speed, DEFAULTS.speed.reason),
        row(`${path}.loop`, String(loop), given?.loop, DEFAULTS.loop.reason),
        row(`${path}.sample`, formatShare(sample), given?.sample, DEFAULTS.sample.reason),
      ];
    }
  }
}

/** How a trace is read where that may change what is in it. */
function describeReading(
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

function describeTokens(path: string, spec: WorkloadSpec, tokens: ResolvedTokens): ResolvedRow[] {
  const given = spec.tokens;
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

function describePrefix(
  path: string,
  spec: WorkloadSpec,
  workload: ResolvedWorkload,
): ResolvedRow[] {
  const { prefix } = workload;
  if (prefix === undefined)
    return [row(path, "none", undefined, "requests have nothing in common")];
  const given = spec.prefix;
  return [
    row(`${path}.shared`, formatTokens(prefix.sharedTokens), given?.shared, ""),
    row(`${path}.groups`, String(prefix.groups), given?.groups, DEFAULTS.prefixGroups.reason),
    row(`${path}.share`, formatShare(prefix.share), given?.share, DEFAULTS.prefixShare.reason),
    row(`${path}.skew`, formatNumber(prefix.skew), given?.skew, DEFAULTS.prefixSkew.reason),
  ];
}
