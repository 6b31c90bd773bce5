/**
 * One change of a what-if, and what it makes of a scenario. Every change is a pure function of a scenario and its
 * traces; nothing is sized here. What a change cannot mean in a scenario is refused with the reason.
 */
import type { PurchaseOption } from "../../catalog/prices/price-rows";
import type { Precision } from "../../catalog/specs";
import { PlannerError, type Problem } from "../../foundation/errors";
import type { ScenarioSpec } from "../../scenario/scenario-spec";
import type { EngineChoices, SurviveSpec } from "../../scenario/search-spec";
import { withMoreRows } from "../../stress/more-traffic";
import type { SizingContext } from "../evaluation-job";
import { withLighterModel } from "./lighter-model";
import { withModel } from "./other-model";
import { withRegions } from "./other-regions";
import { type LengthFactors, scaledRows, withScaledTokens } from "./scaled-tokens";

export type ScenarioChange =
  /** Instance types and accelerators, by their names in the catalog. */
  | { readonly kind: "hardware"; readonly names: readonly string[] }
  | { readonly kind: "quantization"; readonly precisions: readonly Precision[] }
  | { readonly kind: "no-prefix-cache" }
  /** Everything that asks `from` asks `to`. */
  | { readonly kind: "model"; readonly from: string; readonly to: string }
  /** A share of one workload's requests goes to a lighter model, as a workload of its own. */
  | {
      readonly kind: "lighter";
      readonly workload: string;
      readonly model: string;
      readonly share: number;
    }
  | { readonly kind: "regions"; readonly names: readonly string[] }
  | { readonly kind: "outputs" | "inputs" | "rate"; readonly factor: number }
  | { readonly kind: "purchase"; readonly options: readonly PurchaseOption[] }
  | { readonly kind: "survive"; readonly rules: SurviveSpec };

/**
 * The scenario with a change.
 *
 * @throws PlannerError when it cannot be made to this scenario
 */
export function withChange(context: SizingContext, change: ScenarioChange): SizingContext {
  const { spec, traces } = context;
  switch (change.kind) {
    case "hardware":
      return of(context, { search: { ...spec.search, hardware: [...change.names] } });
    case "quantization":
      return of(context, withEngine(spec, { quantization: [...change.precisions] }));
    case "no-prefix-cache":
      return of(context, withEngine(spec, { prefixCaching: [false] }));
    case "model":
      return of(context, withModel(spec, change));
    case "lighter":
      return of(context, withLighterModel(spec, change));
    case "regions":
      return of(context, withRegions(spec, change.names));
    case "outputs":
      return withLengths(context, { input: 1, output: change.factor });
    case "inputs":
      return withLengths(context, { input: change.factor, output: 1 });
    case "rate":
      return withRate({ spec, traces }, change.factor);
    case "purchase":
      return of(context, withPurchase(spec, change.options));
    case "survive":
      return of(context, { survive: [...change.rules] });
  }
}

function of({ spec, traces }: SizingContext, changed: Partial<ScenarioSpec>): SizingContext {
  return { spec: { ...spec, ...changed }, traces };
}

/** Engine choices of every model. */
function withEngine(
  { search = {} }: ScenarioSpec,
  choices: Partial<EngineChoices>,
): Pick<ScenarioSpec, "search"> {
  const { engine, models } = search;
  return {
    search: {
      ...search,
      engine: { ...engine, ...choices },
      ...(models === undefined
        ? {}
        : { models: mapValues(models, (own) => ({ ...own, ...choices })) }),
    },
  };
}

/** Lengths of every workload; of traces, all rows. */
function withLengths({ spec, traces }: SizingContext, factors: LengthFactors): SizingContext {
  return {
    spec: {
      ...spec,
      workloads: Object.fromEntries(
        Object.entries(spec.workloads).map(([name, workload]) => [
          name,
          withScaledTokens(workload, factors, `workloads.${name}`),
        ]),
      ),
    },
    traces: traces.map(([key, table]) => [key, scaledRows(table, factors)] as const),
  };
}

/**
 * Every workload with so many times the requests, at the same times of the day. Of a replayed trace a part is drawn at
 * random, or rows are added between its own.
 */
function withRate({ spec, traces }: SizingContext, factor: number): SizingContext {
  const problems: Problem[] = [];
  const workloads = Object.fromEntries(
    Object.entries(spec.workloads).map(([name, workload]) => {
      const { arrivals } = workload;
      if ("rate" in arrivals) {
        return [name, { ...workload, arrivals: { ...arrivals, rate: arrivals.rate * factor } }];
      }
      if ("trace" in arrivals) {
        if (factor > 1) return [name, workload];
        const sample = (arrivals.sample ?? 1) * factor;
        return [name, { ...workload, arrivals: { ...arrivals, sample } }];
      }
      problems.push({
        code: "conflict",
        path: `workloads.${name}.arrivals.closed`,
        message:
          "clients that wait for an answer send as much as the fleet answers: they have no rate",
        hint: "give a rate or a trace",
      });
      return [name, workload];
    }),
  );
  if (problems.length > 0) throw new PlannerError(problems);
  return {
    spec: { ...spec, workloads },
    traces:
      factor > 1
        ? traces.map(([key, table]) => [key, withMoreRows(table, factor)] as const)
        : traces,
  };
}

/** A limit on spot capacity goes where there is none. */
function withPurchase(
  { search = {} }: ScenarioSpec,
  options: readonly PurchaseOption[],
): Pick<ScenarioSpec, "search"> {
  const { spotShareMax, ...rest } = search;
  const keeps = spotShareMax !== undefined && options.includes("spot");
  return { search: { ...rest, purchase: [...options], ...(keeps ? { spotShareMax } : {}) } };
}

function mapValues<Value, Result>(
  map: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
