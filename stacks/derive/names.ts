/**
 * Names that follow from the plan and never from an order in it, since a name is an identity: of the components of a
 * place, of pools in a cluster, of models as hosts and backends.
 */
import { fitText, type TextRule } from "../../components/foundation/fit-text";

/** Components, and pools of a cluster, have at most so many characters. */
const NAME_LENGTH_MAX = 20;

const rule = (lengthMax: number): TextRule => ({
  lengthMax,
  accepted: /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
  refused: /[^a-z0-9-]/g,
  isLowerCase: true,
});

/** First words of regions that two letters would not tell apart. */
const AREAS: Readonly<Record<string, string>> = { northamerica: "na", southamerica: "sa" };

/**
 * A region in a few characters, different for all regions of a cloud.
 *
 * @example regionCode("us-east-1") // "use1"
 * @example regionCode("australia-southeast1") // "ause1"
 */
export function regionCode(region: string): string {
  const [area = "", ...rest] = region.split("-");
  const directions = rest.join("").match(/north|south|east|west|central|\d+/g) ?? [];
  const initials = directions.map((word) => (/\d/.test(word) ? word : word.slice(0, 1)));
  return `${AREAS[area] ?? area.slice(0, 2)}${initials.join("")}`;
}

/**
 * The name of the components of a fleet in a region, or of the whole fleet.
 *
 * @example placeName("support", "europe-west4") // "support-euw4"
 */
export function placeName(fleet: string, region?: string): string {
  if (region === undefined) return fitText(fleet, rule(NAME_LENGTH_MAX));
  const code = regionCode(region);
  return `${fitText(fleet, rule(NAME_LENGTH_MAX - code.length - 1))}-${code}`;
}

/** The name of a pool in its cluster, from `region/pool`. */
export function clusterPoolName(pool: string): string {
  return fitText(pool.slice(pool.indexOf("/") + 1), rule(NAME_LENGTH_MAX));
}

/** Backends, Services and hosts have at most so many characters. */
const MODEL_LENGTH_MAX = 40;

/** A model as a backend of a gateway, and as the first label of its host. */
export function modelName(model: string): string {
  return fitText(model, rule(MODEL_LENGTH_MAX));
}

/** The name of a component that exists once per model. */
export function modelComponentName(model: string): string {
  return fitText(model, rule(NAME_LENGTH_MAX));
}

/** The host that clients of a model call. */
export function modelHost(model: string, domain: string): string {
  return `${modelName(model)}.${domain}`;
}
