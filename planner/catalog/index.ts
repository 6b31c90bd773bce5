/**
 * The catalog's public face: tables, lookups by name, round-trip times, and listings for people.
 */
export { accelerators } from "./accelerators";
export { instanceTypes } from "./instance-types";
export {
  type CatalogKind,
  type CatalogListing,
  catalogKinds,
  listCatalog,
} from "./list";
export type { CatalogColumn } from "./list-tables";
export {
  findAccelerator,
  findInstanceType,
  findModel,
  findOrigin,
  findRegion,
  findTrafficProfile,
  type Lookup,
} from "./lookup";
export { models } from "./models";
export { geographies, type OriginSpec, origins } from "./origins";
export { regions } from "./regions";
export {
  clientRoundTrip,
  fibreRoundTripSeconds,
  type Place,
  type RoundTrip,
  roundTripSeconds,
} from "./round-trip-times";
export type {
  AcceleratorSpec,
  InstanceTypeSpec,
  ModelSpec,
  Precision,
  Provenance,
  RegionSpec,
  StepTimeCoefficients,
  TrafficProfile,
} from "./specs";
export { stepTimeCoefficients } from "./step-time-coefficients";
export { didYouMean, suggestions } from "./suggest";
export { trafficProfiles } from "./traffic-profiles";
