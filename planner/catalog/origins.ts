/**
 * Where requests come from: short names for parts of the world, each stood for by one populous
 * place, and the cloud regions themselves (a client beside the servers, no last mile). Shares of a
 * scenario's `origins` name these.
 */
import { regions } from "./regions";
import type { Provenance, RegionSpec } from "./specs";

export interface OriginSpec extends Provenance {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly place: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly continent: RegionSpec["continent"];
  readonly utcOffsetHours: number;
  /**
   * Round trip over the client's access network, before the first backbone router; 0 inside a cloud
   * region.
   */
  readonly lastMileSeconds: number;
}

/**
 * Idle round trips of fixed broadband to a nearby server run from about 8 ms (fibre) to 30 ms
 * (cable, DSL); mobile is slower. One figure stands for all.
 */
const broadband = {
  lastMileSeconds: 0.012,
  source:
    "place: largest population; last mile: assumed, between fibre and cable in FCC Measuring Broadband America",
  date: "2026-11-22",
} as const;

/** One line per geography: name, aliases, place, latitude, longitude, continent, hours from UTC. */
type Line = readonly [
  string,
  readonly string[],
  string,
  number,
  number,
  RegionSpec["continent"],
  number,
];

// biome-ignore format: one line per geography
const geographyLines: readonly Line[] = [
  ["us-east", ["north-america-east"], "New York", 40.71, -74.01, "north-america", -5],
  ["us-central", ["north-america-central", "us"], "Chicago", 41.88, -87.63, "north-america", -6],
  ["us-west", ["north-america-west"], "Los Angeles", 34.05, -118.24, "north-america", -8],
  ["canada", [], "Toronto", 43.65, -79.38, "north-america", -5],
  ["mexico", [], "Mexico City", 19.43, -99.13, "north-america", -6],
  ["south-america", ["brazil"], "São Paulo", -23.55, -46.63, "south-america", -3],
  ["eu-west", ["europe-west", "uk"], "London", 51.51, -0.13, "europe", 0],
  ["eu-central", ["europe-central", "europe"], "Frankfurt", 50.11, 8.68, "europe", 1],
  ["eu-north", ["europe-north", "nordics"], "Stockholm", 59.33, 18.07, "europe", 1],
  ["eu-south", ["europe-south"], "Milan", 45.46, 9.19, "europe", 1],
  ["middle-east", ["gulf"], "Dubai", 25.2, 55.27, "middle-east", 4],
  ["africa", [], "Johannesburg", -26.2, 28.05, "africa", 2],
  ["asia-east", ["east-asia", "japan"], "Tokyo", 35.68, 139.69, "asia", 9],
  ["asia-south", ["south-asia", "india"], "Mumbai", 19.08, 72.88, "asia", 5.5],
  ["asia-southeast", ["southeast-asia"], "Singapore", 1.35, 103.82, "asia", 8],
  ["oceania", ["australia"], "Sydney", -33.87, 151.21, "oceania", 10],
];

/** Parts of the world that a scenario may name as an origin. */
export const geographies: readonly OriginSpec[] = geographyLines.map(
  ([name, aliases, place, latitude, longitude, continent, utcOffsetHours]) => ({
    name,
    aliases,
    place,
    latitude,
    longitude,
    continent,
    utcOffsetHours,
    ...broadband,
  }),
);

/** Geographies first, then every cloud region. */
export const origins: readonly OriginSpec[] = [...geographies, ...regions.map(originOfRegion)];

function originOfRegion(region: RegionSpec): OriginSpec {
  return {
    name: region.name,
    aliases: [],
    place: region.place,
    latitude: region.latitude,
    longitude: region.longitude,
    continent: region.continent,
    utcOffsetHours: region.utcOffsetHours,
    lastMileSeconds: 0,
    source: region.source,
    date: region.date,
  };
}
