/** Clients and fallbacks with their gaps filled: what does not go together becomes a problem. */
import { canonicalModel } from "../fleet/names";
import { resolveDistribution } from "../fleet/resolve-distribution";
import type { Problem } from "../foundation/errors";
import { formatDuration } from "../foundation/format-units";
import type { ClientSpec, FallbackSpec } from "./client-spec";
import { SCENARIO_DEFAULTS as DEFAULTS, maxBackoffDefault } from "./defaults";
import {
  PATIENT_CLIENT,
  type ResolvedClient,
  type ResolvedClientRetries,
  type ResolvedFallback,
} from "./resolved-client";
import type { Distribution } from "./resolved-scenario";
import { checkModelServed, type ServedModels } from "./served-models";

type RetriesSpec = NonNullable<ClientSpec["retries"]>;

/** The clients of a workload; those of a part that has problems are not for use. */
export function resolveClient(
  spec: ClientSpec | undefined,
  path: string,
  problems: Problem[],
): ResolvedClient {
  if (spec === undefined) return PATIENT_CLIENT;
  const { giveUp, retries } = spec;
  const patience = (key: "timeout" | "firstTokenTimeout"): Distribution | undefined => {
    const written = spec[key];
    return written === undefined
      ? undefined
      : resolveDistribution(written, `${path}.${key}`, problems);
  };
  const client: ResolvedClient = {
    timeoutSeconds: patience("timeout"),
    firstTokenTimeoutSeconds: patience("firstTokenTimeout"),
    giveUpSeconds: giveUp ?? Number.POSITIVE_INFINITY,
    retries: retries === undefined ? undefined : resolveRetries(retries),
  };
  checkPatience(client, path, problems);
  if (retries !== undefined) checkRetries(retries, client, `${path}.retries`, problems);
  return client;
}

function resolveRetries(spec: RetriesSpec): ResolvedClientRetries {
  const backoff = spec.backoff ?? DEFAULTS.backoff.value;
  const baseSeconds = spec.base ?? DEFAULTS.backoffBaseSeconds.value;
  const { max = DEFAULTS.retriesMax.value, budget } = spec;
  return {
    max: max === "unlimited" ? Number.POSITIVE_INFINITY : max,
    on: sorted(spec.on ?? DEFAULTS.retryOn.value),
    backoff,
    baseSeconds,
    maxSeconds:
      backoff === "fixed" ? baseSeconds : (spec.maxBackoff ?? maxBackoffDefault(baseSeconds).value),
    jitter: spec.jitter ?? DEFAULTS.jitter.value,
    honoursRetryAfter: spec.retryAfter ?? DEFAULTS.retryAfter.value,
    budget: budget && {
      share: budget.percent ?? DEFAULTS.budgetShare.value,
      minPerSecond: budget.minPerSecond ?? DEFAULTS.budgetMinPerSecond.value,
    },
  };
}

/** Each word once, in an order of its own: neither order nor repetition in the file means anything. */
function sorted<Word extends string>(words: readonly Word[]): readonly Word[] {
  return [...new Set(words)].sort();
}

function checkPatience(client: ResolvedClient, path: string, problems: Problem[]): void {
  const whole = constantOf(client.timeoutSeconds);
  const first = constantOf(client.firstTokenTimeoutSeconds);
  if (first >= whole) {
    problems.push({
      code: "conflict",
      path: `${path}.firstTokenTimeout`,
      message: `must be shorter than timeout (${formatDuration(whole)}), got ${formatDuration(first)}`,
      hint: "leave one of the two out",
    });
  }
}

/** NaN when it is not the same every time. */
function constantOf(distribution: Distribution | undefined): number {
  return distribution?.kind === "constant" ? distribution.value : Number.NaN;
}

function checkRetries(
  spec: RetriesSpec,
  { retries, giveUpSeconds }: ResolvedClient,
  path: string,
  problems: Problem[],
): void {
  if (retries === undefined) return;
  const { max, backoff, baseSeconds } = retries;
  if (max === Number.POSITIVE_INFINITY && giveUpSeconds === Number.POSITIVE_INFINITY) {
    problems.push({
      code: "conflict",
      path: `${path}.max`,
      message: "unlimited retries end only with client.giveUp, which is missing",
      hint: "for example giveUp: 10 min",
    });
  }
  if (spec.maxBackoff === undefined) return;
  if (backoff === "fixed") {
    problems.push({
      code: "conflict",
      path: `${path}.maxBackoff`,
      message: "a fixed backoff does not grow",
      hint: "leave out maxBackoff, or use backoff: exponential",
    });
  } else if (spec.maxBackoff < baseSeconds) {
    problems.push({
      code: "conflict",
      path: `${path}.maxBackoff`,
      message: `must be at least base (${formatDuration(baseSeconds)}), got ${formatDuration(spec.maxBackoff)}`,
    });
  }
}

/** The fallback of `model`, which has a pool of its own to answer. */
export function resolveFallback(
  spec: FallbackSpec | undefined,
  model: string,
  path: string,
  served: ServedModels,
  problems: Problem[],
): ResolvedFallback | undefined {
  if (spec === undefined) return undefined;
  const fallback = canonicalModel(spec.model);
  if (fallback === model) {
    problems.push({
      code: "conflict",
      path: `${path}.model`,
      message: `${model} cannot fall back on itself`,
      hint: "name another model, or give client.retries",
    });
    return undefined;
  }
  checkModelServed(spec.model, `${path}.model`, served, problems);
  return { model: fallback, on: sorted(spec.on ?? DEFAULTS.fallbackOn.value) };
}
