/** Fleets as YAML, read and resolved without a scenario around them: what comes out, or all that is wrong. */
import { parse } from "yaml";
import { listPriceBook } from "../../../planner/catalog/prices/list-price-book";
import { type FleetSpec, fleetSpec } from "../../../planner/fleet/fleet-spec";
import { resolveFleet } from "../../../planner/fleet/resolve-fleet";
import type { ResolvedFleet, ResolvedPool } from "../../../planner/fleet/resolved-fleet";
import { describeProblem, type Problem } from "../../../planner/foundation/errors";
import { problemsOf } from "../../../planner/scenario/zod-problems";

type Tree = { [key: string]: unknown };

/** Four replicas of 8 accelerators' worth in each of two AWS regions: two accelerators a replica, four on a node. */
export const TWO_REGIONS = `
regions:
  us-east-1:
    pools:
      h100: { model: llama-3.1-8b-instruct, instanceType: p5.48xlarge, replicas: 4, engine: { tensorParallel: 2, maxSequences: 100 } }
  eu-west-1:
    pools:
      h100: { model: llama-3.1-8b-instruct, instanceType: p5.48xlarge, replicas: 4, engine: { tensorParallel: 2, maxSequences: 100 } }
`;

export interface FleetReading {
  readonly spec: FleetSpec | undefined;
  readonly fleet: ResolvedFleet | undefined;
  readonly problems: readonly Problem[];
}

/** The fleet of a YAML text, or of a value as YAML gives it. */
export function readFleet(
  text: string | object,
  origins: readonly string[] = ["eu-west", "us-east"],
): FleetReading {
  const raw: unknown = typeof text === "string" ? parse(text) : text;
  const parsed = fleetSpec.safeParse(raw);
  if (!parsed.success)
    return { spec: undefined, fleet: undefined, problems: problemsOf(parsed.error.issues, raw) };
  const problems: Problem[] = [];
  const prices = { book: listPriceBook(), estimateSpot: false };
  const fleet = resolveFleet(parsed.data, { origins, prices }, problems);
  return { spec: parsed.data, fleet, problems };
}

/** `TWO_REGIONS` with values set: path (`h100` for the pool of us-east-1) → value in YAML, or null to take it out. */
export function changed(changes: Readonly<Record<string, string>>): Tree {
  const tree = parse(TWO_REGIONS) as Tree;
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.replace(/^h100/, "regions.us-east-1.pools.h100").split(".");
    const last = steps.pop()!;
    let place = tree;
    for (const step of steps) {
      place[step] ??= {};
      place = place[step] as Tree;
    }
    const parsed: unknown = parse(value);
    if (parsed === null) delete place[last];
    else place[last] = parsed;
  }
  return tree;
}

/** The fleet with changes, which must be good. */
export function goodFleet(changes: Readonly<Record<string, string>>): ResolvedFleet {
  const { fleet, problems } = readFleet(changed(changes));
  if (fleet === undefined || problems.length > 0)
    throw new Error(problems.map(describeProblem).join("\n"));
  return fleet;
}

/** Its pool in us-east-1. */
export function goodPool(changes: Readonly<Record<string, string>>): ResolvedPool {
  return goodFleet(changes).pools.find(({ name }) => name === "us-east-1/h100")!;
}

/** What is wrong with the fleet with changes, as it is shown of a scenario file. */
export function shownProblems(changes: Readonly<Record<string, string>>): string[] {
  return readFleet(changed(changes)).problems.map((problem) => {
    // What the schema of the fleet alone sees begins below `fleet`.
    const path = problem.path.startsWith("fleet") ? problem.path : `fleet.${problem.path}`;
    return describeProblem({ ...problem, path });
  });
}
