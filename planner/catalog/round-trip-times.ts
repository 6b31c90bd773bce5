/**
 * Round-trip times between places. Pairs of AWS regions are measured; every other pair is modelled
 * by carrying the nearest measured pair over: its time, plus fibre time at a route factor for what
 * the distance differs.
 *
 * Error of the model, each region left out of the table in turn: 6 % in the median, 25 % in nine of
 * ten pairs; worst where cables take long detours (Cape Town, Tel Aviv). On 26 paths that the
 * Skyplane project measured between AWS and Google: 6 % in the median, 38 % at worst.
 */
import { measuredRoundTripProvenance, measuredRoundTrips } from "./measured-round-trips";
import type { OriginSpec } from "./origins";
import { regions } from "./regions";

export interface Place {
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
}

export interface RoundTrip {
  readonly seconds: number;
  readonly kind: "measured" | "modelled";
  readonly source: string;
}

/** Between zones of one region: 0.3 to 3.4 ms are measured, 1 ms is typical. */
const intraRegionSeconds = 0.001;
/**
 * Routers and the way into and out of data centres, for places with no measured path between them.
 */
const baseSeconds = 0.002;
/**
 * How much longer cables are than the great circle, beside a measured path and where there is none.
 */
const routeFactor = 1.5;
const localRouteFactor = 1.8;
/** No route is straighter than this. */
const straightestRouteFactor = 1.05;

const earthRadiusMetres = 6_371_000;
/** Light in glass, refractive index 1.5. */
const fibreMetresPerSecond = (299_792_458 * 2) / 3;

const sites: readonly Place[] = measuredRoundTrips.map(([name]) => {
  const region = regions.find((candidate) => candidate.name === name)!;
  return { name, latitude: region.latitude, longitude: region.longitude };
});
const siteIndexes = new Map(sites.map((site, index) => [site.name, index]));

/**
 * Seconds of one network round trip between two places, last mile not included. Symmetric.
 *
 * @example roundTripSeconds(usEast1, euCentral1) // { seconds: 0.093, kind: "measured", … }
 */
export function roundTripSeconds(a: Place, b: Place): RoundTrip {
  if (a.name === b.name) {
    return {
      seconds: intraRegionSeconds,
      kind: "modelled",
      source: "typical between zones of one region",
    };
  }
  const indexA = siteIndexes.get(a.name);
  const indexB = siteIndexes.get(b.name);
  if (indexA !== undefined && indexB !== undefined) {
    return {
      seconds: measuredSeconds(indexA, indexB),
      kind: "measured",
      source: measuredRoundTripProvenance.source,
    };
  }
  const { seconds, path } = modelledRoundTrip(a, b);
  return { seconds, kind: "modelled", source: path };
}

/**
 * Seconds of one round trip from a client's origin to a region, its access network included.
 */
export function clientRoundTrip(origin: OriginSpec, region: Place): RoundTrip {
  const backbone = roundTripSeconds(origin, region);
  if (origin.lastMileSeconds === 0) return backbone;
  return {
    seconds: origin.lastMileSeconds + backbone.seconds,
    kind: "modelled",
    source: `last mile + ${backbone.source}`,
  };
}

/** What light needs there and back along the great circle in glass: no round trip is shorter. */
export function fibreRoundTripSeconds(a: Place, b: Place): number {
  return (2 * greatCircleMetres(a, b)) / fibreMetresPerSecond;
}

/**
 * The model alone, also for pairs that are measured.
 *
 * @param leftOut name of a measured region that the model may not use: how its error is judged
 */
export function modelledRoundTrip(
  a: Place,
  b: Place,
  leftOut?: string,
): { readonly seconds: number; readonly path: string } {
  const fibreSeconds = fibreRoundTripSeconds(a, b);
  const siteA = nearestSite(a, leftOut);
  const siteB = nearestSite(b, leftOut);
  if (siteA === siteB) {
    return {
      seconds: baseSeconds + localRouteFactor * fibreSeconds,
      path: "great circle in fibre",
    };
  }
  const carried =
    measuredSeconds(siteA, siteB) +
    routeFactor * (fibreSeconds - fibreRoundTripSeconds(sites[siteA]!, sites[siteB]!));
  const [first, second] = [sites[siteA]!.name, sites[siteB]!.name].sort();
  return {
    seconds: Math.max(baseSeconds + straightestRouteFactor * fibreSeconds, carried),
    path: `carried over from ${first} to ${second}, ${measuredRoundTripProvenance.source}`,
  };
}

/** Seconds of the measured path between two different sites. */
function measuredSeconds(indexA: number, indexB: number): number {
  const row = measuredRoundTrips[Math.max(indexA, indexB)]!;
  const milliseconds = row[1 + Math.min(indexA, indexB)] as number;
  return milliseconds / 1000;
}

function nearestSite(place: Place, leftOut: string | undefined): number {
  let nearest = 0;
  let shortest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < sites.length; index++) {
    if (sites[index]!.name === leftOut) continue;
    const metres = greatCircleMetres(place, sites[index]!);
    if (metres < shortest) {
      shortest = metres;
      nearest = index;
    }
  }
  return nearest;
}

/** Haversine formula. */
function greatCircleMetres(a: Place, b: Place): number {
  const radians = Math.PI / 180;
  const sineLatitude = Math.sin(((b.latitude - a.latitude) * radians) / 2);
  const sineLongitude = Math.sin(((b.longitude - a.longitude) * radians) / 2);
  const haversine =
    sineLatitude ** 2 +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * sineLongitude ** 2;
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(haversine)));
}
