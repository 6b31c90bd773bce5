/** A fleet whose replicas are chosen by endpoint pickers: what they need beside a gateway with breakers. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type EngineRun, ofType, only } from "../support/mini-engine/engine-run";
import { editedRuns } from "./edited-plan";
import { at, inputsOf, listOf, specOf } from "./read-resource";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

let foundation: EngineRun;
let serving: EngineRun;
beforeAll(async () => {
  const pickerImage = `ghcr.io/llm-d/llm-d-router-endpoint-picker@sha256:${"3".repeat(64)}`;
  const runs = await editedRuns(
    "development",
    ({ fleet }) => {
      for (const { pools } of Object.values(fleet.regions)) {
        // What no InferencePool is reached by.
        for (const pool of Object.values(pools ?? {}))
          delete (pool as { circuitBreaker?: unknown }).circuitBreaker;
      }
      Object.assign(fleet, {
        routing: { ...fleet.routing, policy: "prefix-affinity" },
        admission: { concurrency: 200, queue: { limit: 20, timeout: "5 s" } },
      });
    },
    { serving: { "capplan:pickerImage": pickerImage } },
  );
  [foundation, serving] = runs.map(({ run }) => run) as [EngineRun, EngineRun];
});

/** Everything that a resource waits for. */
function needsOf({ resources }: EngineRun, urn: string): ReadonlySet<string> {
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const found = new Set<string>();
  const visit = (one: string): void => {
    for (const needed of byUrn.get(one)?.dependencies ?? []) {
      if (found.has(needed)) continue;
      found.add(needed);
      visit(needed);
    }
  };
  visit(urn);
  return found;
}

describe("a fleet with endpoint pickers", () => {
  it("has the definition of its pools before the pools", () => {
    const pool = only(serving, "kubernetes:inference.networking.k8s.io/v1:InferencePool");
    const definition = only(serving, "kubernetes:yaml/v2:ConfigFile");
    const controller = ofType(serving, "kubernetes:helm.sh/v3:Release").find(({ name }) =>
      name.endsWith("-ai-gateway"),
    )!;
    expect(needsOf(serving, controller.urn)).toContain(definition.urn);
    expect(needsOf(serving, pool.urn)).toContain(controller.urn);
  });

  it("lets pickers reach the cluster's API, by its addresses and by that of its Service", () => {
    const ways = ofType(serving, POLICY).find(({ name }) => name.endsWith("-picker-ways"))!;
    const blocks = listOf(specOf(ways)["egress"])
      .flatMap((rule) => listOf(rule["to"]))
      .flatMap((peer) => at(peer, "ipBlock", "cidr") ?? []);
    const network = only(foundation, "aws:ec2/vpc:Vpc").inputs["cidrBlock"];
    expect(blocks).toEqual([network, "172.20.0.0/16"]);
  });

  it("has its pickers watched, and told of", () => {
    const monitors = ofType(serving, "kubernetes:monitoring.coreos.com/v1:PodMonitor");
    expect(monitors.map(({ name }) => name)).toContain("development-use1-pickers");
    const rules = only(serving, "kubernetes:monitoring.coreos.com/v1:PrometheusRule");
    expect(JSON.stringify(rules.inputs)).toContain("CapplanPoolEmpty");
  });

  it("has system nodes for them, since each takes half a node", () => {
    const group = only(foundation, "aws:eks/nodeGroup:NodeGroup");
    // Two processes of the gateway, two pickers of the one model, and one to spare.
    expect(at(inputsOf(group), "scalingConfig", "minSize")).toBe(5);
  });

  it("passes on to engines what clients may call, to all what DNS asks, and not their metrics", () => {
    const route = only(serving, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute");
    const paths = listOf(specOf(route)["rules"])
      .flatMap((rule) => listOf(rule["matches"]))
      .map((match) => at(match, "path"));
    expect(paths).toEqual([
      { type: "PathPrefix", value: "/v1" },
      { type: "Exact", value: "/health" },
    ]);
  });
});
