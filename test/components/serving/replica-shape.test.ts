import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { engineProbes } from "../../../components/serving/probes";
import {
  nodesOfReplica,
  replicaShape,
  replicasThatFit,
  servingPodPattern,
} from "../../../components/serving/replica-shape";
import { poolOf, replicas, servedModel } from "./serving-fixture";

/** Puts replicas on nodes one after the other, until one does not find room. */
function placed(gpus: number, nodes: number, gpusPerNode: number): number {
  const free = Array.from({ length: nodes }, () => gpusPerNode);
  for (let count = 0; ; count += 1) {
    let missing = gpus;
    if (gpus <= gpusPerNode) {
      const node = free.findIndex((left) => left >= gpus);
      if (node < 0) return count;
      free[node]! -= gpus;
      continue;
    }
    for (let node = 0; node < nodes && missing > 0; node += 1) {
      if (free[node] !== gpusPerNode) continue;
      free[node] = 0;
      missing -= gpusPerNode;
    }
    if (missing > 0) return count;
  }
}

const pools = fc.record({
  nodes: fc.integer({ min: 1, max: 20 }),
  gpusPerNode: fc.constantFrom(1, 2, 4, 8),
  tensorParallel: fc.constantFrom(1, 2, 3, 4, 8),
  pipelineParallel: fc.constantFrom(1, 2, 4),
});

describe("replicas on nodes", () => {
  it("for all pools fit as many as find room one after the other", () => {
    fc.assert(
      fc.property(pools, ({ nodes, gpusPerNode, tensorParallel, pipelineParallel }) => {
        const args = {
          engine: { ...replicas.engine, tensorParallel, pipelineParallel },
          pool: poolOf(nodes, gpusPerNode),
        };
        const gpus = tensorParallel * pipelineParallel;
        expect(replicasThatFit(args)).toBe(placed(gpus, nodes, gpusPerNode));
        expect(nodesOfReplica(args) * gpusPerNode).toBeGreaterThanOrEqual(gpus);
        expect((nodesOfReplica(args) - 1) * gpusPerNode).toBeLessThan(gpus);
      }),
    );
  });
});

describe("the time that a replica gets to go", () => {
  it("for all grace periods is used up, and leaves a stream its longest time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3600 }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 600 }),
        (longestStreamSeconds, endpointRemovalSeconds, spare) => {
          const terminationGracePeriodSeconds =
            longestStreamSeconds + endpointRemovalSeconds + spare;
          const { drain } = replicaShape(
            "llama",
            {
              ...servedModel,
              longestStreamSeconds,
              endpointRemovalSeconds,
              terminationGracePeriodSeconds,
            },
            replicas,
          );
          expect(drain.beforeSignal).toBeGreaterThanOrEqual(endpointRemovalSeconds);
          expect(drain.afterSignal).toBeGreaterThanOrEqual(longestStreamSeconds);
          expect(drain.beforeSignal + drain.afterSignal).toBe(terminationGracePeriodSeconds);
        },
      ),
    );
  });
});

describe("engineProbes", () => {
  it("for all starts gives an engine its time, and no more than one question beyond it", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 86_400, noNaN: true }), (startupSeconds) => {
        const { startupProbe } = engineProbes(startupSeconds);
        const given = Number(startupProbe.periodSeconds) * Number(startupProbe.failureThreshold);
        expect(given).toBeGreaterThanOrEqual(startupSeconds);
        expect(given).toBeLessThan(startupSeconds + 10);
      }),
    );
  });

  it("takes a replica out long before it starts its engine anew", () => {
    const { readinessProbe, livenessProbe } = engineProbes(60);
    const failing = (probe: typeof readinessProbe) =>
      Number(probe.periodSeconds) * Number(probe.failureThreshold);
    expect(failing(readinessProbe)).toBe(10);
    expect(failing(livenessProbe)).toBe(60);
  });
});

describe("servingPodPattern", () => {
  // Names of pods: a Deployment's are NAME-REPLICASET-SUFFIX of five characters, a LeaderWorkerSet's leader is NAME-GROUP.
  const matches = (nodes: number, pod: string): boolean =>
    new RegExp(`^(?:${servingPodPattern({ name: "llama", nodes })})$`).test(pod);

  it("knows the pods of its own workload from those of one whose name begins alike", () => {
    expect(matches(1, "llama-7d9f8c6b5-x2k4p")).toBe(true);
    expect(matches(1, "llama-long-7d9f8c6b5-x2k4p")).toBe(false);
    expect(matches(1, "llama-0")).toBe(false);
    expect(matches(2, "llama-0")).toBe(true);
    expect(matches(2, "llama-12")).toBe(true);
    // A worker has no requests of its own.
    expect(matches(2, "llama-0-1")).toBe(false);
  });
});
