/** The steps of a chain with their models looked up, their names made unique and their gaps filled. */
import { canonicalModel } from "../fleet/names";
import { resolveDistribution } from "../fleet/resolve-distribution";
import type { Problem } from "../foundation/errors";
import type { ModelStepSpec, StepSpec, WaitSpec } from "./chain-spec";
import { SCENARIO_DEFAULTS as DEFAULTS } from "./defaults";
import { resolveFallback } from "./resolve-client";
import { missingTokens, resolvePrefix, resolveTokens } from "./resolve-tokens";
import type { ResolvedModelStep, ResolvedStep, ResolvedWaitStep } from "./resolved-client";
import type { Distribution } from "./resolved-scenario";
import { checkModelServed, contextWindow, type ServedModels } from "./served-models";
import type { TracesRead } from "./trace-files";

export interface ChainContext extends ServedModels {
  /** `workloads.chat.chain` */
  readonly path: string;
  readonly traces: TracesRead;
  /** Whether the arrivals are a trace, which brings lengths that no step can use. */
  readonly isReplay: boolean;
}

/** The steps, or undefined after problems were added to `problems`. */
export function resolveChain(
  spec: readonly StepSpec[],
  context: ChainContext,
  problems: Problem[],
): readonly ResolvedStep[] | undefined {
  const before = problems.length;
  const names = new Map<string, number>();
  const steps = spec.map((step, index) => {
    const path = `${context.path}[${index}]`;
    const name = stepName(step, index);
    const twin = names.get(name);
    if (twin !== undefined) {
      const message = `is the name of step ${twin + 1} as well: "${name}"`;
      problems.push({ code: "conflict", path: `${path}.name`, message });
    }
    names.set(name, index);
    if ("model" in step) return resolveModelStep(step, { ...context, name, path }, problems);
    return "retrieve" in step
      ? resolveWaitStep("retrieve", step.retrieve, name, `${path}.retrieve`, problems)
      : resolveWaitStep("tool", step.tool, name, `${path}.tool`, problems);
  });
  if (!spec.some((step) => "model" in step)) {
    problems.push({
      code: "missing",
      path: context.path,
      message: "has no model step; a chain calls at least one model",
      hint: "add { model: …, tokens: … }",
    });
  }
  const resolved = steps.flatMap((step) => step ?? []);
  return problems.length > before ? undefined : resolved;
}

/** As given, or `1-retrieve`. */
export function stepName(step: StepSpec, index: number): string {
  const kind = "model" in step ? "model" : "retrieve" in step ? "retrieve" : "tool";
  return step.name ?? `${index + 1}-${kind}`;
}

function resolveModelStep(
  step: ModelStepSpec,
  context: ChainContext & { readonly name: string },
  problems: Problem[],
): ResolvedModelStep | undefined {
  const { name, path, fleet, traces } = context;
  checkModelServed(step.model, `${path}.model`, context, problems);
  const model = canonicalModel(step.model);
  const fallback = resolveFallback(step.fallback, model, `${path}.fallback`, context, problems);
  if (step.tokens === undefined) {
    if (context.isReplay) {
      problems.push({
        code: "conflict",
        path: `${path}.tokens`,
        message: "lengths of a replayed trace cannot be spread over the steps of a chain",
        hint: "give the step tokens of its own: the trace then gives the times only",
      });
    } else missingTokens(`${path}.tokens`, problems);
    return undefined;
  }
  const tokens = resolveTokens(step.tokens, `${path}.tokens`, traces, problems);
  const models = fallback === undefined ? [model] : [model, fallback.model];
  return (
    tokens && {
      kind: "model",
      name,
      model,
      tokens,
      prefix: resolvePrefix(step.prefix),
      timeoutSeconds: step.timeout ?? Number.POSITIVE_INFINITY,
      fallback,
      contextWindowTokens: contextWindow(models, fleet),
    }
  );
}

function resolveWaitStep(
  what: ResolvedWaitStep["what"],
  spec: WaitSpec,
  name: string,
  path: string,
  problems: Problem[],
): ResolvedWaitStep | undefined {
  const latencySeconds = resolveLatency(spec.latency, `${path}.latency`, problems);
  return (
    latencySeconds && {
      kind: "wait",
      name,
      what,
      latencySeconds,
      timeoutSeconds: spec.timeout ?? Number.POSITIVE_INFINITY,
      failureShare: spec.failureShare ?? DEFAULTS.failureShare.value,
      onFailure: spec.onFailure ?? DEFAULTS.onFailure.value,
    }
  );
}

/** `{ p50, p99 }` is the lognormal distribution with these quantiles. */
function resolveLatency(
  spec: WaitSpec["latency"],
  path: string,
  problems: Problem[],
): Distribution | undefined {
  if (typeof spec !== "object" || !("p50" in spec))
    return resolveDistribution(spec, path, problems);
  const own: Problem[] = [];
  const latency = resolveDistribution({ lognormal: spec }, path, own);
  // The key `lognormal` is not in the file.
  problems.push(...own.map((problem) => ({ ...problem, path })));
  return latency;
}
