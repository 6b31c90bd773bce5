/** What cannot be deployed is refused before anything is registered, by the path of what has to be changed. */
import { describe, expect, it } from "@jest/globals";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { type Attempt, refusalOf } from "./edited-plan";

const NOTHING = "nothing was registered:";

/** The first pool of a region, as it is written. */
function poolOf(plan: CapacityPlan, region: string): Record<string, unknown> {
  const pools = plan.fleet.regions[region]!.pools as Record<string, Record<string, unknown>>;
  return Object.values(pools)[0]!;
}

const JWT = JSON.stringify({
  issuer: "login.example.com",
  jwksUri: "https://login.example.com/keys",
  audiences: ["models"],
});

const aws = { example: "two-regions-aws", layer: "serving", place: "us-east-1" } as const;
const gcp = { example: "two-regions-gcp", layer: "serving", place: "us-east4" } as const;
const edge = { example: "two-regions-gcp", layer: "edge" } as const;

describe("a stack is refused", () => {
  it.each<[string, Attempt, readonly RegExp[]]>([
    [
      "without its plan",
      { ...aws, hasFile: false },
      [
        /^capplan:plan: cannot read stacks\/config\/two-regions-aws.plan.json \(ENOENT\); .*capplan size/,
      ],
    ],
    [
      "whose plan was edited",
      {
        ...aws,
        isSealed: false,
        edit: (plan) => {
          (plan.fleet.gateway as { replicas: number }).replicas = 9;
        },
      },
      [/^stacks\/config\/two-regions-aws.plan.json: fleet was edited after the plan was verified/],
    ],
    [
      "whose plan is another than the stack was written for",
      { ...aws, config: { "capplan:planDigest": "0".repeat(64) } },
      [/^capplan:planDigest: is 000000000000…, and .* another plan than the stack was written for/],
    ],
    [
      "that asks for a secret which no cloud keeps for it",
      { ...aws, config: { "capplan:cloudSecrets": '["certificate","redisUrl"]' } },
      [
        /^capplan:cloudSecrets\[1\]: invalid option: expected one of "certificate"\|"alertmanager"\|"client-keys"/,
      ],
    ],
    [
      "that asks nobody who they are, and limits tenants",
      { ...aws, config: { "capplan:isOpen": "true" } },
      [
        /^capplan:isOpen: must tell tenants apart, because limits of .* are per tenant, got "none"; ask for keys/,
      ],
    ],
    [
      "that is open, and takes tokens only",
      { ...gcp, config: { "capplan:isOpen": "true", "capplan:jwt": JWT } },
      [/^capplan:isOpen: must be false where capplan:jwt says whose tokens let clients in/],
    ],
    [
      "that keeps keys which nobody asks for",
      { ...gcp, config: { "capplan:cloudSecrets": '["client-keys"]', "capplan:jwt": JWT } },
      [/^capplan:cloudSecrets: must be without client-keys where capplan:jwt is set/],
    ],
    [
      "whose keys of tokens could be anybody's",
      { ...aws, config: { "capplan:jwt": JWT.replace("https", "http") } },
      [/^capplan:jwt.jwksUri: must be an address over HTTPS, got "http:/],
    ],
    [
      "whose clients are no block of addresses",
      { ...aws, config: { "capplan:sourceCidrs": '["203.0.113.7"]' } },
      [/^capplan:sourceCidrs\[0\]: must be an IPv4 block/],
    ],
    [
      "whose plan is of another schema",
      {
        ...aws,
        isSealed: false,
        edit: (plan) => {
          (plan as { schemaVersion: number }).schemaVersion = 99;
        },
      },
      [/^schemaVersion: this capplan reads plans of version 1, got 99/],
    ],
    [
      "in a region that no quota speaks of",
      {
        ...aws,
        layer: "foundation",
        edit: (plan) => {
          (plan as { limits: unknown }).limits = plan.limits.filter(
            ({ of, name }) => !(of === "us-east-1" && name === "acceleratorQuota"),
          );
        },
      },
      [
        /^limits: acceleratorQuota of us-east-1 says nothing of l40s-48gb on-demand/,
        /^limits: acceleratorQuota of us-east-1 says nothing of l40s-48gb spot/,
      ],
    ],
    [
      "with a breaker where routing is by an endpoint picker, which ignores it",
      {
        ...gcp,
        edit: (plan) => {
          (plan.fleet as { routing: unknown }).routing = { policy: "prefix-affinity" };
        },
      },
      [
        /^fleet.regions.us-east4.pools.qwen3-8b-g2-standard-8.circuitBreaker: must be left out for routing "inference"/,
      ],
    ],
    [
      "with retries that repeat half an answer",
      {
        ...aws,
        edit: (plan) => {
          (plan.fleet.retry as { retryOn: string[] }).retryOn = ["5xx"];
        },
      },
      [/^fleet.retry.retryOn\[0\]: 5xx would repeat an answer that is half sent/],
    ],
    [
      "with a timeout below the longest stream",
      {
        ...aws,
        edit: (plan) => {
          Object.assign(plan.fleet, {
            timeout: { connectTimeout: "500 ms", requestTimeout: "1 s" },
          });
        },
      },
      [/^fleet.timeout.requestTimeout: must be at least longestStreamSeconds \(\d+\), .* got 1/],
    ],
    [
      "that checks for Cloud DNS from two regions",
      { ...edge, config: { "capplan:sourceRegions": '["us-east4","europe-west4"]' } },
      [/^capplan:sourceRegions: must name exactly 3 regions, of which two decide/],
    ],
    [
      "with a pool that no instance type satisfies",
      {
        ...aws,
        layer: "foundation",
        edit: (plan) => {
          const pool = poolOf(plan, "us-east-1");
          delete pool["instanceType"];
          pool["accelerator"] = "l40s-48gb";
          pool["price"] = "$2";
        },
      },
      [/^fleet.regions.us-east-1.pools.l40s.instanceType: no instance type satisfies the pool/],
    ],
    [
      // components/observability/vllm-metrics.ts: the last boundary of a time to the first token.
      "with a promise that nothing can measure, and nobody who reads of it",
      {
        ...aws,
        config: { "capplan:runbookUrl": "wiki", "capplan:alertmanagerSecret": "Not A Name" },
        edit: (plan) => {
          const [{ objectives }] = plan.workloads as [(typeof plan.workloads)[number]];
          (objectives[0] as { limitSeconds: number }).limitSeconds = 2561;
        },
      },
      [
        /^workloads.assistant.slo.ttft.p95: must be at most 2560, .* got 2561/,
        /^capplan:runbookUrl: must be an address of the web .* got "wiki"/,
        /^capplan:alertmanagerSecret: must be a name of Kubernetes/,
      ],
    ],
    [
      "that goes to zero by what nobody measures without a replica",
      {
        ...aws,
        edit: (plan) => {
          const pool = poolOf(plan, "us-east-1");
          pool["replicas"] = { min: 0, max: 6, initial: 4 };
          Object.assign(pool["autoscaling"] as object, { metric: "request-rate", target: "2/s" });
        },
      },
      [/^fleet.regions.us-east-1.pools.l40s.replicas.min: 0 replicas show no request-rate/],
    ],
    [
      "with half-open replicas, which Envoy does not have",
      {
        ...aws,
        edit: (plan) => {
          const check = poolOf(plan, "us-east-1")["healthCheck"] as {
            passive: { halfOpenRequests?: number };
          };
          check.passive.halfOpenRequests = 2;
        },
      },
      [
        /^fleet.regions.us-east-1.pools.l40s.healthCheck.passive.halfOpenRequests: must be left out/,
      ],
    ],
    [
      "with what no resource does",
      {
        ...aws,
        edit: (plan) => {
          Object.assign(plan.fleet, {
            hedging: { after: "1 s" },
            draining: { timeout: "5 min", onLoss: "migrate" },
          });
        },
      },
      [
        /^fleet.hedging: a second attempt .* cannot be deployed/,
        /^fleet.draining.onLoss: .* cannot be deployed/,
      ],
    ],
    [
      "with a burst that no window of Envoy Gateway has",
      {
        ...aws,
        edit: (plan) => {
          const { rateLimit } = plan.fleet.admission as { rateLimit: { burst: string }[] };
          rateLimit[0]!.burst = "7 s";
        },
      },
      [/^fleet.admission.rateLimit\[0\].burst: must be 1 s, 1 min, 1 h or 1 d/],
    ],
    [
      "with limits over all processes and nobody who counts",
      { ...aws, config: { "capplan:redisUrl": undefined } },
      [/^capplan:redisUrl: the Redis is missing/],
    ],
    [
      "with another number of zones than was simulated",
      { ...aws, config: { "capplan:zones": '["us-east-1a"]' } },
      [/^capplan:zones: the replicas were spread over 3 zones in the simulation, got 1/],
    ],
    [
      "of a region that the plan does not have",
      { ...aws, config: { "capplan:place": "eu-west-1", "aws:region": "eu-west-1" } },
      [/^capplan:place: the plan has no region "eu-west-1"; it has us-east-1, us-west-2/],
    ],
    [
      "whose provider is of another region",
      { ...aws, config: { "aws:region": "us-west-2" } },
      [/^aws:region: is us-west-2, and the stack is of us-east-1/],
    ],
  ])("%s", async (_, attempt, expected) => {
    const [first, ...lines] = await refusalOf(attempt);
    expect(first).toBe(NOTHING);
    for (const line of expected) expect(lines).toContainEqual(expect.stringMatching(line));
  });

  it("with everything that is wrong with its configuration at once", async () => {
    const lines = await refusalOf({
      ...aws,
      config: {
        "capplan:domain": "Not A Domain",
        "capplan:engineImage": "docker.io/vllm/vllm-openai:latest",
        "capplan:weightsBuckets": "typing-error",
        "capplan:nat": "single",
        "capplan:weightsBucket": undefined,
      },
    });
    expect(lines).toEqual([
      NOTHING,
      "capplan:domain: must be a name of DNS, in lower case",
      "capplan:engineImage: must name an image by its digest, ending in @sha256: and 64 digits",
      "capplan:weightsBucket: is missing; pulumi config set capplan:weightsBucket …",
      'capplan:weightsBuckets: unknown key; did you mean "weightsBucket"?',
      "capplan:nat: is no key of layer serving, but of foundation; take it out",
    ]);
  });

  it("without a layer", async () => {
    const lines = await refusalOf({ ...aws, config: { "capplan:layer": undefined } });
    expect(lines[1]).toMatch(
      /^capplan:layer: must be one of foundation, serving, edge, got nothing/,
    );
  });

  it("of nothing, when everything is as the plan says", async () => {
    const lines = await refusalOf({ ...aws, layer: "foundation" });
    expect(lines[0]).toMatch(/^registered \d+ resources/);
  });
});
