/**
 * The scenarios that come with the package, by name. Their text is in `planner/scenarios/`; files are read in `bin/`,
 * never here.
 */

export interface BuiltInScenario {
  readonly name: string;
  readonly description: string;
  /** From the root of the package. */
  readonly file: string;
}

/** In the order in which they are listed: the one to begin with first. */
export const builtInScenarios: readonly BuiltInScenario[] = [
  builtIn(
    "support-assistant",
    "three regions, two clouds, two models, mixed GPUs, a spike, tenants",
  ),
  builtIn("chat-single-h100", "one model on one H100"),
  builtIn("code-completion", "long prompts, short answers, shared prefixes, prefix affinity"),
  builtIn("prefill-decode-split", "prompts and answers in separate pools, KV over the network"),
  builtIn(
    "mixed-hardware-cheapest-first",
    "L4, L40S and H100 for one model, the cheapest with room",
  ),
  builtIn("mixture-of-experts", "DeepSeek-R1 on eight H200, whole experts, drafted tokens"),
];

function builtIn(name: string, description: string): BuiltInScenario {
  return { name, description, file: `planner/scenarios/${name}.yaml` };
}
