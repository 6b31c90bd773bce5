/** What is wrong with the configuration of an edge beside its DNS and its budgets. */
import type { Problem } from "../planner/plan/fleet-of-plan";
import type { FleetContext } from "./derive/fleet-context";
import { derivePlace } from "./derive/place-context";
import { missing } from "./region-problems";
import type { CloudSettings, EdgeSettings } from "./stack-settings";

/** Route 53 has its metrics in this region only. */
const EDGE_REGION = "us-east-1";

/** Problems of the keys of an edge. */
export function edgeProblems(
  context: FleetContext,
  { place, serving, zones = {}, managedZone }: EdgeSettings,
  { awsRegion, gcpProject }: CloudSettings,
): readonly Problem[] {
  const { fleet } = context;
  const problems: Problem[] = [];
  if (place !== "fleet") {
    problems.push({
      code: "invalid-value",
      path: "capplan:place",
      message: `must be fleet for the layer edge, got ${place}`,
      hint: "write the stack files again: capplan stacks",
    });
  }
  const names = fleet.regions.map(({ name }) => name);
  const isInOrder =
    serving.length === names.length && names.every((name, index) => serving[index]!.endsWith(name));
  if (!isInOrder) {
    problems.push({
      code: "conflict",
      path: "capplan:serving",
      message: `must name the serving stack of each region in turn (${names.join(", ")}), got ${serving.join(", ")}`,
      hint: "write the stack files again: capplan stacks",
    });
  }
  if (awsRegion !== undefined && awsRegion !== EDGE_REGION) {
    problems.push({
      code: "conflict",
      path: "aws:region",
      message: `must be ${EDGE_REGION}, where Route 53 has its metrics, got ${awsRegion}`,
    });
  }
  const hasGoogle = fleet.regions.some(({ spec }) => spec.cloud === "gcp");
  if ((hasGoogle || managedZone !== undefined) && gcpProject === undefined) {
    problems.push(missing("gcp:project", "the id of the project"));
  }
  for (const [region, named] of Object.entries(zones)) {
    const found = derivePlace(context, { place: region, zones: named });
    problems.push(...found.problems.map((one) => ({ ...one, path: `capplan:zones.${region}` })));
  }
  return problems;
}
