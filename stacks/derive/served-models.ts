/** The models of a place that clients call, each with the replicas of all its pools. */
import { kubernetesLabels } from "../../components/foundation/allocation";
import { ENGINE_LABEL } from "../../components/serving";
import type { ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { modelName } from "./names";
import type { PlaceContext } from "./place-context";
import type { ServiceOfPool } from "./services";

/** The replicas of a model in a region, of all its pools, behind one Service. */
export interface ServedModel {
  readonly model: string;
  /** Of the Service, of the backend, and the first label of the host. */
  readonly name: string;
  readonly services: readonly ServiceOfPool[];
  /** Labels of the pods. */
  readonly matchLabels: Readonly<Record<string, string>>;
}

/** The models of a place that clients call, by name. */
export function servedModels(
  place: PlaceContext,
  services: readonly ServiceOfPool[],
): readonly ServedModel[] {
  const called = services.filter(({ pool }) => isCalled(place, pool));
  const models = [...new Set(called.map(({ pool }) => pool.model.name))].toSorted();
  return models.map((model) => ({
    model,
    name: modelName(model),
    services: called.filter(({ pool }) => pool.model.name === model),
    matchLabels: { ...kubernetesLabels({ model }), ...ENGINE_LABEL },
  }));
}

/** A model that only a queue is for is called by nobody. */
function isCalled({ plan }: PlaceContext, pool: ResolvedPool): boolean {
  const workloads = plan.workloads.filter(({ model }) => model === pool.model.name);
  return workloads.length === 0 || workloads.some(({ delivery }) => delivery === "direct");
}
