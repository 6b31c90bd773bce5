/** Where the arguments of a service come from, so that what a component refuses is said of the plan. */
import { poolPath } from "./fleet-context";
import type { ServiceOfPool } from "./services";
import type { PathTable } from "./translate-problems";

/** @param prefix of the arguments of the pool; "" where those of the model are beside them */
export function servicePaths({ pool }: ServiceOfPool, prefix: string): PathTable {
  const own = poolPath(pool);
  const model = `capplan:models.${pool.model.name}`;
  const at = (key: string): string => (prefix === "" ? key : `${prefix}.${key}`);
  return {
    image: "capplan:engineImage",
    "weights.image": "capplan:weightsImage",
    "weights.source.prefix": `${model}.prefix`,
    "weights.sizeGib": `${model}.sizeGib`,
    [at("engine")]: `${own}.engine`,
    [at("engine.computePrecision")]: `${own}.instanceType`,
    [at("engine.speculation")]: `${model}.speculation`,
    [at("engine.quantization")]: `${model}.quantization`,
    [at("scaling")]: `${own}.autoscaling`,
    [at("scaling.replicasMin")]: `${own}.replicas.min`,
    [at("scaling.replicasMax")]: `${own}.replicas.max`,
    [at("replicas")]: `${own}.replicas`,
    [at("resources")]: `${own}.instanceType`,
    [at("startupSeconds")]: `${own}.coldStart.weights`,
    ...(prefix === "" ? {} : { [prefix]: own }),
  };
}
