/** The pure parts of GPU pools: slices, placements, interfaces, and what is refused. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { CapacityKind, GpuPools } from "../../../components/cluster";
import { checkGpuPools, type PoolAbilities } from "../../../components/cluster/check-gpu-pools";
import { efaInterfaces } from "../../../components/cluster/efa-interfaces";
import { gpuPoolSlices, placementsOf } from "../../../components/cluster/gpu-pool-slices";

const ZONES = ["us-east-1a", "us-east-1b"];
const abilities: PoolAbilities = {
  cloud: "AWS",
  kinds: ["on-demand", "spot", "reserved", "capacity-block"],
  instanceType: { pattern: /^[a-z0-9-]+\.[a-z0-9-]+$/, must: "be an instance type" },
  zones: ZONES,
  keepsNodes: false,
  hasImageCache: false,
  needsNetworkCards: true,
};

const capacity = fc
  .uniqueArray(fc.constantFrom<CapacityKind>("on-demand", "spot", "reserved"), { minLength: 1 })
  .chain((kinds) =>
    fc.tuple(
      ...kinds.map((kind) =>
        fc
          .integer({ min: 1, max: 100 })
          .map((nodesMax) =>
            kind === "reserved"
              ? { kind, nodesMax, reservations: ["cr-1"] }
              : { kind: kind as "spot", nodesMax },
          ),
      ),
    ),
  );
const pools: fc.Arbitrary<GpuPools> = fc.dictionary(
  fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/),
  fc.record({
    instanceType: fc.constant("p5.48xlarge"),
    accelerators: fc.record({ type: fc.constant("h100"), count: fc.integer({ min: 1, max: 16 }) }),
    capacity,
  }),
  { minKeys: 1, maxKeys: 5 },
);

describe("GPU pools", () => {
  it("for all pools, are divided into slices that cover the planned nodes once", () => {
    fc.assert(
      fc.property(pools, (asked) => {
        expect(checkGpuPools(asked, abilities)).toEqual([]);
        const slices = gpuPoolSlices(asked, ZONES, {});
        const placements = placementsOf(asked);
        expect(new Set(slices.map(({ name }) => name)).size).toBe(slices.length);
        for (const [name, placement] of Object.entries(placements)) {
          const own = slices.filter(({ poolName }) => poolName === name);
          const nodes = own.reduce((sum, slice) => sum + slice.capacity.nodesMax, 0);
          expect(placement.nodesMax).toBe(nodes);
          // A pod with the placement fits on every node of the pool, and on none of another.
          for (const slice of slices) {
            const isOwn = slice.poolName === name;
            const selects = Object.entries(placement.nodeSelector).every(
              ([label, value]) => slice.labels[label] === value,
            );
            expect(selects).toBe(isOwn);
            if (!isOwn) continue;
            for (const taint of slice.taints) {
              expect(placement.tolerations).toContainEqual(
                expect.objectContaining({
                  key: taint.key,
                  value: taint.value,
                  effect: taint.effect,
                }),
              );
            }
          }
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("carry the taint that GKE would set, with its value", () => {
    // cloud.google.com/kubernetes-engine/docs/how-to/gpus.
    const [slice] = gpuPoolSlices(
      {
        h100: {
          instanceType: "p5.48xlarge",
          accelerators: { type: "h100", count: 8 },
          capacity: [{ kind: "spot", nodesMax: 1 }],
        },
      },
      ZONES,
      {},
    );
    expect(slice!.taints).toEqual([
      { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" },
    ]);
  });
});

describe("efaInterfaces", () => {
  it("for all cards, has one address, one adapter on each card, and no place twice", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (cards) => {
        const interfaces = efaInterfaces(cards);
        const places = interfaces.map((one) => `${one.networkCardIndex}/${one.deviceIndex}`);
        expect(new Set(places).size).toBe(places.length);
        expect(interfaces.filter((one) => one.interfaceType === "interface")).toEqual([
          { networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" },
        ]);
        // docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html: device 1 of the first card,
        // device 0 of each other.
        const adapters = interfaces.filter((one) => one.interfaceType === "efa-only");
        expect(adapters.map((one) => one.networkCardIndex)).toEqual(
          Array.from({ length: cards }, (_, index) => index),
        );
        expect(adapters.map((one) => one.deviceIndex)).toEqual(
          Array.from({ length: cards }, (_, index) => (index === 0 ? 1 : 0)),
        );
      }),
      { seed: 1 },
    );
  });
});

describe("checkGpuPools", () => {
  const h100 = {
    instanceType: "p5.48xlarge",
    accelerators: { type: "h100", count: 8 },
    capacity: [{ kind: "on-demand" as const, nodesMax: 2 }],
  };
  const cases: readonly [string, GpuPools][] = [
    ["pools", {}],
    ["pools.H100", { H100: h100 }],
    ["pools.h100.instanceType", { h100: { ...h100, instanceType: "a3-highgpu-8g" } }],
    ["pools.h100.accelerators.count", { h100: { ...h100, accelerators: { type: "x", count: 0 } } }],
    ["pools.h100.zones[0]", { h100: { ...h100, zones: ["us-east-1c"] } }],
    ["pools.h100.zones", { h100: { ...h100, zones: [] } }],
    ["pools.h100.capacity", { h100: { ...h100, capacity: [] } }],
    ["pools.h100.capacity", { h100: { ...h100, capacity: [...h100.capacity, ...h100.capacity] } }],
    [
      "pools.h100.capacity[0].nodesMax",
      { h100: { ...h100, capacity: [{ kind: "spot", nodesMax: 0 }] } },
    ],
    [
      "pools.h100.capacity[0].nodesMin",
      { h100: { ...h100, capacity: [{ kind: "spot", nodesMax: 2, nodesMin: 1 }] } },
    ],
    [
      "pools.h100.capacity[0].kind",
      { h100: { ...h100, capacity: [{ kind: "flex-start", nodesMax: 2 }] } },
    ],
    [
      "pools.h100.capacity[0].kind",
      {
        h100: {
          ...h100,
          capacity: [{ kind: "capacity-block", nodesMax: 2, reservations: ["cr-1"] }],
        },
      },
    ],
    [
      "pools.h100.capacity[0].reservations",
      { h100: { ...h100, capacity: [{ kind: "reserved", nodesMax: 2, reservations: [] }] } },
    ],
    ["pools.h100.networkCards", { h100: { ...h100, fabric: "rdma", zones: ["us-east-1a"] } }],
    ["pools.h100.zones", { h100: { ...h100, fabric: "rdma", networkCards: 32 } }],
    ["pools.h100.imageCacheDisks", { h100: { ...h100, imageCacheDisks: ["images"] } }],
    ["pools.h100.labels.capplan/pool", { h100: { ...h100, labels: { "capplan/pool": "x" } } }],
  ];
  it.each(cases)("fails at %s, and there only", (path, asked) => {
    const problems = checkGpuPools(asked, abilities);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
  });

  it("fails when more nodes are kept than there may be, whoever keeps them", () => {
    const asked: GpuPools = {
      h100: { ...h100, capacity: [{ kind: "on-demand", nodesMax: 2, nodesMin: 3 }] },
    };
    const problems = checkGpuPools(asked, { ...abilities, keepsNodes: true });
    expect(problems).toEqual([
      { path: "pools.h100.capacity[0].nodesMin", must: "be at most nodesMax, which is 2", got: 3 },
    ]);
  });
});
