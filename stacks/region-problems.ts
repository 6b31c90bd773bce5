/** The keys of the providers must say what the stack says, or a person looks at one place and changes another. */
import type { Problem } from "../planner/plan/fleet-of-plan";
import type { PlaceContext } from "./derive/place-context";
import type { CloudSettings } from "./stack-settings";

/** Problems of `aws:region`, `gcp:region` and `gcp:project` for a place. */
export function regionProblems(
  { cloud, region }: Pick<PlaceContext, "cloud" | "region">,
  { awsRegion, gcpRegion, gcpProject }: CloudSettings,
): readonly Problem[] {
  const problems: Problem[] = [];
  const key = `${cloud}:region`;
  const said = cloud === "aws" ? awsRegion : gcpRegion;
  if (said !== undefined && said !== region.name) {
    problems.push({
      code: "conflict",
      path: key,
      message: `is ${said}, and the stack is of ${region.name}`,
      hint: "write the stack files again: capplan stacks",
    });
  }
  if (cloud === "gcp" && gcpProject === undefined) {
    problems.push(missing("gcp:project", "the id of the project"));
  }
  return problems;
}

/** A key without which nothing can be done. */
export function missing(key: string, what: string): Problem {
  return {
    code: "missing",
    path: key,
    message: `${what} is missing`,
    hint: `pulumi config set ${key} …`,
  };
}
