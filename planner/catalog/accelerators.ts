/**
 * All accelerators of the catalog. The rows stand in one file per vendor and generation; rates and
 * links come from the sources that each row names.
 *
 * `memoryBytes` is the total that the runtime reports (cudaMemGetInfo, hipMemGetInfo), because that
 * is what `gpuMemoryUtilization` multiplies: less than nvidia-smi shows (an H200 is 143,771 MiB
 * there, 139.8 GiB here) and far less than the vendor's figure. It is read off the out-of-memory
 * messages that users publish, which name it to 0.01 GiB; drivers differ by up to 0.2 GiB. Rows
 * where no such message was seen list it in `uncertain`.
 */
import { amdIntelAccelerators } from "./accelerators-amd-intel";
import { googleAwsAccelerators } from "./accelerators-google-aws";
import { nvidiaHopperBlackwell } from "./accelerators-nvidia-hopper-blackwell";
import { nvidiaTuringToAda } from "./accelerators-nvidia-turing-to-ada";
import type { AcceleratorSpec } from "./specs";

export const accelerators: readonly AcceleratorSpec[] = [
  ...nvidiaTuringToAda,
  ...nvidiaHopperBlackwell,
  ...amdIntelAccelerators,
  ...googleAwsAccelerators,
];
