/**
 * What a replica costs of the instances that it runs on: the price of its accelerators' share. What the accelerators cost
 * that no replica fits on is not in it (planner/cost/pool-price.ts counts whole instances).
 */
import { InvariantViolation } from "../../foundation/errors";
import { findInstanceType } from "../lookup";
import type { InstancePrice } from "./price-rows";

export interface ReplicaPrice {
  readonly usdPerHour: number;
  /** Accelerators of the replica over accelerators of the instance: above 1 when it spans several. */
  readonly share: number;
  readonly acceleratorsPerReplica: number;
  readonly acceleratorsPerInstance: number;
  readonly price: InstancePrice;
}

/**
 * Price of a replica for one hour = price of the instance × accelerators of the replica / accelerators of the instance.
 *
 * @param acceleratorsPerReplica tensor × pipeline × data parallel
 * @throws InvariantViolation for a count that is not a positive integer, or a price of a type that is not in the catalog
 * @example replicaPrice(priceOfP5, 4).usdPerHour // half of an instance with 8 accelerators
 */
export function replicaPrice(price: InstancePrice, acceleratorsPerReplica: number): ReplicaPrice {
  const type = findInstanceType(price.instanceType);
  if (!type.found || !Number.isInteger(acceleratorsPerReplica) || acceleratorsPerReplica < 1) {
    throw new InvariantViolation("a replica has whole accelerators of a known instance type", {
      instanceType: price.instanceType,
      acceleratorsPerReplica,
    });
  }
  const acceleratorsPerInstance = type.row.acceleratorCount;
  const share = acceleratorsPerReplica / acceleratorsPerInstance;
  return {
    usdPerHour: price.usdPerHour * share,
    share,
    acceleratorsPerReplica,
    acceleratorsPerInstance,
    price,
  };
}
