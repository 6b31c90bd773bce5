/**
 * What is simulated is deployed, of replicas that talk to each other: the phases and how many replicas each has, how a
 * request gets to both, how a KV cache gets over, and the nodes that a replica spans, read back out of the resources of the
 * planned fleets as Kubernetes, the endpoint picker and vLLM read them. Nothing of stacks/derive is used.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import {
  fleetOfPlan,
  type ResolvedFleet,
  type ResolvedPool,
} from "../../planner/plan/fleet-of-plan";
import { type EngineRun, ofType } from "../support/mini-engine/engine-run";
import {
  acceleratorsOf,
  engineFlags,
  forEachRegion,
  isSelected,
  LEADER_WORKER_SET,
  nameOf,
  nodesOf,
  podsOfPool,
  runOfStack,
  workloadOf,
} from "./deployed-workloads";
import { FLEETS } from "./fleets";
import { PLANNED_FLEETS } from "./planned-fleets";
import { at, inputsOf, type Json, listOf, seconds, specOf, textOf } from "./read-resource";
import type { StackRun } from "./run-example";

const INFERENCE_POOL = "kubernetes:inference.networking.k8s.io/v1:InferencePool";
/**
 * Network cards of types with EFA between GPUs (docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html: 3,200
 * Gb/s are 32 cards of 100 on P5, and 16 of 200 on P5en).
 */
const NETWORK_CARDS: Readonly<Record<string, number>> = { "p5.48xlarge": 32, "p5en.48xlarge": 16 };

const planned = FLEETS.filter(({ name }) => PLANNED_FLEETS.some((one) => one.name === name));

describe.each(planned)("the replicas of $name", (deployed) => {
  let fleet: ResolvedFleet;
  let runs: readonly StackRun[];
  beforeAll(async () => {
    fleet = fleetOfPlan(await deployed.plan());
    runs = await deployed.putUp();
  });
  const runOf = (layer: string, place: string): EngineRun => runOfStack(runs, layer, place);
  const eachRegion = (look: (region: string, pools: readonly ResolvedPool[]) => void): void =>
    forEachRegion(fleet, look);

  it("have replicas that span as many nodes as were simulated, which reach each other as fast", () => {
    eachRegion((region, pools) => {
      const run = runOf("serving", region);
      const spanning = pools.filter((pool) => nodesOf(pool) > 1);
      expect(ofType(run, LEADER_WORKER_SET)).toHaveLength(spanning.length);
      const charts = ofType(run, "kubernetes:helm.sh/v3:Release").map(
        ({ inputs }) => inputs["name"],
      );
      expect(charts.includes("lws")).toBe(spanning.length > 0);
      for (const pool of spanning) {
        const workload = workloadOf(run, pool);
        expect(specOf(workload)["leaderWorkerTemplate"]!["size"]).toBe(nodesOf(pool));
        const [leader, worker] = podsOfPool(run, pool);
        expect(engineFlags(worker!["spec"]!).args).toContain("--headless");
        // A worker answers nobody: no Service of its model may choose it.
        const services = ofType(run, "kubernetes:core/v1:Service").map((one) =>
          at(specOf(one), "selector"),
        );
        const choosing = (pod: Json) =>
          services.filter((selector) => isSelected(selector, pod["metadata"]!["labels"])).length;
        expect([choosing(leader!), choosing(worker!)]).toEqual([2, 0]);
      }
      for (const pool of pools.filter((one) => nodesOf(one) > 1 || one.role !== "unified")) {
        const adapters = podsOfPool(run, pool).map((pod) =>
          at(listOf(pod["spec"]!["containers"])[0], "resources", "limits", "vpc.amazonaws.com/efa"),
        );
        const cards = NETWORK_CARDS[pool.instanceType!.name];
        const share = Math.min(1, acceleratorsOf(pool) / pool.instanceType!.acceleratorCount);
        const wanted = cards === undefined ? undefined : String(cards * share);
        expect(adapters).toEqual(adapters.map(() => wanted));
        if (cards === undefined) continue;
        expect(charts).toContain("efa-device-plugin");
        const nodeClasses = ofType(
          runOf("foundation", region),
          "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
        );
        const ofPool = nodeClasses.filter(({ inputs }) =>
          JSON.stringify(inputs).includes(`"${pool.name.split("/")[1]}-`),
        );
        expect(ofPool.length).toBeGreaterThan(0);
        for (const nodeClass of ofPool) {
          const interfaces = listOf(specOf(nodeClass)["networkInterfaces"]);
          const types = interfaces.map(({ interfaceType }) => textOf(interfaceType));
          expect(types.filter((type) => type === "efa-only")).toHaveLength(cards);
        }
      }
    });
  });

  it("have the phases that were simulated: who reads, who writes, how many of each, and how KV gets over", () => {
    eachRegion((region, pools) => {
      const run = runOf("serving", region);
      const phases = pools.filter(({ role }) => role !== "unified");
      const models = new Set(phases.map(({ model }) => model.name));
      const disaggregated = ofType(run, INFERENCE_POOL);
      expect(disaggregated).toHaveLength(models.size);
      if (phases.length === 0) return;
      const counts = { prefill: 0, decode: 0 };
      for (const pool of phases) {
        const role = pool.role as keyof typeof counts;
        const [pod] = podsOfPool(run, pool);
        const { labels } = pod!["metadata"]! as Json;
        expect(labels!["llm-d.ai/role"]).toBe(role);
        expect(isSelected(at(specOf(disaggregated[0]!), "selector", "matchLabels"), labels)).toBe(
          true,
        );
        counts[role] += Number(specOf(workloadOf(run, pool))["replicas"]);
        const transfer = JSON.parse(engineFlags(pod!["spec"]!).flag("kv-transfer-config")!);
        expect(transfer.kv_role).toBe({ prefill: "kv_producer", decode: "kv_consumer" }[role]);
        // What is lost on the way was lost in the simulation too.
        expect(transfer.kv_load_failure_policy).toBe("fail");
        const hasCards = phases.every(({ instanceType }) => instanceType!.name in NETWORK_CARDS);
        expect(transfer.kv_connector_extra_config.backends).toEqual([
          hasCards ? "LIBFABRIC" : "UCX",
        ]);
        const sidecars = listOf(pod!["spec"]!["initContainers"]).filter(
          (container) => textOf(container["name"]) === "router",
        );
        expect(sidecars).toHaveLength(role === "decode" ? 1 : 0);
      }
      const planned = (role: string) =>
        phases.filter((pool) => pool.role === role).reduce((sum, pool) => sum + pool.replicas, 0);
      expect(counts).toEqual({ prefill: planned("prefill"), decode: planned("decode") });
      const engines = ofType(run, "kubernetes:networking.k8s.io/v1:NetworkPolicy").filter(
        (policy) => nameOf(policy) === "engines",
      );
      expect(engines).toHaveLength(1);
      const files = ofType(run, "kubernetes:core/v1:ConfigMap").map((one) =>
        at(inputsOf(one), "data", "picker.yaml"),
      );
      const [file] = files.filter((one) => one !== undefined);
      const picker = JSON.parse(textOf(file)) as Json;
      const plugin = (type: string) =>
        listOf(picker["plugins"]).find((one) => textOf(one["type"]) === type)?.["parameters"];
      // 0 would be never, and 1 is every prompt.
      expect(plugin("prefix-based-pd-decider")).toEqual({ nonCachedTokens: 1 });
      const profiles = listOf(picker["schedulingProfiles"]).map(({ name }) => textOf(name));
      expect(profiles.toSorted()).toEqual(["decode", "prefill"]);
      const { maxConcurrency, queueLimit, queueTimeoutSeconds } = fleet.policies.admission!;
      const most = phases.reduce((sum, pool) => sum + pool.replicasMax, 0);
      const letIn = Number(plugin("concurrency-detector")!["maxConcurrency"]) * most;
      expect(letIn).toBeGreaterThanOrEqual(maxConcurrency);
      expect(letIn).toBeLessThan(maxConcurrency + most);
      expect(Number(picker["flowControl"]!["maxRequests"])).toBe(queueLimit);
      expect(seconds(picker["flowControl"]!["defaultRequestTTL"])).toBe(queueTimeoutSeconds);
    });
  });
});
