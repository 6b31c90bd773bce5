/**
 * Instance types of AWS with accelerators, as sold in 2026. Network is what a type sustains; small
 * sizes burst above it. `hasRdma` means Elastic Fabric Adapter. Not here: g3, p2 and inf1, which AWS
 * no longer recommends and vLLM does not support.
 */
import { instanceTypeRows } from "./instance-type-rows";
import type { InstanceTypeSpec } from "./specs";

const bandwidths = "aws/karpenter-provider-aws@01a436f0 zz_generated.bandwidth.go";

function aws(accelerator: string, page: string) {
  return {
    cloud: "aws",
    accelerator,
    source: `tsaol/aws-gpu (instances.vantage.sh); ${bandwidths}; aws.amazon.com/ec2/instance-types/${page}`,
    date: "2026-11-22",
  } as const;
}

// biome-ignore format: one line per type
export const awsInstanceTypes: readonly InstanceTypeSpec[] = [
  // NVIDIA T4
  ...instanceTypeRows(aws("t4-16gb", "g4"), [
    ["g4dn.xlarge", 1, 4, 16, 5, 125, false],
    ["g4dn.2xlarge", 1, 8, 32, 10, 225, false],
    ["g4dn.4xlarge", 1, 16, 64, 20, 225, false],
    ["g4dn.8xlarge", 1, 32, 128, 50, 900, true],
    ["g4dn.12xlarge", 4, 48, 192, 50, 900, true],
    ["g4dn.16xlarge", 1, 64, 256, 50, 900, true],
    ["g4dn.metal", 8, 96, 384, 100, 1800, true],
  ]),
  // AMD Radeon Pro V520
  ...instanceTypeRows(aws("radeon-pro-v520-8gb", "g4"), [
    ["g4ad.xlarge", 1, 4, 16, 2, 150, false],
    ["g4ad.2xlarge", 1, 8, 32, 4.167, 300, false],
    ["g4ad.4xlarge", 1, 16, 64, 8.333, 600, false],
    ["g4ad.8xlarge", 2, 32, 128, 15, 1200, false],
    ["g4ad.16xlarge", 4, 64, 256, 25, 2400, false],
  ]),
  // NVIDIA A10G
  ...instanceTypeRows(aws("a10g-24gb", "g5"), [
    ["g5.xlarge", 1, 4, 16, 2.5, 250, false],
    ["g5.2xlarge", 1, 8, 32, 5, 450, false],
    ["g5.4xlarge", 1, 16, 64, 10, 600, false],
    ["g5.8xlarge", 1, 32, 128, 25, 900, true],
    ["g5.12xlarge", 4, 48, 192, 40, 3800, true],
    ["g5.16xlarge", 1, 64, 256, 25, 1900, true],
    ["g5.24xlarge", 4, 96, 384, 50, 3800, true],
    ["g5.48xlarge", 8, 192, 768, 100, 7600, true],
  ]),
  // NVIDIA T4G on Arm
  ...instanceTypeRows(aws("t4g-16gb", "g5g"), [
    ["g5g.xlarge", 1, 4, 8, 1.25, 0, false],
    ["g5g.2xlarge", 1, 8, 16, 2.5, 0, false],
    ["g5g.4xlarge", 1, 16, 32, 5, 0, false],
    ["g5g.8xlarge", 1, 32, 64, 12, 0, false],
    ["g5g.16xlarge", 2, 64, 128, 25, 0, false],
    ["g5g.metal", 2, 64, 128, 25, 0, false],
  ]),
  // NVIDIA L4
  ...instanceTypeRows(aws("l4-24gb", "g6"), [
    ["g6.xlarge", 1, 4, 16, 2.5, 250, false],
    ["g6.2xlarge", 1, 8, 32, 5, 450, false],
    ["g6.4xlarge", 1, 16, 64, 10, 600, false],
    ["g6.8xlarge", 1, 32, 128, 25, 900, true],
    ["g6.12xlarge", 4, 48, 192, 40, 3760, true],
    ["g6.16xlarge", 1, 64, 256, 25, 1880, true],
    ["g6.24xlarge", 4, 96, 384, 50, 3760, true],
    ["g6.48xlarge", 8, 192, 768, 100, 7520, true],
    ["gr6.4xlarge", 1, 16, 128, 10, 600, false],
    ["gr6.8xlarge", 1, 32, 256, 25, 900, true],
  ]),
  // NVIDIA L4, in shares
  ...instanceTypeRows(aws("l4-24gb", "g6"), [
    ["g6f.large", 0.125, 2, 8, 1.5, undefined, false, "a share of one accelerator, without peer access"],
    ["g6f.xlarge", 0.125, 4, 16, 2.5, undefined, false, "a share of one accelerator, without peer access"],
    ["g6f.2xlarge", 0.25, 8, 32, 5, undefined, false, "a share of one accelerator, without peer access"],
    ["g6f.4xlarge", 0.5, 16, 64, 10, undefined, false, "a share of one accelerator, without peer access"],
    ["gr6f.4xlarge", 0.5, 16, 128, 10, undefined, false, "a share of one accelerator, without peer access"],
  ]),
  // NVIDIA L40S
  ...instanceTypeRows(aws("l40s-48gb", "g6e"), [
    ["g6e.xlarge", 1, 4, 32, 2.5, 250, false],
    ["g6e.2xlarge", 1, 8, 64, 5, 450, false],
    ["g6e.4xlarge", 1, 16, 128, 20, 600, false],
    ["g6e.8xlarge", 1, 32, 256, 25, 900, true],
    ["g6e.12xlarge", 4, 48, 384, 100, 3800, true],
    ["g6e.16xlarge", 1, 64, 512, 35, 1900, true],
    ["g6e.24xlarge", 4, 96, 768, 200, 3800, true],
    ["g6e.48xlarge", 8, 192, 1536, 400, 7600, true],
  ]),
  // NVIDIA RTX PRO 4500
  ...instanceTypeRows(aws("rtx-pro-4500-32gb", "g7"), [
    ["g7.2xlarge", 1, 8, 32, 40, 600, false],
    ["g7.4xlarge", 1, 16, 64, 80, 600, false],
    ["g7.8xlarge", 1, 32, 128, 100, 950, true],
    ["g7.12xlarge", 2, 48, 192, 175, 1900, true],
    ["g7.24xlarge", 4, 96, 384, 350, 3800, true],
    ["g7.48xlarge", 8, 192, 768, 700, 7600, true],
  ]),
  // NVIDIA RTX PRO 6000
  ...instanceTypeRows(aws("rtx-pro-6000-96gb", "g7e"), [
    ["g7e.2xlarge", 1, 8, 64, 50, 1900, false],
    ["g7e.4xlarge", 1, 16, 128, 50, 1900, false],
    ["g7e.8xlarge", 1, 32, 256, 100, 1900, true],
    ["g7e.12xlarge", 2, 48, 512, 400, 3800, true],
    ["g7e.24xlarge", 4, 96, 1024, 800, 7600, true],
    ["g7e.48xlarge", 8, 192, 2048, 1600, 15200, true],
  ]),
  // NVIDIA V100
  ...instanceTypeRows(aws("v100-sxm-16gb", "p3"), [
    ["p3.2xlarge", 1, 8, 61, 2.5, 0, false],
    ["p3.8xlarge", 4, 32, 244, 10, 0, false],
    ["p3.16xlarge", 8, 64, 488, 25, 0, false],
  ]),
  // NVIDIA V100 32 GB
  ...instanceTypeRows(aws("v100-sxm-32gb", "p3"), [
    ["p3dn.24xlarge", 8, 96, 768, 100, 1800, true],
  ]),
  // NVIDIA A100 40 GB
  ...instanceTypeRows(aws("a100-sxm-40gb", "p4"), [
    ["p4d.24xlarge", 8, 96, 1152, 400, 8000, true],
  ]),
  // NVIDIA A100 80 GB
  ...instanceTypeRows(aws("a100-sxm-80gb", "p4"), [
    ["p4de.24xlarge", 8, 96, 1152, 400, 8000, true],
  ]),
  // NVIDIA H100
  ...instanceTypeRows(aws("h100-sxm-80gb", "p5"), [
    ["p5.4xlarge", 1, 16, 256, 100, 3840, true],
    ["p5.48xlarge", 8, 192, 2048, 3200, 30720, true],
  ]),
  // NVIDIA H200
  ...instanceTypeRows(aws("h200-sxm-141gb", "p5"), [
    ["p5e.48xlarge", 8, 192, 2048, 3200, 30720, true, "sold as capacity blocks and spot; no on-demand price"],
    ["p5en.48xlarge", 8, 192, 2048, 3200, 30720, true],
  ]),
  // NVIDIA B200
  ...instanceTypeRows(aws("b200-sxm-180gb", "p6"), [
    ["p6-b200.48xlarge", 8, 192, 2048, 3200, 30720, true],
  ]),
  // NVIDIA B300
  ...instanceTypeRows(aws("b300-sxm-288gb", "p6"), [
    ["p6-b300.48xlarge", 8, 192, 4096, 6400, 30720, true],
  ]),
  // NVIDIA GB200
  ...instanceTypeRows(aws("gb200-186gb", "p6"), [
    ["p6e-gb200.36xlarge", 4, 144, 960, 3200, undefined, true, "one of 9 or 18 nodes of an UltraServer; sold as capacity blocks"],
  ]),
  // AWS Trainium
  ...instanceTypeRows(aws("trainium1", "trn1"), [
    ["trn1.2xlarge", 1, 8, 32, 3.125, 475, false],
    ["trn1.32xlarge", 16, 128, 512, 800, 7600, true],
    ["trn1n.32xlarge", 16, 128, 512, 1600, 7600, true],
  ]),
  // AWS Trainium 2
  ...instanceTypeRows(aws("trainium2", "trn2"), [
    ["trn2.3xlarge", 1, 12, 128, 200, 470, true],
    ["trn2.48xlarge", 16, 192, 2048, 3200, 7680, true],
  ]),
  // AWS Inferentia 2
  ...instanceTypeRows(aws("inferentia2", "inf2"), [
    ["inf2.xlarge", 1, 4, 16, 2.083, 0, false],
    ["inf2.8xlarge", 1, 32, 128, 16.667, 0, false],
    ["inf2.24xlarge", 6, 96, 384, 50, 0, false],
    ["inf2.48xlarge", 12, 192, 768, 100, 0, false],
  ]),
  // Intel Gaudi
  ...instanceTypeRows(aws("gaudi-32gb", "dl1"), [
    ["dl1.24xlarge", 8, 96, 768, 400, 4000, true],
  ]),
];
