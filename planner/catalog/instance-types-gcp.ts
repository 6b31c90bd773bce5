/**
 * Machine types of Google Cloud with accelerators, as sold in 2026. `hasRdma` means GPUDirect over
 * TCPX, TCPXO or RDMA. `NAME+t4x2` stands for a machine type with two attached accelerators; TPUs
 * are under their GKE machine types.
 */
import { instanceTypeRows } from "./instance-type-rows";
import type { InstanceTypeSpec } from "./specs";

function gcp(accelerator: string, page: string) {
  return {
    cloud: "gcp",
    accelerator,
    source: `Cyclenerd pricing.yml@fd66b26; docs.cloud.google.com/compute/docs/${page}`,
    date: "2026-07-30",
  } as const;
}

// biome-ignore format: one line per type
export const gcpInstanceTypes: readonly InstanceTypeSpec[] = [
  // NVIDIA T4
  ...instanceTypeRows(gcp("t4-16gb", "gpus"), [
    ["n1-standard-8+t4", 1, 8, 30, 16, 0, false, "accelerators attached to a general-purpose machine"],
    ["n1-standard-16+t4x2", 2, 16, 60, 32, 0, false, "accelerators attached to a general-purpose machine"],
    ["n1-standard-32+t4x4", 4, 32, 120, 32, 0, false, "accelerators attached to a general-purpose machine"],
  ]),
  // NVIDIA V100
  ...instanceTypeRows(gcp("v100-sxm-16gb", "gpus"), [
    ["n1-standard-8+v100", 1, 8, 30, 16, 0, false, "accelerators attached to a general-purpose machine"],
    ["n1-standard-96+v100x8", 8, 96, 360, 32, 0, false, "accelerators attached to a general-purpose machine"],
  ]),
  // NVIDIA L4
  ...instanceTypeRows(gcp("l4-24gb", "accelerator-optimized-machines"), [
    ["g2-standard-4", 1, 4, 16, 10, 0, false, "local SSDs may be attached"],
    ["g2-standard-8", 1, 8, 32, 16, 0, false, "local SSDs may be attached"],
    ["g2-standard-12", 1, 12, 48, 16, 0, false, "local SSDs may be attached"],
    ["g2-standard-16", 1, 16, 64, 32, 0, false, "local SSDs may be attached"],
    ["g2-standard-24", 2, 24, 96, 32, 0, false, "local SSDs may be attached"],
    ["g2-standard-32", 1, 32, 128, 32, 0, false, "local SSDs may be attached"],
    ["g2-standard-48", 4, 48, 192, 50, 0, false, "local SSDs may be attached"],
    ["g2-standard-96", 8, 96, 384, 100, 0, false, "local SSDs may be attached"],
  ]),
  // NVIDIA RTX PRO 6000
  ...instanceTypeRows(gcp("rtx-pro-6000-96gb", "accelerator-optimized-machines"), [
    ["g4-standard-6", 0.125, 6, 22, undefined, undefined, false, "a share of one accelerator, without peer access"],
    ["g4-standard-12", 0.25, 12, 45, undefined, undefined, false, "a share of one accelerator, without peer access"],
    ["g4-standard-24", 0.5, 24, 90, undefined, undefined, false, "a share of one accelerator, without peer access"],
    ["g4-standard-48", 1, 48, 180, 50, 1500, false],
    ["g4-standard-96", 2, 96, 360, 100, 3000, false],
    ["g4-standard-192", 4, 192, 720, 200, 6000, false],
    ["g4-standard-384", 8, 384, 1440, 400, 12000, false],
  ]),
  // NVIDIA A100 40 GB
  ...instanceTypeRows(gcp("a100-sxm-40gb", "accelerator-optimized-machines"), [
    ["a2-highgpu-1g", 1, 12, 85, 24, 0, false, "local SSDs may be attached"],
    ["a2-highgpu-2g", 2, 24, 170, 32, 0, false, "local SSDs may be attached"],
    ["a2-highgpu-4g", 4, 48, 340, 50, 0, false, "local SSDs may be attached"],
    ["a2-highgpu-8g", 8, 96, 680, 100, 0, false, "local SSDs may be attached"],
    ["a2-megagpu-16g", 16, 96, 1360, 100, 0, false, "local SSDs may be attached"],
  ]),
  // NVIDIA A100 80 GB
  ...instanceTypeRows(gcp("a100-sxm-80gb", "accelerator-optimized-machines"), [
    ["a2-ultragpu-1g", 1, 12, 170, 24, 375, false],
    ["a2-ultragpu-2g", 2, 24, 340, 32, 750, false],
    ["a2-ultragpu-4g", 4, 48, 680, 50, 1500, false],
    ["a2-ultragpu-8g", 8, 96, 1360, 100, 3000, false],
  ]),
  // NVIDIA H100
  ...instanceTypeRows(gcp("h100-sxm-80gb", "accelerator-optimized-machines"), [
    ["a3-highgpu-1g", 1, 26, 234, 25, 750, false],
    ["a3-highgpu-2g", 2, 52, 468, 50, 1500, false],
    ["a3-highgpu-4g", 4, 104, 936, 100, 3000, false],
    ["a3-highgpu-8g", 8, 208, 1872, 1000, 6000, true, "GPUDirect-TCPX"],
    ["a3-megagpu-8g", 8, 208, 1872, 1800, 6000, true, "GPUDirect-TCPXO"],
    ["a3-edgegpu-8g", 8, 208, 1872, undefined, 6000, false],
  ]),
  // NVIDIA H200
  ...instanceTypeRows(gcp("h200-sxm-141gb", "accelerator-optimized-machines"), [
    ["a3-ultragpu-8g", 8, 224, 2952, 3600, 12000, true],
  ]),
  // NVIDIA B200
  ...instanceTypeRows(gcp("b200-sxm-180gb", "accelerator-optimized-machines"), [
    ["a4-highgpu-8g", 8, 224, 3968, 3600, 12000, true],
  ]),
  // NVIDIA GB200
  ...instanceTypeRows(gcp("gb200-186gb", "accelerator-optimized-machines"), [
    ["a4x-highgpu-4g", 4, 140, 884, 2000, 12000, true, "one of 18 nodes of an NVL72 domain"],
  ]),
  // NVIDIA GB300
  ...instanceTypeRows(gcp("gb300-288gb", "accelerator-optimized-machines"), [
    ["a4x-maxgpu-4g-metal", 4, 144, 960, undefined, undefined, true, "one of 18 nodes of an NVL72 domain"],
  ]),
  // Google TPU v5e
  ...instanceTypeRows(gcp("tpu-v5e", "tpus"), [
    ["ct5lp-hightpu-1t", 1, 24, 48, undefined, 0, false],
    ["ct5lp-hightpu-4t", 4, 112, 192, undefined, 0, false],
    ["ct5lp-hightpu-8t", 8, 224, 384, undefined, 0, false],
  ]),
  // Google TPU v5p
  ...instanceTypeRows(gcp("tpu-v5p", "tpus"), [
    ["ct5p-hightpu-4t", 4, 208, 448, undefined, 0, false],
  ]),
  // Google TPU v6e
  ...instanceTypeRows(gcp("tpu-v6e", "tpus"), [
    ["ct6e-standard-1t", 1, 44, 176, undefined, 0, false],
    ["ct6e-standard-4t", 4, 180, 720, undefined, 0, false],
    ["ct6e-standard-8t", 8, 180, 1440, undefined, 0, false],
  ]),
  // Google TPU7x
  ...instanceTypeRows(gcp("tpu-v7x", "tpus"), [
    ["tpu7x-standard-4t", 4, 224, 960, undefined, 0, false],
  ]),
];
