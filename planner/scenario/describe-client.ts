/** Clients and fallbacks after resolution, with where each value comes from. */

import { formatDistribution } from "../fleet/format-distribution";
import { type ResolvedRow, row } from "../fleet/resolved-row";
import { formatDuration, formatNumber, formatShare } from "../foundation/format-units";
import type { ClientSpec, FallbackSpec } from "./client-spec";
import { SCENARIO_DEFAULTS as DEFAULTS, maxBackoffDefault } from "./defaults";
import type { ResolvedClient, ResolvedClientRetries, ResolvedFallback } from "./resolved-client";
import type { Distribution } from "./resolved-scenario";

export function describeClient(
  path: string,
  spec: ClientSpec | undefined,
  client: ResolvedClient,
): ResolvedRow[] {
  if (spec === undefined) {
    return [row(path, "patient", undefined, "waits for ever and never asks again")];
  }
  const patience = (distribution: Distribution | undefined) =>
    distribution === undefined ? "none" : formatDistribution(distribution, formatDuration);
  const { timeoutSeconds, firstTokenTimeoutSeconds, giveUpSeconds, retries } = client;
  return [
    row(`${path}.timeout`, patience(timeoutSeconds), spec.timeout, "waits for ever"),
    row(
      `${path}.firstTokenTimeout`,
      patience(firstTokenTimeoutSeconds),
      spec.firstTokenTimeout,
      "waits for ever",
    ),
    row(
      `${path}.giveUp`,
      giveUpSeconds === Number.POSITIVE_INFINITY ? "never" : formatDuration(giveUpSeconds),
      spec.giveUp,
      "no deadline over all attempts",
    ),
    ...(retries === undefined
      ? [row(`${path}.retries`, "none", undefined, "one attempt only")]
      : describeRetries(`${path}.retries`, spec.retries ?? {}, retries)),
  ];
}

function describeRetries(
  path: string,
  spec: NonNullable<ClientSpec["retries"]>,
  retries: ResolvedClientRetries,
): ResolvedRow[] {
  const max = retries.max === Number.POSITIVE_INFINITY ? "unlimited" : formatNumber(retries.max);
  const maxReason =
    retries.backoff === "fixed"
      ? "a fixed backoff does not grow"
      : maxBackoffDefault(retries.baseSeconds).reason;
  const rows = [
    row(`${path}.max`, max, spec.max, DEFAULTS.retriesMax.reason),
    row(`${path}.on`, retries.on.join(", ") || "nothing", spec.on, DEFAULTS.retryOn.reason),
    row(`${path}.backoff`, retries.backoff, spec.backoff, DEFAULTS.backoff.reason),
    row(
      `${path}.base`,
      formatDuration(retries.baseSeconds),
      spec.base,
      DEFAULTS.backoffBaseSeconds.reason,
    ),
    row(`${path}.maxBackoff`, formatDuration(retries.maxSeconds), spec.maxBackoff, maxReason),
    row(`${path}.jitter`, retries.jitter, spec.jitter, DEFAULTS.jitter.reason),
    row(
      `${path}.retryAfter`,
      String(retries.honoursRetryAfter),
      spec.retryAfter,
      DEFAULTS.retryAfter.reason,
    ),
  ];
  const { budget } = retries;
  if (budget === undefined) {
    return [...rows, row(`${path}.budget`, "none", undefined, "each client by itself")];
  }
  const { percent, minPerSecond } = spec.budget ?? {};
  return [
    ...rows,
    row(`${path}.budget.percent`, formatShare(budget.share), percent, DEFAULTS.budgetShare.reason),
    row(
      `${path}.budget.minPerSecond`,
      formatNumber(budget.minPerSecond),
      minPerSecond,
      DEFAULTS.budgetMinPerSecond.reason,
    ),
  ];
}

export function describeFallback(
  path: string,
  spec: FallbackSpec | undefined,
  fallback: ResolvedFallback | undefined,
): ResolvedRow[] {
  if (fallback === undefined) return [row(path, "none", undefined, "no other model is asked")];
  const { model, on } = fallback;
  const note = spec?.model === model ? "" : `written "${spec?.model}"`;
  return [
    { path: `${path}.model`, value: model, origin: "given", note },
    row(`${path}.on`, on.join(", "), spec?.on, DEFAULTS.fallbackOn.reason),
  ];
}
