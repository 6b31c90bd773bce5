/** Every lesson, in the order of the index: the one to begin with first. */
import type { Lesson } from "./lesson";
import { dnsTtl } from "./lessons/dns-ttl";
import { launchSpike } from "./lessons/launch-spike";
import { overloadFallback } from "./lessons/overload-fallback";
import { regionLoss } from "./lessons/region-loss";
import { retryStorm } from "./lessons/retry-storm";
import { spotShare } from "./lessons/spot-share";

export const lessons: readonly Lesson[] = [
  retryStorm,
  regionLoss,
  dnsTtl,
  launchSpike,
  spotShare,
  overloadFallback,
];
