/** Every value of one workload after resolution, with where it comes from: a part of `describe-resolved.ts`. */

import { formatDistribution } from "../fleet/format-distribution";
import { derived, type ResolvedRow, row } from "../fleet/resolved-row";
import {
  formatDuration,
  formatNumber,
  formatRate,
  formatShare,
  formatTokens,
} from "../foundation/format-units";
import { SCENARIO_DEFAULTS as DEFAULTS } from "./defaults";
import { describeChain } from "./describe-chain";
import { describeClient, describeFallback } from "./describe-client";
import { describePrefix, describeReading, describeTokens } from "./describe-tokens";
import { formatProcess, formatProfile } from "./format-traffic";
import type { ResolvedArrivals, ResolvedScenario, ResolvedWorkload } from "./resolved-scenario";
import type { WorkloadSpec } from "./workload-spec";

/** Every value of one workload. */
export function describeWorkload(
  spec: WorkloadSpec,
  workload: ResolvedWorkload,
  resolved: ResolvedScenario,
): ResolvedRow[] {
  const path = `workloads.${workload.name}`;
  const rows: ResolvedRow[] = [
    ...describeModel(`${path}.model`, spec, workload),
    ...describeArrivals(`${path}.arrivals`, spec.arrivals, workload.arrivals),
    ...describeWork(path, spec, workload),
    row(`${path}.delivery`, workload.delivery, spec.delivery, DEFAULTS.delivery.reason),
    ...describeSessions(`${path}.sessions`, spec, workload),
    ...describeClient(`${path}.client`, spec.client, workload.client),
  ];
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
      `the smallest maxContext of ${whosePools(workload)}; longer requests are cut`,
    ),
  );
  return rows;
}

function whosePools({ chain, fallback }: ResolvedWorkload): string {
  if (chain !== undefined) return "the pools of the first model step";
  return fallback === undefined ? "its pools" : "its pools and of its fallback's";
}

function describeModel(
  path: string,
  spec: WorkloadSpec,
  { model, chain }: ResolvedWorkload,
): ResolvedRow[] {
  if (chain !== undefined) return [derived(path, model, "of the last model step of the chain")];
  const note = spec.model === model ? "" : `written "${spec.model}"`;
  return [{ path, value: model, origin: "given", note }];
}

/** What a request asks for: a call of a model, or the steps of a chain. */
function describeWork(path: string, spec: WorkloadSpec, workload: ResolvedWorkload): ResolvedRow[] {
  if (workload.chain !== undefined) {
    return describeChain(`${path}.chain`, spec.chain ?? [], workload.chain);
  }
  return [
    ...describeTokens(`${path}.tokens`, spec.tokens, workload.tokens),
    ...describePrefix(`${path}.prefix`, spec.prefix, workload.prefix),
    ...describeFallback(`${path}.fallback`, spec.fallback, workload.fallback),
  ];
}

function describeSessions(
  path: string,
  { sessions: spec }: WorkloadSpec,
  { sessions }: ResolvedWorkload,
): ResolvedRow[] {
  if (sessions === undefined) return [];
  const { overflow } = sessions;
  const value =
    overflow.kind === "summarise"
      ? `summarise to ${formatTokens(overflow.summaryTokens)} tokens`
      : overflow.kind;
  return [
    row(`${path}.turns`, formatDistribution(sessions.turns, formatNumber), spec, ""),
    row(`${path}.think`, formatDistribution(sessions.thinkSeconds, formatDuration), spec, ""),
    row(`${path}.overflow`, value, spec?.overflow, DEFAULTS.overflow.reason),
  ];
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
