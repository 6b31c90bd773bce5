/**
 * What is simulated is deployed: breaker, retry, health check, timeout, queue, autoscaling, failover, replica and engine
 * numbers are read back out of the resources of each fleet, and compared with the policies that the simulator ran.
 * Nothing of stacks/derive is used: resources are read as Envoy, KEDA, Kubernetes and the clouds read them.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import {
  fleetOfPlan,
  type ResolvedFleet,
  type ResolvedPool,
} from "../../planner/plan/fleet-of-plan";
import type { CapacityPlan } from "../../planner/plan/plan-spec";
import { type EngineRun, ofType, only } from "../support/mini-engine/engine-run";
import {
  acceleratorsOf,
  engineFlags,
  forEachRegion,
  isOf,
  nameOf,
  nodesOf,
  podsOfPool,
  runOfStack,
  workloadOf,
  workloadsOf,
} from "./deployed-workloads";
import { FLEETS } from "./fleets";
import { at, inputsOf, type Json, listOf, seconds, specOf, textOf } from "./read-resource";
import type { StackRun } from "./run-example";

/** What Envoy takes for no limit. */
const UNLIMITED = 2 ** 32 - 1;

const orNone = (value: number | undefined): number | undefined =>
  value === Number.POSITIVE_INFINITY ? undefined : value;

describe.each(FLEETS)("what is deployed of $name", (deployed) => {
  let plan: CapacityPlan;
  let fleet: ResolvedFleet;
  let runs: readonly StackRun[];
  beforeAll(async () => {
    plan = await deployed.plan();
    fleet = fleetOfPlan(plan);
    runs = await deployed.putUp();
  });

  const runOf = (layer: string, place: string): EngineRun => runOfStack(runs, layer, place);
  const eachRegion = (look: (region: string, pools: readonly ResolvedPool[]) => void): void =>
    forEachRegion(fleet, look);
  /** The policy, and the pools that it is for, of each model of each region: those that a gateway sends to. */
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
          specOf(policy),
          pools.filter((pool) => pool.model.name === model && pool.role !== "decode"),
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
      const { replicas } = specOf(proxy)["provider"]!["kubernetes"]!["envoyDeployment"]! as Json;
      expect(replicas).toBe(fleet.policies.gateway.replicas);
    });
  });

  it("has breakers whose processes together let in what was simulated", () => {
    const processes = fleet.policies.gateway.replicas;
    let compared = 0;
    eachRoute((policy, pools) => {
      // An endpoint picker is no breaker: with one, none was simulated.
      if (policy["circuitBreaker"] === undefined) {
        expect(pools.map(({ circuitBreaker }) => circuitBreaker)).toEqual(
          pools.map(() => undefined),
        );
        expect(["least-kv", "prefix-affinity"]).toContain(fleet.routing.policy);
        compared += 1;
        return;
      }
      const breaker = policy["circuitBreaker"];
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
        expect(Number(percent!["numerator"]) / Number(percent!["denominator"])).toBeCloseTo(
          budget.share,
          9,
        );
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
      const check = policy["healthCheck"];
      // Nothing of it reaches replicas that an endpoint picker chooses.
      if (check !== undefined) {
        expect(Number(check["panicThreshold"]) / 100).toBeCloseTo(panicThreshold, 9);
      }
      expect(check?.["passive"]?.["consecutive5XxErrors"]).toBe(passive?.consecutive5XxErrors);
      expect(seconds(check?.["passive"]?.["interval"])).toBe(passive?.intervalSeconds);
      expect(seconds(check?.["passive"]?.["baseEjectionTime"])).toBe(passive?.baseEjectionSeconds);
      if (passive !== undefined) {
        const { maxEjectionPercent, alwaysEjectOneEndpoint } = check!["passive"]!;
        expect(Number(maxEjectionPercent) / 100).toBeCloseTo(passive.maxEjectionShare, 9);
        expect(alwaysEjectOneEndpoint).toBe(passive.alwaysEjectOneEndpoint);
      }
      expect(seconds(check?.["active"]?.["interval"])).toBe(active?.intervalSeconds);
      expect(seconds(check?.["active"]?.["timeout"])).toBe(active?.timeoutSeconds);
      expect(check?.["active"]?.["unhealthyThreshold"]).toBe(active?.unhealthyThreshold);
      expect(check?.["active"]?.["healthyThreshold"]).toBe(active?.healthyThreshold);
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
      const limits = listOf(at(policy, "rateLimit", "global", "rules")).map(
        (rule) => rule["limit"],
      );
      expect(limits).toEqual(
        (admission?.rateLimit ?? []).map(({ perSecond }) => ({
          requests: perSecond,
          unit: "Second",
        })),
      );
    });
  });

  it("limits each tenant as simulated, by who was asked and not by what a client writes", () => {
    const envoy = "kubernetes:gateway.envoyproxy.io/v1alpha1";
    const limited = fleet.policies.admission?.rateLimit ?? [];
    eachRegion((region) => {
      const run = runOf("serving", region);
      const asked = ofType(run, `${envoy}:SecurityPolicy`).flatMap(
        (policy) => at(specOf(policy), "apiKeyAuth", "forwardClientIDHeader") ?? [],
      );
      expect(asked).toHaveLength(1);
      const clients = only(run, `${envoy}:ClientTrafficPolicy`);
      const thrownAway = at(specOf(clients), "headers", "earlyRequestHeaders", "remove");
      expect(thrownAway).toEqual(asked);
      for (const policy of ofType(run, `${envoy}:BackendTrafficPolicy`)) {
        const counted = listOf(at(specOf(policy), "rateLimit", "global", "rules")).map((rule) =>
          listOf(rule["clientSelectors"]).flatMap((selector) => listOf(selector["headers"])),
        );
        const [name] = asked;
        expect(counted).toEqual(
          limited.map(({ per }) => (per === "tenant" ? [{ name, type: "Distinct" }] : [])),
        );
      }
    });
  });

  it("asks whoever calls but DNS, which finds the path that it checks open", () => {
    eachRegion((region) => {
      const run = runOf("serving", region);
      const routes = ofType(run, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute");
      const open = ofType(run, "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy")
        .filter((policy) => at(specOf(policy), "apiKeyAuth") === undefined)
        .flatMap((policy) => listOf(specOf(policy)["targetRefs"]));
      const paths = open.flatMap(({ name, sectionName }) => {
        const route = routes.find(
          ({ inputs }) => at(inputs as unknown as Json, "metadata", "name") === name,
        )!;
        return listOf(specOf(route)["rules"])
          .filter((rule) => rule["name"] === sectionName)
          .flatMap((rule) => listOf(rule["matches"]))
          .map((match) => match["path"]);
      });
      expect(paths).toEqual(routes.map(() => ({ type: "Exact", value: checkedPath() })));
    });
  });

  /** What the health checks of Route 53 or Cloud DNS ask for. */
  const checkedPath = (): string => {
    const { run } = runs.find(({ stack }) => stack.layer === "edge")!;
    const checks = [
      ...ofType(run, "aws:route53/healthCheck:HealthCheck").map(
        (check) => inputsOf(check)["resourcePath"],
      ),
      ...ofType(run, "gcp:compute/healthCheck:HealthCheck").map((check) =>
        at(inputsOf(check), "httpsHealthCheck", "requestPath"),
      ),
    ].filter((path) => path !== undefined);
    const [path, ...others] = new Set(checks.map(textOf));
    expect(others).toEqual([]);
    // A region alone is asked by no DNS; vLLM answers there whoever asks.
    return path ?? "/health";
  };

  it("has the replicas, their bounds, and what moves them, as simulated", () => {
    eachRegion((region, pools) => {
      const run = runOf("serving", region);
      const scalers = ofType(run, "kubernetes:keda.sh/v1alpha1:ScaledObject");
      expect(workloadsOf(run)).toHaveLength(pools.length);
      for (const pool of pools) {
        const workload = workloadOf(run, pool);
        expect(specOf(workload)["replicas"]).toBe(pool.replicas);
        const scaler = scalers.find(({ inputs }) => isOf(pool, inputs));
        const { autoscaling } = pool;
        expect(scaler === undefined).toBe(autoscaling === undefined);
        if (scaler === undefined || autoscaling === undefined) continue;
        const scaled = specOf(scaler);
        const [, , kind] = workload.type.split(":");
        expect(scaled["scaleTargetRef"]).toMatchObject({ kind, name: nameOf(workload) });
        expect(scaled["minReplicaCount"]).toBe(pool.replicasMin);
        expect(scaled["maxReplicaCount"]).toBe(pool.replicasMax);
        expect(scaled["pollingInterval"]).toBe(autoscaling.pollingIntervalSeconds);
        expect(Number(scaled["triggers"]![0]!["metadata"]!["threshold"])).toBe(autoscaling.target);
        const { behavior } = scaled["advanced"]!["horizontalPodAutoscalerConfig"]! as Json;
        for (const side of ["scaleUp", "scaleDown"] as const) {
          const rules = autoscaling[side];
          const { policies, stabilizationWindowSeconds } = behavior![side]! as Json;
          const value = (type: string) =>
            listOf(policies).find((policy) => textOf(policy["type"]) === type)?.["value"];
          expect(stabilizationWindowSeconds).toBe(rules.stabilizationWindowSeconds);
          expect(value("Pods")).toBe(orNone(rules.pods));
          expect(value("Percent")).toBe(orNone(rules.share * 100));
          for (const { periodSeconds } of listOf(policies)) {
            expect(periodSeconds).toBe(rules.periodSeconds);
          }
        }
      }
    });
  });

  it("has engines with the settings that were simulated, that drain as long", () => {
    eachRegion((region, pools) => {
      for (const pool of pools) {
        const { engine } = pool;
        const pod = podsOfPool(runOf("serving", region), pool)[0]!["spec"]!;
        const [container] = listOf(pod["containers"]);
        const { args, flag } = engineFlags(pod);
        expect(Number(flag("max-num-seqs"))).toBe(engine.maxSequences);
        expect(Number(flag("max-num-batched-tokens"))).toBe(engine.maxBatchedTokens);
        expect(Number(flag("max-model-len"))).toBe(engine.maxContextTokens);
        expect(Number(flag("tensor-parallel-size"))).toBe(engine.tensorParallel);
        expect(Number(flag("gpu-memory-utilization"))).toBe(engine.gpuMemoryUtilization);
        expect(args.includes("--enable-prefix-caching")).toBe(engine.prefixCaching);
        expect(Number(flag("pipeline-parallel-size"))).toBe(engine.pipelineParallel);
        const nodes = nodesOf(pool);
        expect(flag("nnodes")).toBe(nodes > 1 ? String(nodes) : undefined);
        expect(Number(container!["resources"]!["limits"]!["nvidia.com/gpu"])).toBe(
          acceleratorsOf(pool) / nodes,
        );
        expect(Number(pod["terminationGracePeriodSeconds"])).toBeGreaterThanOrEqual(
          fleet.policies.draining.timeoutSeconds,
        );
      }
    });
  });

  it("has nodes for the most replicas, and not one more", () => {
    eachRegion((region, pools) => {
      const run = runOf("foundation", region);
      const karpenter = ofType(run, "kubernetes:karpenter.sh/v1:NodePool").map((one) =>
        Number(specOf(one)["limits"]!["nvidia.com/gpu"]),
      );
      const gke = ofType(run, "gcp:container/nodePool:NodePool").flatMap((one) => {
        const { nodeConfig, autoscaling } = inputsOf(one);
        const gpus = at(nodeConfig, "guestAccelerators", "0", "count");
        return gpus === undefined ? [] : [Number(gpus) * Number(autoscaling!["totalMaxNodeCount"])];
      });
      const deployed = [...karpenter, ...gke].reduce((sum, one) => sum + one, 0);
      const planned = pools.reduce((sum, pool) => {
        const perNode = pool.instanceType!.acceleratorCount;
        const perReplica = acceleratorsOf(pool);
        const nodes =
          perReplica > perNode
            ? pool.replicasMax * nodesOf(pool)
            : Math.ceil(pool.replicasMax / Math.floor(perNode / perReplica));
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
      for (const one of pubsub) {
        const { deadLetterPolicy, ackDeadlineSeconds, messageRetentionDuration } = inputsOf(one);
        const isDeadLetters = deadLetterPolicy === undefined;
        expect(messageRetentionDuration).toBe(
          `${isDeadLetters ? queue.deadLetterRetentionSeconds : queue.retentionSeconds}s`,
        );
        if (isDeadLetters) continue;
        expect(ackDeadlineSeconds).toBe(queue.visibilityTimeoutSeconds);
        expect(deadLetterPolicy!["maxDeliveryAttempts"]).toBe(queue.maxReceiveCount);
      }
      for (const one of sqs) {
        const { redrivePolicy, messageRetentionSeconds, visibilityTimeoutSeconds } = inputsOf(one);
        const isDeadLetters = redrivePolicy === undefined;
        expect(messageRetentionSeconds).toBe(
          isDeadLetters ? queue.deadLetterRetentionSeconds : queue.retentionSeconds,
        );
        if (isDeadLetters) continue;
        expect(visibilityTimeoutSeconds).toBe(queue.visibilityTimeoutSeconds);
        expect(JSON.parse(textOf(redrivePolicy)).maxReceiveCount).toBe(queue.maxReceiveCount);
      }
    });
  });

  it("has names that fail over as was simulated", () => {
    const { failover } = fleet.policies;
    const run = runOf("edge", "fleet");
    const checks = [
      ...ofType(run, "aws:route53/healthCheck:HealthCheck")
        .map(inputsOf)
        .filter(({ type }) => textOf(type) === "HTTPS")
        .map((check) => [check["requestInterval"], check["failureThreshold"]]),
      ...ofType(run, "gcp:compute/healthCheck:HealthCheck")
        .map(inputsOf)
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
    ].map(inputsOf);
    for (const record of records) {
      const [alias] = listOf(record["aliases"]);
      // An alias of another record is kept as long as that; one of a load balancer for 60 s.
      if (alias !== undefined && !textOf(alias["name"]).includes("elb")) continue;
      expect(record["ttl"] ?? 60).toBe(failover.ttlSeconds);
    }
    const { policy } = failover;
    if (policy.kind === "latency") {
      const regions = records.flatMap((record) =>
        listOf(record["latencyRoutingPolicies"]).map((one) => one["region"]),
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
      const [geo] = listOf(primaryBackup!["backupGeos"]);
      expect(geo!["healthCheckedTargets"]!["externalEndpoints"]).toEqual(addresses(backup!));
    }
  });
});
