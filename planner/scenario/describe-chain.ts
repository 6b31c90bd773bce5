/** The steps of a chain after resolution, with where each value comes from. */

import { formatDistribution } from "../fleet/format-distribution";
import { derived, type ResolvedRow, row } from "../fleet/resolved-row";
import { formatDuration, formatShare, formatTokens } from "../foundation/format-units";
import type { ModelStepSpec, StepSpec, WaitSpec } from "./chain-spec";
import { SCENARIO_DEFAULTS as DEFAULTS } from "./defaults";
import { describeFallback } from "./describe-client";
import { describePrefix, describeTokens } from "./describe-tokens";
import type { ResolvedModelStep, ResolvedStep, ResolvedWaitStep } from "./resolved-client";

export function describeChain(
  path: string,
  spec: readonly StepSpec[],
  chain: readonly ResolvedStep[],
): ResolvedRow[] {
  return chain.flatMap((step, index) => {
    const written = spec[index];
    if (written === undefined) return [];
    const at = `${path}[${index}]`;
    const name = row(`${at}.name`, step.name, written.name, "its number and kind");
    if (step.kind === "model") {
      return "model" in written ? [name, ...describeModelStep(at, written, step)] : [name];
    }
    if ("model" in written) return [name];
    const wait = "retrieve" in written ? written.retrieve : written.tool;
    return [name, ...describeWaitStep(`${at}.${step.what}`, wait, step)];
  });
}

function describeModelStep(
  path: string,
  spec: ModelStepSpec,
  step: ResolvedModelStep,
): ResolvedRow[] {
  const note = spec.model === step.model ? "" : `written "${spec.model}"`;
  return [
    { path: `${path}.model`, value: step.model, origin: "given", note },
    ...describeTokens(`${path}.tokens`, spec.tokens, step.tokens),
    ...describePrefix(`${path}.prefix`, spec.prefix, step.prefix),
    describeTimeout(`${path}.timeout`, step, spec.timeout),
    ...describeFallback(`${path}.fallback`, spec.fallback, step.fallback),
    derived(
      `${path}.contextWindow`,
      formatTokens(step.contextWindowTokens),
      "the smallest maxContext of the pools of its model and fallback; longer requests are cut",
    ),
  ];
}

function describeWaitStep(path: string, spec: WaitSpec, step: ResolvedWaitStep): ResolvedRow[] {
  const latency = formatDistribution(step.latencySeconds, formatDuration);
  return [
    row(`${path}.latency`, latency, spec.latency, ""),
    describeTimeout(`${path}.timeout`, step, spec.timeout),
    row(
      `${path}.failureShare`,
      formatShare(step.failureShare),
      spec.failureShare,
      DEFAULTS.failureShare.reason,
    ),
    row(`${path}.onFailure`, step.onFailure, spec.onFailure, DEFAULTS.onFailure.reason),
  ];
}

function describeTimeout(
  path: string,
  { timeoutSeconds }: ResolvedStep,
  given: number | undefined,
): ResolvedRow {
  const isNone = timeoutSeconds === Number.POSITIVE_INFINITY;
  return row(path, isNone ? "none" : formatDuration(timeoutSeconds), given, "as long as it takes");
}
