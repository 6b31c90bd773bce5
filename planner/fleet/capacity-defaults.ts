/**
 * What is known of capacity that nobody describes: how long a replica takes to start, how often spot capacity is
 * taken away, and how many replicas share a node. Estimates with their source, and assumptions that say so.
 *
 * Spot on AWS: median band of the Spot Instance Advisor over the regions of a family (alexei-led/spotinfo, snapshot
 * of 2025-06-28). A band is the share of instances interrupted in a month; the rate is −ln(1 − share) / 730 h at the
 * middle of the band, 25 % for "above 20 %". Spot on GCP: 5 to 15 % of the machines a day (Compute Engine's
 * documentation of preemptible instances), 10 % taken.
 */
import type { InstanceTypeSpec, ModelSpec, Precision, RegionSpec } from "../catalog/specs";
import type { Distribution } from "../foundation/distributions";
import { formatNumber } from "../foundation/format-units";
import type { Default } from "./defaults";

const constant = (value: number): Distribution => ({ kind: "constant", value });

export const COLD_START_DEFAULTS = {
  node: {
    value: constant(240),
    reason: "GPU nodes of GKE and of Karpenter are reported to take 2 to 8 min",
  },
  imagePull: {
    value: constant(150),
    reason: "5.2 GB of CUDA, PyTorch and engine at 28 s per GB pulled and unpacked (BentoML, 2025)",
  },
} as const satisfies Readonly<Record<string, Default<Distribution>>>;

/** Nominal width of a weight; scales and what stays in 16 bits add some per cent. */
const BYTES_PER_PARAMETER: Readonly<Record<Precision, number>> = {
  fp16: 2,
  bf16: 2,
  fp8: 1,
  int8: 1,
  int4: 0.5,
  fp4: 0.5,
};
/** Amazon gp3's most, which a streaming loader reaches (Run:ai Model Streamer benchmarks, October 2024). */
const LOAD_BYTES_PER_SECOND = 1e9;
const ENGINE_START_SECONDS = 60;

/** Weights read once at 1 GB/s, and the start of the engine: compiling, profiling memory, CUDA graphs. */
export function weightLoadDefault(model: ModelSpec, precision: Precision): Default<Distribution> {
  const bytes = model.parameters * BYTES_PER_PARAMETER[precision];
  return {
    value: constant(bytes / LOAD_BYTES_PER_SECOND + ENGINE_START_SECONDS),
    reason: `${formatNumber(bytes / 1e9, 3)} GB of weights at 1 GB/s (gp3, streamed) and 1 min to start the engine (assumed)`,
  };
}

/** Replicas on one node: they share its accelerators. One that spans several nodes counts as a node of its own. */
export function replicasPerNode(
  instanceType: InstanceTypeSpec | undefined,
  acceleratorsPerReplica: number,
): Default<number> {
  if (instanceType === undefined) return { value: 1, reason: "no instance type is given" };
  const value = Math.floor(instanceType.acceleratorCount / acceleratorsPerReplica);
  if (value < 1) return { value: 1, reason: "a replica is larger than a node" };
  const reason = `${instanceType.acceleratorCount} accelerators in ${instanceType.name}, ${acceleratorsPerReplica} in a replica`;
  return { value, reason };
}

/** Instances of a node: more than one where a replica is larger than an instance, else one. */
export function instancesPerNode(
  instanceType: InstanceTypeSpec | undefined,
  acceleratorsPerReplica: number,
): number {
  if (instanceType === undefined) return 1;
  return Math.max(1, Math.ceil(acceleratorsPerReplica / instanceType.acceleratorCount));
}

const HOURS_PER_MONTH = 730;
/** Bands of the Spot Instance Advisor: what is shown of them, and the share of instances per month taken for each. */
const BANDS = {
  "<5%": 0.025,
  "5-10%": 0.075,
  "10-15%": 0.125,
  "15-20%": 0.175,
  ">20%": 0.25,
} as const;

/** Median band of each instance family; of an even number of regions and types, the upper one. */
export const SPOT_BAND_OF_FAMILY: Readonly<Record<string, keyof typeof BANDS>> = {
  dl1: "10-15%",
  g4ad: "<5%",
  g4dn: "15-20%",
  g5: ">20%",
  g5g: "<5%",
  g6: "15-20%",
  g6e: "15-20%",
  gr6: "15-20%",
  inf2: "5-10%",
  p3: ">20%",
  p3dn: ">20%",
  p4d: "5-10%",
  p4de: "<5%",
  p5: "5-10%",
  p5en: "5-10%",
  trn1: "<5%",
  trn1n: "15-20%",
};

const GCP_SHARE_PER_DAY = 0.1;
/** The middle band, where a family is too new for the advisor. */
const OTHER_BAND = "10-15%";

/** Interruptions of one spot node per hour. */
export function interruptionsPerHourDefault(
  instanceType: InstanceTypeSpec | undefined,
  { cloud }: RegionSpec,
): Default<number> {
  if (cloud === "gcp") {
    const value = -Math.log1p(-GCP_SHARE_PER_DAY) / 24;
    return { value, reason: "Compute Engine: 5 to 15% a day, 10% taken" };
  }
  const family = instanceType?.name.split(".")[0] ?? "";
  const known = SPOT_BAND_OF_FAMILY[family];
  const band = known ?? OTHER_BAND;
  const value = -Math.log1p(-BANDS[band]) / HOURS_PER_MONTH;
  const reason =
    known === undefined
      ? `assumed: ${band} a month, the middle band of AWS's Spot Instance Advisor, which has no figure for it`
      : `${band} of ${family} a month (AWS Spot Instance Advisor, June 2025)`;
  return { value, reason };
}

/** From the cloud's word that a node goes until it is gone. */
export function spotNoticeDefault({ cloud }: RegionSpec): Default<number> {
  return cloud === "aws"
    ? { value: 120, reason: "EC2's interruption notice" }
    : { value: 30, reason: "Compute Engine's preemption notice" };
}

export const SPOT_UNAVAILABLE_DEFAULT: Default<Distribution> = {
  value: { kind: "exponential", mean: 3600 },
  reason: "assumed: no cloud publishes how long capacity stays away",
};

/** Machines that are sold by reservation only, so that there is no spot capacity of them. */
const RESERVED_ONLY = ["p6e-gb200", "a4x-"] as const;

/** Whether a cloud sells spot capacity of this type. */
export function hasSpot(instanceType: InstanceTypeSpec | undefined): boolean {
  return !RESERVED_ONLY.some((prefix) => instanceType?.name.startsWith(prefix) ?? false);
}
