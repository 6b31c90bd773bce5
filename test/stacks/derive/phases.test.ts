/** Laws of derivations of replicas that talk to each other, over plans of random fleets. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { EFA_RESOURCE } from "../../../components/serving";
import type { FleetContext } from "../../../stacks/derive/fleet-context";
import { derivePools } from "../../../stacks/derive/gpu-pools";
import type { PlaceContext } from "../../../stacks/derive/place-context";
import { deriveServingLayer, workloadsOf } from "../../../stacks/derive/serving-layer";
import { type PlannedCase, plannedCase } from "../../support/small-plan";
import { always, placesOf, SERVING_SETTINGS } from "./random-plan";

let base: PlannedCase;
beforeAll(async () => {
  base = await plannedCase();
});

const SOURCES = {
  metrics: { kind: "prometheus", serverAddress: "http://prometheus:9090" },
  queue: undefined,
} as const;

function disaggregatedOf(place: PlaceContext) {
  const { placements } = deriveServingLayer(place, SERVING_SETTINGS).args;
  return workloadsOf(place, SERVING_SETTINGS, placements, SOURCES).args.disaggregated;
}

/** Plans with a place that has both phases. */
function alwaysPhased(law: (place: PlaceContext) => void): void {
  let looked = 0;
  always(base, (context) => {
    for (const place of placesOf(context)) {
      if (place.pools.every(({ role }) => role === "unified")) continue;
      looked += 1;
      law(place);
    }
  });
  expect(looked).toBeGreaterThan(10);
}

describe("for all plans with prefill and decode apart, the derivations", () => {
  it("make every such pool one phase of one service, which is that of its model", () => {
    alwaysPhased((place) => {
      const phases = disaggregatedOf(place).flatMap(({ model, prefill, decode }) =>
        Object.entries({ prefill, decode }).flatMap(([role, services]) =>
          services.map(({ pool }) => [pool.name, model, role]),
        ),
      );
      const planned = place.pools
        .filter(({ role }) => role !== "unified")
        .map(({ name, model, role }) => [name, model.name, role]);
      expect(phases.toSorted()).toEqual(planned.toSorted());
    });
  });

  it("let a prompt that is read be fetched before its replica goes", () => {
    alwaysPhased((place) => {
      for (const { prefill, decode, transfer } of disaggregatedOf(place)) {
        for (const { args } of [...prefill, ...decode]) {
          expect(args.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
            args.longestStreamSeconds + args.endpointRemovalSeconds! + transfer.leaseSeconds,
          );
        }
      }
    });
  });

  it("give both ends of a transfer one network, and no pod more of it than its node has", () => {
    alwaysPhased((place) => {
      const pools = derivePools(place, {});
      if (pools.problems.length > 0) return;
      for (const { prefill, decode, transfer } of disaggregatedOf(place)) {
        for (const { pool, poolName, args } of [...prefill, ...decode]) {
          const { fabric = "standard", networkCards = 0 } = pools.args[poolName]!;
          const adapters = args.resources.extended?.[EFA_RESOURCE] ?? 0;
          expect(fabric).toBe(transfer.backend === "LIBFABRIC" ? "rdma" : "standard");
          expect(adapters > 0).toBe(transfer.backend === "LIBFABRIC");
          expect(adapters * pool.replicasPerNode).toBeLessThanOrEqual(networkCards);
        }
      }
    });
  });

  it("refuse a transfer that is simulated faster than any network, and none that is slow", () => {
    let refusals = 0;
    const isBandwidth = ({ path }: { readonly path: string }) =>
      /kvTransfer\.bandwidth$/.test(path);
    const withBandwidth = (place: PlaceContext, bytesPerSecond: number): PlaceContext => ({
      ...place,
      pools: place.pools.map((pool) => ({
        ...pool,
        kvTransfer: { ...pool.kvTransfer, bytesPerSecond },
      })),
    });
    alwaysPhased((place) => {
      const problemsAt = (bytesPerSecond: number) =>
        derivePools(withBandwidth(place, bytesPerSecond), {}).problems.filter(isBandwidth);
      expect(problemsAt(1)).toEqual([]);
      refusals += problemsAt(1e15).length;
    });
    expect(refusals).toBeGreaterThan(10);
  });

  it("ask for what engines need of each other where some talk, and for nothing where none do", () => {
    always(base, (context: FleetContext) => {
      for (const place of placesOf(context)) {
        const { peers } = deriveServingLayer(place, SERVING_SETTINGS).args;
        const { args: pools } = derivePools(place, {});
        const hasEfa = Object.values(pools).some(({ networkCards }) => networkCards !== undefined);
        const isAlone = place.pools.every(
          ({ role, engine, instanceType }) =>
            role === "unified" &&
            engine.tensorParallel * engine.pipelineParallel * engine.dataParallel <=
              (instanceType?.acceleratorCount ?? Number.POSITIVE_INFINITY),
        );
        expect(peers.hasEnginePeers).toBe(!isAlone);
        expect("efaPlugin" in peers.addons).toBe(hasEfa);
      }
    });
  });
});
