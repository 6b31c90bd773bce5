/** Fleets of replicas that talk to each other which cannot be deployed as they were simulated: each says what to change. */
import { describe, expect, it } from "@jest/globals";
import { configured, refusalLines } from "./edited-plan";
import { exampleFile } from "./examples";
import { stacksOf } from "./fleets";
import { PLANNED_FLEETS, planned } from "./planned-fleets";

interface PlannedAttempt {
  readonly fleet: "phases-aws" | "phases-gcp" | "spanning-aws";
  /** What is otherwise in the scenario, as in `--set`. */
  readonly set?: readonly string[];
  /** Keys of the configuration to be replaced. @default - none */
  readonly config?: Readonly<Record<string, string | undefined>>;
  readonly layer?: "foundation" | "serving";
}

async function refusal(attempt: PlannedAttempt): Promise<readonly string[]> {
  const { fleet: name, set = [], config = {}, layer = "serving" } = attempt;
  const fleet = PLANNED_FLEETS.find((one) => one.name === name)!;
  const plan = await planned(fleet.scenario, set);
  const stack = stacksOf(fleet, plan).find((one) => one.layer === layer)!;
  const file = exampleFile(fleet, "plan.json");
  return await refusalLines({ ...stack, config: configured(stack, config) }, file, plan);
}

const AWS = "fleet.regions.us-east-1";
const GCP = "fleet.regions.us-central1";

describe("a fleet is refused", () => {
  it.each<[string, PlannedAttempt, readonly RegExp[]]>([
    [
      "whose phases are chosen by Envoy, which chooses one replica",
      {
        fleet: "phases-aws",
        set: ["fleet.routing.policy=power-of-two", "workloads.chat.slo={ttft: {p95: 5 s}}"],
        layer: "foundation",
      },
      [
        /^fleet\.routing\.policy: routing power-of-two to prefill and decode apart cannot be deployed; .*prefix-affinity or least-kv/,
      ],
    ],
    [
      "with a breaker before an endpoint picker, which it does not reach",
      { fleet: "phases-aws", set: ["fleet.circuitBreaker={maxParallelRequests: 64}"] },
      [
        /^fleet\.regions\.us-east-1\.pools\.read\.circuitBreaker: must be left out for routing "inference"/,
      ],
    ],
    [
      "without the images of picker and sidecar",
      {
        fleet: "phases-aws",
        config: { "capplan:pickerImage": undefined, "capplan:sidecarImage": undefined },
      },
      [
        /^capplan:pickerImage: the image .* is missing/,
        /^capplan:sidecarImage: the image of the sidecar is missing/,
      ],
    ],
    [
      "over several zones with a network that does not leave one",
      { fleet: "phases-aws", set: [`${AWS}.zones=3`], layer: "foundation" },
      [
        /^fleet\.regions\.us-east-1\.zones: the replicas were spread over 3 zones, .*; use 1 and size again/,
      ],
    ],
    [
      "whose KV caches were sent faster than a replica's share of its network",
      { fleet: "phases-aws", set: [`${AWS}.pools.read.kvTransfer={bandwidth: 300 GB/s}`] },
      // Half of 3,200 Gb/s, and all of it at the other end.
      [
        /^fleet\.regions\.us-east-1\.pools\.read\.kvTransfer\.bandwidth: 300 GB\/s were simulated, and a replica of us-east-1\/read has 200 GB\/s on p5\.48xlarge; use 200 GB\/s or less, and size again$/,
      ],
    ],
    [
      "whose KV caches were sent faster than the slower end takes them",
      { fleet: "phases-gcp", set: [`${GCP}.pools.read.kvTransfer={bandwidth: 20 Gbps}`] },
      // 16 Gb/s of g2-standard-8, whose one accelerator has all of it.
      [
        /pools\.read\.kvTransfer\.bandwidth: 2\.5 GB\/s were simulated, and a replica of us-central1\/burst has 2 GB\/s over TCP on g2-standard-8/,
      ],
    ],
    [
      "on Google Cloud with a network of GPUs that pods do not use",
      {
        fleet: "phases-gcp",
        set: [`${GCP}.pools.read.instanceType=a3-highgpu-8g`],
        layer: "foundation",
      },
      [
        /^fleet\.regions\.us-central1\.pools\.read\.instanceType: how fast pods on a3-highgpu-8g reach each other .* is not known/,
      ],
    ],
    [
      "with replicas that do both phases beside those that do one",
      {
        fleet: "phases-gcp",
        set: [
          `${GCP}.pools.both={model: llama-3.1-8b-instruct, instanceType: g2-standard-8, replicas: 1, engine: {maxContext: 8k}}`,
        ],
      },
      [
        /^fleet\.regions\.us-central1\.pools\.both\.role: a unified pool beside us-central1\/read, .* cannot be deployed/,
      ],
    ],
    [
      "whose engines do not read each other's KV cache",
      { fleet: "phases-gcp", set: [`${GCP}.pools.write.engine.maxContext=4k`] },
      [
        /^fleet\.regions\.us-central1\.pools\.write\.engine\.maxContextTokens: must be as in prefill\.read \(8000\), got 4000/,
      ],
    ],
    [
      "whose messages would pass the endpoint picker by",
      {
        fleet: "phases-gcp",
        set: ["workloads.chat.delivery=queue", "workloads.chat.slo={e2e: {p99: 60 s}}"],
      },
      [
        /^workloads\.chat\.delivery: a queue in front of llama-3\.1-8b-instruct, .* cannot be deployed; .*deliver directly/,
      ],
    ],
    [
      "whose replicas span nodes without a network between GPUs",
      {
        fleet: "spanning-aws",
        set: [
          `${AWS}.pools.small.instanceType=g6e.12xlarge`,
          `${AWS}.pools.small.engine={tensorParallel: 4, pipelineParallel: 2, maxContext: 8k}`,
        ],
        layer: "foundation",
      },
      [
        /^fleet\.regions\.us-east-1\.pools\.small\.instanceType: a replica spans 2 nodes of g6e\.12xlarge, .*; use one of p4d\.24xlarge/,
      ],
    ],
    [
      "whose decode replicas span nodes, which no sidecar is made for",
      {
        fleet: "phases-aws",
        set: [
          `${AWS}.pools.write.engine={tensorParallel: 8, pipelineParallel: 2, quantization: fp8, maxContext: 16k}`,
        ],
      },
      [
        /^fleet\.regions\.us-east-1\.pools\.write\.engine: must fit on one node of 8 GPUs, where its sidecar is, got "16 GPUs"/,
      ],
    ],
  ])("%s", async (_, attempt, expected) => {
    const [first, ...lines] = await refusal(attempt);
    expect(first).toBe("nothing was registered:");
    for (const line of expected) expect(lines).toContainEqual(expect.stringMatching(line));
  });

  it("of none, when it is as was planned", async () => {
    const [first] = await refusal({ fleet: "phases-aws", layer: "foundation" });
    expect(first).toMatch(/^registered \d+ resources/);
  });
});
