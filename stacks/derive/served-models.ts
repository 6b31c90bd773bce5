/** The models of a place that clients call, each with the replicas of all its pools. */
import { kubernetesLabels } from "../../components/foundation/allocation";
import { ANSWERING_LABEL, disaggregatedLabels, ENGINE_LABEL } from "../../components/serving";
import type { ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { modelComponentName, modelName } from "./names";
import type { PlaceContext } from "./place-context";
import type { ServiceOfPool } from "./services";

/** The replicas of a model in a region, of all its pools, behind one Service, or one endpoint picker. */
export interface ServedModel {
  readonly model: string;
  /** Of the Service, of the backend, and the first label of the host. */
  readonly name: string;
  readonly services: readonly ServiceOfPool[];
  /** The pools that the gateway sends to: all but those that only take over from another. At least one. */
  readonly entryPools: readonly ResolvedPool[];
  /** Whether prompts are read by some replicas and answers written by others. */
  readonly isDisaggregated: boolean;
  /** Labels of the pods that answer requests. */
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** The models of a place that clients call, by name. */
export function servedModels(
  place: PlaceContext,
  services: readonly ServiceOfPool[],
): readonly ServedModel[] {
  const called = services.filter(({ pool }) => isCalled(place, pool));
  const models = [...new Set(called.map(({ pool }) => pool.model.name))].toSorted();
  return models.map((model) => servedModel(model, called));
}

function servedModel(model: string, called: readonly ServiceOfPool[]): ServedModel {
  const services = called.filter(({ pool }) => pool.model.name === model);
  const pools = services.map(({ pool }) => pool);
  const isDisaggregated = pools.some(({ role }) => role !== "unified");
  return {
    model,
    name: modelName(model),
    services,
    entryPools: pools.filter(({ role }) => role !== "decode"),
    isDisaggregated,
    matchLabels: isDisaggregated
      ? disaggregatedLabels(modelComponentName(model))
      : { ...kubernetesLabels({ model }), ...ENGINE_LABEL, ...ANSWERING_LABEL },
  };
}

/** A model that only a queue is for is called by nobody. */
function isCalled({ plan }: PlaceContext, pool: ResolvedPool): boolean {
  const workloads = plan.workloads.filter(({ model }) => model === pool.model.name);
  return workloads.length === 0 || workloads.some(({ delivery }) => delivery === "direct");
}
