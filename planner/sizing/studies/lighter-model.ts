/**
 * A share of one workload's requests on a lighter model: two workloads in place of one, which together send what it
 * sent, from the same places, at the same times and under the same objectives. Who is sent where is left to chance: a
 * thinned Poisson process is one again; a bursty process is taken to be as bursty after it.
 */
import { canonicalModel } from "../../fleet/names";
import { PlannerError } from "../../foundation/errors";
import type { ScenarioSpec } from "../../scenario/scenario-spec";
import { withModels } from "./other-model";

type WorkloadSpec = ScenarioSpec["workloads"][string];

/**
 * @param change.share of the requests, above 0 and below 1
 * @throws PlannerError when there is no such workload, or it has no rate to divide
 */
export function withLighterModel(
  spec: ScenarioSpec,
  change: { readonly workload: string; readonly model: string; readonly share: number },
): Pick<ScenarioSpec, "workloads"> {
  const { workload: name, model, share } = change;
  const workload = spec.workloads[name];
  if (workload === undefined) {
    throw refusal(`workloads.${name}`, "no such workload any more");
  }
  const models = [workload.model, ...(workload.chain ?? []).map((step) => modelOfStep(step))];
  if (models.every((one) => one === undefined || canonicalModel(one) === canonicalModel(model))) {
    throw refusal(`workloads.${name}`, `asks ${model} already`);
  }
  const light = freeName(`${name}-light`, Object.keys(spec.workloads));
  return {
    workloads: Object.fromEntries(
      Object.entries(spec.workloads).flatMap(([own, one]) =>
        own === name
          ? [
              [own, withShare(one, 1 - share, name)],
              [light, withModels(withShare(one, share, name), () => model)],
            ]
          : [[own, one]],
      ),
    ),
  };
}

function modelOfStep(step: NonNullable<WorkloadSpec["chain"]>[number]): string | undefined {
  return "model" in step ? step.model : undefined;
}

/** So much of the requests of a workload. */
function withShare(workload: WorkloadSpec, share: number, name: string): WorkloadSpec {
  const { arrivals } = workload;
  if ("rate" in arrivals) {
    return { ...workload, arrivals: { ...arrivals, rate: arrivals.rate * share } };
  }
  if ("trace" in arrivals) {
    return { ...workload, arrivals: { ...arrivals, sample: (arrivals.sample ?? 1) * share } };
  }
  throw refusal(
    `workloads.${name}.arrivals.closed`,
    "a fixed number of clients has no rate of which a part could go elsewhere",
  );
}

function freeName(wanted: string, taken: readonly string[]): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!taken.includes(name)) return name;
  }
}

function refusal(path: string, message: string): PlannerError {
  return new PlannerError([{ code: "conflict", path, message }]);
}
