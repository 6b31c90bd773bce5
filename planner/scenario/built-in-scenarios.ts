/**
 * The scenarios that come with the package, by name. Their text is in `planner/scenarios/`; files are read in `bin/`,
 * never here.
 */

export interface BuiltInScenario {
  readonly name: string;
  readonly description: string;
  /** From the root of the package. */
  readonly file: string;
  /** It has no pools: `capplan size` finds them, and nothing else can be done with it. */
  readonly isToBeSized: boolean;
}

/** In the order in which they are listed: the one to begin with first. */
export const builtInScenarios: readonly BuiltInScenario[] = [
  builtIn(
    "support-assistant",
    "three regions, two clouds, two models, mixed GPUs, a spike, tenants",
  ),
  {
    ...builtIn(
      "three-region-sizing",
      "no pools yet: four workloads, three regions, any of which may be lost; for capplan size",
    ),
    isToBeSized: true,
  },
  builtIn("chat-single-h100", "one model on one H100"),
  builtIn("code-completion", "long prompts, short answers, shared prefixes, prefix affinity"),
  builtIn("prefill-decode-split", "prompts and answers in separate pools, KV over the network"),
  builtIn(
    "mixed-hardware-cheapest-first",
    "L4, L40S and H100 for one model, the cheapest with room",
  ),
  builtIn("mixture-of-experts", "DeepSeek-R1 on eight H200, whole experts, drafted tokens"),
  builtIn("retry-storm", "an outage of a minute, client retries, breaker and retry budget"),
  builtIn(
    "region-loss",
    "one of three regions lost at the peak, headroom where DNS sends its clients",
  ),
  builtIn("dns-ttl", "a region lost, and how long clients go on asking it"),
  builtIn(
    "launch-spike",
    "three times the traffic, cold starts of eight minutes, predictive scaling",
  ),
  builtIn("spot-share", "half of the replicas on spot capacity, and a wave of reclaims"),
  builtIn(
    "overload-fallback",
    "more than a large model can follow, a light one answers in its place",
  ),
];

function builtIn(name: string, description: string): BuiltInScenario {
  return { name, description, file: `planner/scenarios/${name}.yaml`, isToBeSized: false };
}
