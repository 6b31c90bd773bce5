/**
 * Faults and cases of a game day that name pools: a searched fleet has pools of its own, so that its plan could not be
 * run with them. Said before anything is searched.
 */
import type { Problem } from "../foundation/errors";
import type { ScenarioSpec } from "../scenario/scenario-spec";

const HINT =
  "a searched fleet has pools of its own: name a region, a zone or a cloud, write `each: pool`, or leave it out";
/** Fields of a fault whose value is the name of a pool, or begins with one. */
const POOL_FIELDS: ReadonlySet<string> = new Set(["pool", "node", "replica", "pools"]);
const PATH_OF_POOL = /^fleet\.regions\..+\.pools\b/;

/** Adds a problem for every pool that is named. */
export function refuseNamedPools(
  { faults = [], stress }: Pick<ScenarioSpec, "faults" | "stress">,
  problems: Problem[],
): void {
  refuseIn(faults, "faults", problems);
  for (const [index, { faults: own = [], set = {} }] of (stress?.cases ?? []).entries()) {
    const path = `stress.cases[${index}]`;
    refuseIn(own, `${path}.faults`, problems);
    for (const key of Object.keys(set).filter((one) => PATH_OF_POOL.test(one))) {
      problems.push(problemOf(`${path}.set`, key));
    }
  }
}

function refuseIn(value: unknown, path: string, problems: Problem[]): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) refuseIn(item, `${path}[${index}]`, problems);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const isPool = POOL_FIELDS.has(key) || (key === "of" && String(inner).includes("/"));
    const named = [inner].flat().filter((one) => typeof one === "string" && one !== "all");
    if (isPool && named.length > 0) problems.push(problemOf(`${path}.${key}`, named.join(", ")));
    else refuseIn(inner, `${path}.${key}`, problems);
  }
}

function problemOf(path: string, name: string): Problem {
  return { code: "conflict", path, message: `names a pool: "${name}"`, hint: HINT };
}
