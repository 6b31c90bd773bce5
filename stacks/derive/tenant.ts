/** The namespace of all replicas: what the plan's most replicas need of a region, and not one GPU more. */
import { podDiskGib, SIDECAR, type TenantQuotaArgs } from "../../components/serving";
import type { Derived } from "./derived";
import { acceleratorsOf, nodesOfReplica } from "./fabric";
import type { PlaceContext } from "./place-context";
import type { ServiceOfPool } from "./services";

/** Beside replicas, of the same namespace: endpoint pickers, a consumer of the queue. */
const OTHER_PODS = 20;
const OTHER_CPUS = 20;
const OTHER_MEMORY_GIB = 40;
/** What a container that asks for no disk is counted with in the namespace, for each of the other pods. */
const OTHER_DISK_GIB = OTHER_PODS;

/** The quota of the namespace. */
export function deriveTenantQuota(
  place: PlaceContext,
  services: readonly ServiceOfPool[],
): Derived<TenantQuotaArgs> {
  const sum = (of: (service: ServiceOfPool) => number): number =>
    services.reduce((total, one) => total + of(one) * one.pool.replicasMax, 0);
  const ofPods = (of: (service: ServiceOfPool) => number): number =>
    sum((service) => of(service) * nodesOfReplica(service.pool));
  const ofSidecar = ({ pool: { role } }: ServiceOfPool, size: number): number =>
    role === "decode" ? size : 0;
  // A rollout may have a replica too few, never one too many.
  const gpus = sum(({ pool }) => acceleratorsOf(pool));
  const args: TenantQuotaArgs = {
    gpus,
    cpus: ofPods((one) => one.args.resources.cpus + ofSidecar(one, SIDECAR.cpus)) + OTHER_CPUS,
    memoryGib:
      ofPods((one) => one.args.resources.memoryGib + ofSidecar(one, SIDECAR.memoryGib)) +
      OTHER_MEMORY_GIB,
    pods: ofPods(() => 1) + OTHER_PODS,
    localDiskGib:
      ofPods((one) => podDiskGib({ sizeGib: one.args.sizeGib }) + ofSidecar(one, SIDECAR.diskGib)) +
      OTHER_DISK_GIB,
  };
  const because = `of all replicas of ${place.region.name} at their most`;
  return {
    args,
    derivations: [
      { what: "tenant.quota.gpus", value: gpus, because },
      { what: "tenant.quota.cpus", value: args.cpus, because: `${because}, and ${OTHER_CPUS}` },
      {
        what: "tenant.quota.memoryGib",
        value: args.memoryGib,
        because: `${because}, and ${OTHER_MEMORY_GIB}`,
      },
      { what: "tenant.quota.pods", value: args.pods, because: `${because}, and ${OTHER_PODS}` },
      {
        what: "tenant.quota.localDiskGib",
        value: args.localDiskGib,
        because: `weights and caches ${because}, and ${OTHER_DISK_GIB}`,
      },
    ],
    problems: [],
  };
}
