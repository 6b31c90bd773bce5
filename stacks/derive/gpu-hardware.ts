/**
 * Hardware of the catalog in the clouds' own words: what GKE calls an accelerator, and what of the catalog the stacks
 * cannot serve on.
 *
 * Names of accelerators: cloud.google.com/compute/docs/gpus, cloud.google.com/kubernetes-engine/docs/concepts/gpus. Local
 * SSDs have 375 GB each (cloud.google.com/compute/docs/disks/local-ssd).
 */
import type { Problem, ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { poolPath } from "./fleet-context";

const GKE_ACCELERATORS: Readonly<Record<string, string>> = {
  "t4-16gb": "nvidia-tesla-t4",
  "v100-sxm-16gb": "nvidia-tesla-v100",
  "l4-24gb": "nvidia-l4",
  "rtx-pro-6000-96gb": "nvidia-rtx-pro-6000",
  "a100-sxm-40gb": "nvidia-tesla-a100",
  "a100-sxm-80gb": "nvidia-a100-80gb",
  "h100-sxm-80gb": "nvidia-h100-80gb",
  "h200-sxm-141gb": "nvidia-h200-141gb",
  "b200-sxm-180gb": "nvidia-b200",
};
/** The same accelerator under another name, by machine type. */
const GKE_BY_MACHINE: readonly (readonly [prefix: string, accelerator: string])[] = [
  ["a3-megagpu", "nvidia-h100-mega-80gb"],
];
/** Accelerators that are sold beside processors of Arm only. */
const ON_ARM: readonly string[] = [
  "t4g-16gb",
  "gh200-96gb",
  "gh200-144gb",
  "gb200-186gb",
  "gb300-288gb",
];
const LOCAL_SSD_GB = 375;
/** More accelerators than a node of a pool may have. */
const ACCELERATORS_MAX = 16;

/** A node of a pool, in the words of its cloud. */
export interface GpuMachine {
  readonly instanceType: string;
  readonly accelerators: { readonly type: string; readonly count: number };
  readonly localDisks: number;
}

/** The machine of a pool; undefined after a problem. */
export function gpuMachine(pool: ResolvedPool, problems: Problem[]): GpuMachine | undefined {
  const path = `${poolPath(pool)}.instanceType`;
  const refuse = (message: string, hint: string): undefined => {
    problems.push({ code: "does-not-fit", path, message, hint });
    return undefined;
  };
  const { accelerator, instanceType } = pool;
  if (instanceType === undefined) {
    return refuse(
      `no instance type satisfies the pool, which names only the accelerator ${accelerator.name}`,
      "name one that is sold in the region (capplan catalog instance-types) and size again",
    );
  }
  const { name, cloud, acceleratorCount, localDiskGb = 0 } = instanceType;
  if (ON_ARM.includes(accelerator.name)) {
    return refuse(
      `${name} has processors of Arm, for which there is no image of the engine here`,
      "leave it out of search.hardware and size again",
    );
  }
  if (accelerator.vendor !== "nvidia") {
    return refuse(
      `${name} has ${accelerator.name}, and the stacks serve on GPUs of NVIDIA`,
      "leave it out of search.hardware and size again",
    );
  }
  if (!Number.isInteger(acceleratorCount) || acceleratorCount > ACCELERATORS_MAX) {
    return refuse(
      `${name} has ${acceleratorCount} accelerators, and a node has 1 to ${ACCELERATORS_MAX} whole ones`,
      "leave it out of search.hardware and size again",
    );
  }
  if (cloud === "aws") {
    return {
      instanceType: name,
      accelerators: { type: accelerator.name, count: acceleratorCount },
      localDisks: localDiskGb > 0 ? 1 : 0,
    };
  }
  const type =
    GKE_BY_MACHINE.find(([prefix]) => name.startsWith(prefix))?.[1] ??
    GKE_ACCELERATORS[accelerator.name];
  if (type === undefined) {
    return refuse(
      `GKE's name of the accelerator of ${name} is not known`,
      "leave it out of search.hardware and size again",
    );
  }
  return {
    // The catalog writes what is attached to a machine type behind a plus sign.
    instanceType: name.split("+")[0]!,
    accelerators: { type, count: acceleratorCount },
    localDisks: Math.floor(localDiskGb / LOCAL_SSD_GB),
  };
}
