/**
 * What the programme of the cheapest fleet is asked, and what it answers: what is for sale and needed, and what
 * simulations have taught of capacities that are not enough.
 */
import type { ResolvedSearch } from "../../scenario/resolved-search";
import type { CaseLoss, Demand } from "../demand";
import type { FleetUnits } from "../fleet-units";
import type { Offer } from "../offer";

export interface FleetProgrammeInput {
  readonly demand: Demand;
  readonly offers: readonly Offer[];
  readonly search: ResolvedSearch;
  readonly losses: readonly (CaseLoss | null)[];
  /** Calls per second of its model that a unit of each offer can take. */
  readonly capacity: readonly number[];
  readonly unitsMax: readonly number[];
  /** Capacity that simulations have shown to be needed beyond the load itself. */
  readonly corrections: readonly Correction[];
  readonly cuts: readonly FleetCut[];
  /** US dollars per hour for each unit that an existing fleet would have to be changed by. */
  readonly change: { readonly units: FleetUnits; readonly usdPerHour: number } | undefined;
  /** Of fleets that cost the same within cents an hour: fewer pools, and nodes that are full. @default whichever comes */
  readonly isTidy?: boolean;
}

/**
 * What a simulation has shown: no more than `units` of these offers, and as much load, is too little. Of one region
 * (`region`, which requests from `origins` go to), or of all together, as long as the same regions are open.
 */
export interface FleetCut {
  readonly models: ReadonlySet<string>;
  readonly region: number | undefined;
  readonly origins: readonly number[];
  /** Of all regions together: where requests went. Without one of them the others get more, and that may do. */
  readonly open: readonly { readonly model: string; readonly region: number }[];
  /** The same loss, or for a region: the same zone or none. */
  readonly loss: CaseLoss | null;
  /** Those that served; 0 for what was gone. */
  readonly units: FleetUnits;
  /** Nodes of those on spot capacity, by offer: a fleet of which less is taken back may do. */
  readonly spotNodes: readonly number[];
}

export interface FleetSolution {
  readonly units: FleetUnits;
  /** Nodes by offer, part and price, in their orders. */
  readonly nodes: readonly (readonly (readonly number[])[])[];
  readonly usdPerHour: number;
  /** With what changes cost. */
  readonly objective: number;
}

/**
 * So much capacity of a model, as `capacity` counts it, is needed for the requests from these places at a peak: in a
 * region that all of them go to, or in all regions together (`region` undefined). A unit on spot capacity counts for
 * `SPOT_WORTH`, so that either more units or fewer of them on spot capacity make up for what was too little.
 */
export interface Correction {
  readonly model: string;
  readonly region: number | undefined;
  readonly peak: number;
  readonly origins: readonly number[];
  readonly loss: CaseLoss | null;
  readonly callsPerSecond: number;
}

/**
 * Whether what was seen in one case says something of another: of a region when the same zone of it is gone, or none;
 * of all regions together only when the same is gone.
 */
export function isAlike(
  seen: CaseLoss | null,
  loss: CaseLoss | null,
  region: number | undefined,
): boolean {
  if (region === undefined) return JSON.stringify(seen) === JSON.stringify(loss);
  return zoneOf(seen, region) === zoneOf(loss, region);
}

/** The zone that is gone within a region; empty when none is. */
export function zoneOf(loss: CaseLoss | null, region: number): string {
  return loss?.kind === "zone" && loss.region === region ? loss.zone : "";
}

/** What a unit on spot capacity counts for in a correction, as a share of any other. */
export const SPOT_WORTH = 1 / 3;

/** Units of an offer that so many nodes on spot capacity hold, over all parts of a unit. */
export function unitsPerSpotNode({ option, replicasPerNode }: Offer): number {
  const replicas = option.parts.reduce((sum, part) => sum + part.replicas, 0);
  return replicasPerNode / replicas;
}

/** The place of spot capacity among an offer's prices; undefined where it has none. */
export function spotPlace({ prices }: Offer): number | undefined {
  const place = prices.findIndex(({ purchase }) => purchase === "spot");
  return place < 0 ? undefined : place;
}
