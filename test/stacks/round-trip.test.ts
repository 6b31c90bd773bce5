/**
 * What is simulated is deployed: breaker, retry, health check, timeout, queue, autoscaling, failover, replica and engine
 * numbers are read back out of the resources of each example, and compared with the policies that the simulator ran.
 * Nothing of stacks/derive is used: resources are read as Envoy, KEDA, Kubernetes and the clouds read them.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import {
  fleetOfPlan,
  type ResolvedFleet,
  type ResolvedPool,
} from "../../planner/plan/fleet-of-plan";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { parseDurationMs } from "../components/gateway/parse-duration";
import { type EngineRun, ofType, only } from "../support/mini-engine/engine-run";
import { EXAMPLES, examplePlan } from "./examples";
import { putUp, type StackRun } from "./run-example";

/** What Envoy takes for no limit. */
const UNLIMITED = 2 ** 32 - 1;

type Json = { readonly [key: string]: Json } & readonly Json[] & string & number & boolean;

const spec = (resource: { readonly inputs: Readonly<Record<string, unknown>> }): Json =>
  resource.inputs["spec"] as Json;
/** What is at a path; undefined where it ends early. */
const at = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((one, key) => one?.[key], value);
const seconds = (text: Json | undefined): number | undefined =>
  text === undefined ? undefined : parseDurationMs(text) / 1000;
const orNone = (value: number | undefined): number | undefined =>
  value === Number.POSITIVE_INFINITY ? undefined : value;

describe.each(EXAMPLES)("what is deployed of $name", (example) => {
  let plan: CapacityPlan;
  let fleet: ResolvedFleet;
  let runs: readonly StackRun[];
  beforeAll(async () => {
    plan = examplePlan(example);
    fleet = fleetOfPlan(plan);
    runs = await putUp(example);
  });

  const runOf = (layer: string, place: string): EngineRun =>
    runs.find(({ stack }) => stack.layer === layer && stack.place === place)!.run;
  const eachRegion = (look: (region: string, pools: readonly ResolvedPool[]) => void): void => {
    fleet.regions.forEach(({ name }, index) => {
      look(
        name,
        fleet.pools.filter(({ regionIndex }) => regionIndex === index),
      );
    });
  };
  /** The policy, and the pools that it is for, of each model of each region. */
  const eachRoute = (look: (policy: Json, pools: readonly ResolvedPool[]) => void): void => {
    eachRegion((region, pools) => {
      const policies = ofType(
        runOf("serving", region),
        "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy",
      );
      const direct = new Set(
        plan.workloads.filter(({ delivery }) => delivery === "direct").map(({ model }) => model),
      );
      const models = [...new Set(pools.map(({ model }) => model.name))].filter((model) =>
        direct.has(model),
      );
      expect(policies).toHaveLength(models.length);
      for (const model of models) {
        const word = model.replace(/[^a-z0-9]/g, "-");
        const policy = policies.find(({ name }) => name.includes(word))!;
        look(
          spec(policy),
          pools.filter((pool) => pool.model.name === model),
        );
      }
    });
  };

  it("has as many gateway processes as were simulated", () => {
    eachRegion((region) => {
      const proxy = only(
        runOf("serving", region),
        "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy",
      );
      const { replicas } = spec(proxy)["provider"]!["kubernetes"]!["envoyDeployment"]! as Json;
      expect(replicas).toBe(fleet.policies.gateway.replicas);
    });
  });

  it("has breakers whose processes together let in what was simulated", () => {
    const processes = fleet.policies.gateway.replicas;
    let compared = 0;
    eachRoute((policy, pools) => {
      const breaker = policy["circuitBreaker"]!;
      for (const key of ["maxConnections", "maxPendingRequests", "maxParallelRequests"] as const) {
        const whole = pools.map(({ circuitBreaker }) => circuitBreaker?.[key] ?? Infinity);
        const share = whole.reduce((sum, one) => sum + Math.ceil(one / processes), 0);
        expect(breaker[key]).toBe(share === Infinity ? UNLIMITED : share);
        compared += 1;
      }
      const budget = pools[0]!.circuitBreaker?.retryBudget;
      if (budget === undefined) {
        expect(breaker["retryBudget"]).toBeUndefined();
        const retries = pools.map(({ circuitBreaker }) => circuitBreaker?.maxParallelRetries);
        const share = retries.reduce<number>(
          (sum, one) => sum + Math.ceil((one ?? Infinity) / processes),
          0,
        );
        expect(breaker["maxParallelRetries"]).toBe(share === Infinity ? UNLIMITED : share);
      } else {
        const { percent, minRetryConcurrency } = breaker["retryBudget"]!;
        expect(percent!["numerator"]! / percent!["denominator"]!).toBeCloseTo(budget.share, 9);
        expect(minRetryConcurrency).toBe(
          pools.length * Math.ceil(budget.minRetryConcurrency / processes),
        );
      }
    });
    expect(compared).toBeGreaterThan(0);
  });

  it("has the retries, ejections, checks and timeouts that were simulated", () => {
    const { retry, timeout, admission } = fleet.policies;
    eachRoute((policy, [pool]) => {
      expect(policy["retry"]?.["numRetries"]).toBe(retry?.numRetries);
      expect(at(policy, "retry", "retryOn", "triggers")).toEqual(retry?.retryOn);
      const backOff = at(policy, "retry", "perRetry", "backOff");
      expect(seconds(backOff?.["baseInterval"])).toBe(retry?.baseIntervalSeconds);
      expect(seconds(backOff?.["maxInterval"])).toBe(retry?.maxIntervalSeconds);
      expect(seconds(at(policy, "retry", "perRetry", "timeout"))).toBe(
        orNone(retry?.perRetryTimeoutSeconds),
      );
      const { passive, active, panicThreshold } = pool!.healthCheck;
      const check = policy["healthCheck"]!;
      expect(check["panicThreshold"]! / 100).toBeCloseTo(panicThreshold, 9);
      expect(check["passive"]?.["consecutive5XxErrors"]).toBe(passive?.consecutive5XxErrors);
      expect(seconds(check["passive"]?.["interval"])).toBe(passive?.intervalSeconds);
      expect(seconds(check["passive"]?.["baseEjectionTime"])).toBe(passive?.baseEjectionSeconds);
      if (passive !== undefined) {
        const { maxEjectionPercent, alwaysEjectOneEndpoint } = check["passive"]!;
        expect(maxEjectionPercent! / 100).toBeCloseTo(passive.maxEjectionShare, 9);
        expect(alwaysEjectOneEndpoint).toBe(passive.alwaysEjectOneEndpoint);
      }
      expect(seconds(check["active"]?.["interval"])).toBe(active?.intervalSeconds);
      expect(seconds(check["active"]?.["timeout"])).toBe(active?.timeoutSeconds);
      expect(check["active"]?.["unhealthyThreshold"]).toBe(active?.unhealthyThreshold);
      expect(check["active"]?.["healthyThreshold"]).toBe(active?.healthyThreshold);
      const { tcp, http } = policy["timeout"]!;
      expect(seconds(tcp!["connectTimeout"])).toBe(timeout.connectSeconds);
      // 0 s is none.
      expect(seconds(http!["requestTimeout"])).toBe(orNone(timeout.requestSeconds) ?? 0);
      expect(seconds(http!["streamIdleTimeout"])).toBe(orNone(timeout.streamIdleSeconds) ?? 0);
      expect(seconds(http!["maxStreamDuration"])).toBe(orNone(timeout.maxStreamSeconds));
      const control = admission?.admissionControl;
      expect(policy["admissionControl"]?.["minSuccessRate"]).toBe(
        control && control.minSuccessRate * 100,
      );
      expect(policy["admissionControl"]?.["maxRejectionPercent"]).toBe(
        control && control.maxRejectionShare * 100,
      );
      const rules = at(policy, "rateLimit", "global", "rules") ?? [];
      expect(rules.map((rule: Json) => rule["limit"])).toEqual(
        (admission?.rateLimit ?? []).map(({ perSecond }) => ({
          requests: perSecond,
          unit: "Second",
        })),
      );
    });
  });

  it("has the replicas, their bounds, and what moves them, as simulated", () => {
    eachRegion((region, pools) => {
      const run = runOf("serving", region);
      const deployments = ofType(run, "kubernetes:apps/v1:Deployment");
      const scalers = ofType(run, "kubernetes:keda.sh/v1alpha1:ScaledObject");
      expect(deployments).toHaveLength(pools.length);
      for (const pool of pools) {
        const deployment = deployments.find(({ inputs }) => isOf(pool, inputs))!;
        expect(spec(deployment)["replicas"]).toBe(pool.replicas);
        const scaler = scalers.find(({ inputs }) => isOf(pool, inputs));
        const { autoscaling } = pool;
        expect(scaler === undefined).toBe(autoscaling === undefined);
        if (scaler === undefined || autoscaling === undefined) continue;
        const scaled = spec(scaler);
        expect(scaled["minReplicaCount"]).toBe(pool.replicasMin);
        expect(scaled["maxReplicaCount"]).toBe(pool.replicasMax);
        expect(scaled["pollingInterval"]).toBe(autoscaling.pollingIntervalSeconds);
        expect(Number(scaled["triggers"]![0]!["metadata"]!["threshold"])).toBe(autoscaling.target);
        const { behavior } = scaled["advanced"]!["horizontalPodAutoscalerConfig"]! as Json;
        for (const side of ["scaleUp", "scaleDown"] as const) {
          const rules = autoscaling[side];
          const { policies, stabilizationWindowSeconds } = behavior![side]! as Json;
          const value = (type: string) =>
            policies!.find((policy: Json) => policy["type"] === type)?.["value"];
          expect(stabilizationWindowSeconds).toBe(rules.stabilizationWindowSeconds);
          expect(value("Pods")).toBe(orNone(rules.pods));
          expect(value("Percent")).toBe(orNone(rules.share * 100));
          for (const policy of policies!) expect(policy["periodSeconds"]).toBe(rules.periodSeconds);
        }
      }
    });
  });

  it("has engines with the settings that were simulated, that drain as long", () => {
    eachRegion((region, pools) => {
      const deployments = ofType(runOf("serving", region), "kubernetes:apps/v1:Deployment");
      for (const pool of pools) {
        const { engine } = pool;
        const pod = spec(deployments.find(({ inputs }) => isOf(pool, inputs))!)["template"]![
          "spec"
        ]!;
        const [container] = pod["containers"]!;
        const flag = (name: string): string | undefined =>
          container!
            ["args"]!.find((arg: string) => arg.startsWith(`--${name}=`))
            ?.slice(name.length + 3);
        expect(Number(flag("max-num-seqs"))).toBe(engine.maxSequences);
        expect(Number(flag("max-num-batched-tokens"))).toBe(engine.maxBatchedTokens);
        expect(Number(flag("max-model-len"))).toBe(engine.maxContextTokens);
        expect(Number(flag("tensor-parallel-size"))).toBe(engine.tensorParallel);
        expect(Number(flag("gpu-memory-utilization"))).toBe(engine.gpuMemoryUtilization);
        expect(container!["args"]!.includes("--enable-prefix-caching")).toBe(engine.prefixCaching);
        const gpus = engine.tensorParallel * engine.pipelineParallel * engine.dataParallel;
        expect(Number(container!["resources"]!["limits"]!["nvidia.com/gpu"])).toBe(gpus);
        expect(pod["terminationGracePeriodSeconds"]).toBeGreaterThanOrEqual(
          fleet.policies.draining.timeoutSeconds,
        );
      }
    });
  });

  it("has nodes for the most replicas, and not one more", () => {
    eachRegion((region, pools) => {
      const run = runOf("foundation", region);
      const karpenter = ofType(run, "kubernetes:karpenter.sh/v1:NodePool").map((one) =>
        Number(spec(one)["limits"]!["nvidia.com/gpu"]),
      );
      const gke = ofType(run, "gcp:container/nodePool:NodePool").flatMap(({ inputs }) => {
        const { nodeConfig, autoscaling } = inputs as unknown as Json;
        const gpus = at(nodeConfig, "guestAccelerators", "0", "count");
        return gpus === undefined ? [] : [gpus * autoscaling!["totalMaxNodeCount"]!];
      });
      const deployed = [...karpenter, ...gke].reduce((sum, one) => sum + one, 0);
      const planned = pools.reduce((sum, pool) => {
        const { tensorParallel, pipelineParallel, dataParallel } = pool.engine;
        const perNode = pool.instanceType!.acceleratorCount;
        const perReplica = tensorParallel * pipelineParallel * dataParallel;
        const nodes = Math.ceil(pool.replicasMax / Math.floor(perNode / perReplica));
        return sum + nodes * perNode;
      }, 0);
      expect(deployed).toBe(planned);
    });
  });

  it("has queues with the limits that were simulated", () => {
    const isQueued = plan.workloads.some(({ delivery }) => delivery === "queue");
    const { queue } = fleet.policies;
    eachRegion((region) => {
      const run = runOf("foundation", region);
      const sqs = ofType(run, "aws:sqs/queue:Queue").filter(({ urn }) => /RequestQueue/.test(urn));
      const pubsub = ofType(run, "gcp:pubsub/subscription:Subscription");
      expect(sqs.length + pubsub.length).toBe(isQueued ? 2 : 0);
      for (const { inputs } of pubsub) {
        const { deadLetterPolicy, ackDeadlineSeconds, messageRetentionDuration } =
          inputs as unknown as Json;
        const isDeadLetters = deadLetterPolicy === undefined;
        expect(messageRetentionDuration).toBe(
          `${isDeadLetters ? queue.deadLetterRetentionSeconds : queue.retentionSeconds}s`,
        );
        if (isDeadLetters) continue;
        expect(ackDeadlineSeconds).toBe(queue.visibilityTimeoutSeconds);
        expect(deadLetterPolicy!["maxDeliveryAttempts"]).toBe(queue.maxReceiveCount);
      }
      for (const { inputs } of sqs) {
        const { redrivePolicy, messageRetentionSeconds, visibilityTimeoutSeconds } =
          inputs as unknown as Json;
        const isDeadLetters = redrivePolicy === undefined;
        expect(messageRetentionSeconds).toBe(
          isDeadLetters ? queue.deadLetterRetentionSeconds : queue.retentionSeconds,
        );
        if (isDeadLetters) continue;
        expect(visibilityTimeoutSeconds).toBe(queue.visibilityTimeoutSeconds);
        expect(JSON.parse(redrivePolicy).maxReceiveCount).toBe(queue.maxReceiveCount);
      }
    });
  });

  it("has names that fail over as was simulated", () => {
    const { failover } = fleet.policies;
    const run = runOf("edge", "fleet");
    const checks = [
      ...ofType(run, "aws:route53/healthCheck:HealthCheck")
        .map(({ inputs }) => inputs as unknown as Json)
        .filter(({ type }) => type === "HTTPS")
        .map((check) => [check["requestInterval"], check["failureThreshold"]]),
      ...ofType(run, "gcp:compute/healthCheck:HealthCheck")
        .map(({ inputs }) => inputs as unknown as Json)
        .map((check) => [check["checkIntervalSec"], check["unhealthyThreshold"]]),
    ];
    if (failover === undefined) {
      expect(checks).toEqual([]);
      return;
    }
    const { intervalSeconds, failureThreshold } = failover.healthCheck;
    expect(checks.length).toBeGreaterThan(0);
    for (const check of checks) expect(check).toEqual([intervalSeconds, failureThreshold]);
    const records = [
      ...ofType(run, "aws:route53/record:Record"),
      ...ofType(run, "gcp:dns/recordSet:RecordSet"),
    ].map(({ inputs }) => inputs as unknown as Json);
    for (const record of records) {
      const [alias] = record["aliases"] ?? [];
      // An alias of another record is kept as long as that; one of a load balancer for 60 s.
      if (alias !== undefined && !alias["name"]!.includes("elb")) continue;
      expect(record["ttl"] ?? 60).toBe(failover.ttlSeconds);
    }
    const { policy } = failover;
    if (policy.kind === "latency") {
      const regions = records.flatMap(
        (record) => record["latencyRoutingPolicies"]?.map((one: Json) => one["region"]) ?? [],
      );
      expect(regions.length).toBeGreaterThanOrEqual(fleet.regions.length);
    }
    if (policy.kind === "primary-backup") {
      const [primary, backup] = policy.order.map((index) => fleet.regions[index]!.name);
      const addresses = (region: string) =>
        Object.values(
          (runOf("serving", region).stackOutputs.values["handover"] as unknown as Json)[
            "addresses"
          ]!,
        );
      const { primaryBackup } = records[0]!["routingPolicy"]! as Json;
      expect(primaryBackup!["primary"]!["externalEndpoints"]).toEqual(addresses(primary!));
      const [geo] = primaryBackup!["backupGeos"]!;
      expect(geo!["healthCheckedTargets"]!["externalEndpoints"]).toEqual(addresses(backup!));
    }
  });
});

/** Whether an object is of a pool: by its label, which is cut where the pool's name is long. */
function isOf(pool: ResolvedPool, inputs: Readonly<Record<string, unknown>>): boolean {
  const { labels } = inputs["metadata"] as { readonly labels: Readonly<Record<string, string>> };
  const own = pool.name.split("/")[1]!;
  const label = labels["capplan/pool"]!;
  return label === own || own.startsWith(label.slice(0, label.lastIndexOf("-")));
}
