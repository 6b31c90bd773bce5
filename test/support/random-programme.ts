/** Random inputs of the fleet programme: two regions, one or two models, and one or two offers of each in each. */
import * as fc from "fast-check";
import { findInstanceType, findRegion } from "../../planner/catalog";
import type { CaseLoss, Demand } from "../../planner/sizing/demand";
import type { Offer } from "../../planner/sizing/offer";
import type { FleetProgrammeInput } from "../../planner/sizing/programme/programme-input";
import type { RegionReach } from "../../planner/sizing/region-reach";

const REGIONS = ["us-east-1", "us-west-2"] as const;
const MODELS = ["alpha", "beta"] as const;
/** Most units of each offer: every fleet can be tried. */
export const UNITS_MAX = 3;

const price = fc.integer({ min: 1, max: 9 });
const offerDraw = fc.record({
  isThere: fc.constantFrom(true, true, true, false),
  replicasPerNode: fc.constantFrom(1, 1, 2),
  onDemand: price,
  spotShare: fc.constantFrom(0.3, 0.6),
  capacity: fc.integer({ min: 1, max: 6 }),
});

const rate = fc.constantFrom(0, 1, 2.5, 4);

/** Cases as the search asks them. */
export const programmeCases: fc.Arbitrary<FleetProgrammeInput> = fc
  .record({
    models: fc.constantFrom(1, 1, 2),
    offers: fc.array(offerDraw, { minLength: 8, maxLength: 8 }),
    rates: fc.array(rate, { minLength: 8, maxLength: 8 }),
    peaks: fc.constantFrom(1, 2),
    orders: fc.array(fc.constantFrom([0, 1], [1, 0], [0], [1]), { minLength: 2, maxLength: 2 }),
    isPooled: fc.boolean(),
    buysSpot: fc.boolean(),
    spotShareMax: fc.constantFrom(0, 0.5, 1),
    replicasMin: fc.constantFrom(1, 1, 2),
    regionsMin: fc.constantFrom(1, 1, 2),
    quotas: fc.array(
      fc.record({
        region: fc.constantFrom(...REGIONS),
        isAccelerator: fc.boolean(),
        type: fc.constantFrom(0, 1),
        max: fc.integer({ min: 0, max: 4 }),
      }),
      { maxLength: 2 },
    ),
    losses: fc.array(
      fc.constantFrom<CaseLoss>(
        { kind: "region", region: 0 },
        { kind: "region", region: 1 },
        { kind: "zone", region: 0, zone: "a" },
        { kind: "pool", offer: 0 },
        { kind: "pool", offer: 1 },
      ),
      { maxLength: 2 },
    ),
    isCorrected: fc.boolean(),
    correction: fc.record({
      region: fc.constantFrom(0, 1),
      callsPerSecond: fc.integer({ min: 1, max: 9 }),
      origins: fc.constantFrom([0], [1], [0, 1]),
    }),
    cuts: fc.array(
      fc.record({
        units: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 }),
        spot: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 8, maxLength: 8 }),
        isWhole: fc.boolean(),
        region: fc.constantFrom(0, 1),
        origins: fc.constantFrom([0], [1], [0, 1]),
      }),
      { maxLength: 2 },
    ),
    change: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  })
  .map((drawn) => inputOf(drawn));

interface Drawn {
  readonly models: number;
  readonly offers: readonly {
    readonly isThere: boolean;
    readonly replicasPerNode: number;
    readonly onDemand: number;
    readonly spotShare: number;
    readonly capacity: number;
  }[];
  readonly rates: readonly number[];
  readonly peaks: number;
  readonly orders: readonly (readonly number[])[];
  readonly isPooled: boolean;
  readonly buysSpot: boolean;
  readonly spotShareMax: number;
  readonly replicasMin: number;
  readonly regionsMin: number;
  readonly quotas: readonly {
    readonly region: string;
    readonly isAccelerator: boolean;
    readonly type: number;
    readonly max: number;
  }[];
  readonly losses: readonly CaseLoss[];
  readonly isCorrected: boolean;
  readonly correction: {
    readonly region: number;
    readonly callsPerSecond: number;
    readonly origins: readonly number[];
  };
  readonly cuts: readonly {
    readonly units: readonly number[];
    readonly spot: readonly number[];
    readonly isWhole: boolean;
    readonly region: number;
    readonly origins: readonly number[];
  }[];
  readonly change: number | undefined;
}

const TYPES = ["g6.xlarge", "g6e.xlarge"] as const;

function inputOf(drawn: Drawn): FleetProgrammeInput {
  const models = MODELS.slice(0, drawn.models);
  // With two models each has one offer in a region, so that there are four offers in any case.
  const perModel = 2 / models.length;
  const places = REGIONS.flatMap((region) =>
    models.flatMap((model) =>
      Array.from({ length: perModel }, (_, type) => ({ region, model, type })),
    ),
  );
  const kept = places.filter((_, place) => place === 0 || drawn.offers[place]!.isThere);
  const offers = kept.map(({ region, model, type }, index): Offer => {
    const { replicasPerNode, onDemand, spotShare } = drawn.offers[places.indexOf(kept[index]!)]!;
    const lookup = findInstanceType(TYPES[type]!);
    if (!lookup.found) throw new Error("an instance type of the catalog");
    const option = {
      name: `${model}-${type}`,
      model,
      instanceType: lookup.row,
      engine: {},
      parts: [{ name: `${model}-${type}`, role: "unified" as const, replicas: 1 }],
      acceleratorsPerReplica: 1,
    };
    const ways = [
      { purchase: "on-demand" as const, usdPerNodeHour: onDemand * replicasPerNode },
      { purchase: "spot" as const, usdPerNodeHour: onDemand * replicasPerNode * spotShare },
    ];
    const prices = (drawn.buysSpot ? ways : ways.slice(0, 1)).map((way) => ({
      ...way,
      kind: "given" as const,
      usdPerReplicaHour: way.usdPerNodeHour / replicasPerNode,
      terms: "made up",
      source: "test",
      date: undefined,
    }));
    return { index, region, option, prices, replicasPerNode, instancesPerNode: 1 };
  });
  const reach: RegionReach = drawn.isPooled
    ? { kind: "pooled" }
    : { kind: "ordered", orders: drawn.orders };
  const rates = (peak: number) =>
    new Map(
      models.map((model, m) => {
        const from = peak * 4 + m * 2;
        return [model, [drawn.rates[from]!, drawn.rates[from + 1]!]] as const;
      }),
    );
  const demand = {
    regions: REGIONS.map((name) => {
      const lookup = findRegion(name);
      if (!lookup.found) throw new Error("a region of the catalog");
      return lookup.row;
    }),
    zones: [2, 3],
    reach,
    groups: models.map((model) => ({ models: [model], workloads: [model] })),
    peaks: Array.from({ length: drawn.peaks }, (_, peak) => ({
      moment: 0,
      windows: [],
      rates: rates(peak),
    })),
    losses: [],
  };
  const losses = drawn.losses.filter((loss) => loss.kind !== "pool" || loss.offer < offers.length);
  const quotas = new Map(
    drawn.quotas.map(({ region, isAccelerator, type, max }) => {
      const lookup = findInstanceType(TYPES[type]!);
      const name = isAccelerator && lookup.found ? lookup.row.accelerator : TYPES[type]!;
      const of = isAccelerator ? ("accelerator" as const) : ("instance-type" as const);
      const path = `${region}.${name}`;
      return [path, { path, region, of, name, max }] as const;
    }),
  );
  const search = {
    quotas: [...quotas.values()],
    purchase: drawn.buysSpot ? ["on-demand", "spot"] : ["on-demand"],
    spotShareMax: drawn.spotShareMax,
    replicasMin: drawn.replicasMin,
    regionsMin: drawn.regionsMin,
  };
  const sells = (name: string): boolean =>
    offers.some(({ region, option }) => region === name && option.model === models[0]);
  const { correction } = drawn;
  // Of those who send something then, as the search asks.
  const origins = correction.origins.filter((origin) => drawn.rates[origin]! > 0);
  return {
    // Only what the programme reads is made up.
    demand: demand as unknown as Demand,
    search: search as unknown as FleetProgrammeInput["search"],
    offers,
    losses: [null, ...losses],
    capacity: offers.map((_, index) => drawn.offers[index]!.capacity),
    unitsMax: offers.map(() => UNITS_MAX),
    corrections:
      drawn.isCorrected && origins.length > 0
        ? [
            {
              model: models[0]!,
              region: drawn.isPooled ? undefined : correction.region,
              peak: 0,
              origins,
              loss: null,
              callsPerSecond: correction.callsPerSecond,
            },
          ]
        : [],
    cuts: drawn.cuts.map(({ units, spot, isWhole, region, origins }) => ({
      models: new Set([models[0]!]),
      region: isWhole || drawn.isPooled ? undefined : region,
      origins,
      // Only a region that something is sold in can have been open.
      open:
        isWhole && !drawn.isPooled && sells(REGIONS[region]!)
          ? [{ model: models[0]!, region }]
          : [],
      loss: null,
      units: units.slice(0, offers.length),
      spotNodes: spot.slice(0, offers.length).map((n) => (drawn.buysSpot ? n : 0)),
    })),
    change:
      drawn.change === undefined
        ? undefined
        : { units: offers.map((_, i) => i % 2), usdPerHour: drawn.change },
  };
}
