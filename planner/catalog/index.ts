/**
 * The catalog's face to the rest of the planner: tables, lookups by name, round-trip times. Listings for people
 * (`list.ts`) are apart: no run needs them.
 */
export { accelerators } from "./accelerators";
export { instanceTypes } from "./instance-types";
export {
  findAccelerator,
  findInstanceType,
  findModel,
  findOrigin,
  findRegion,
  findTrafficProfile,
} from "./lookup";
export { models } from "./models";
export { clientRoundTrip } from "./round-trip-times";
export { stepTimeCoefficients } from "./step-time-coefficients";
