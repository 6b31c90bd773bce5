/** Files that `capplan size` leaves behind: the plan, and the stack files that deploy it. */
import path from "node:path";
import type { CapacityPlan } from "../planner/plan/plan-spec";
import { formatCount, plural } from "../planner/report/format-number";
import type { ScenarioSpec } from "../planner/scenario/scenario-spec";
import type { SizingResult, VerifiedFleet } from "../planner/sizing/sizing-result";
import { type Io, resolvePath } from "./io";
import type { LoadedSpec } from "./load-scenario";
import { packageVersion } from "./package-root";
import { writeStacks } from "./write-stacks";

export interface PlanSource {
  /** As it was given to the search. */
  readonly asked: ScenarioSpec;
  readonly loaded: LoadedSpec;
  readonly outName: string | undefined;
  readonly io: Io;
}

/** undefined when none is asked for, or there is no fleet that could be deployed. */
export async function planOf(
  result: SizingResult | VerifiedFleet,
  { asked, loaded, outName, io }: PlanSource,
): Promise<CapacityPlan | undefined> {
  if (outName === undefined || result.kind === "infeasible") return undefined;
  if (result.cases.length === 0 || result.verdict === "FAIL") return undefined;
  const { sizedPlan } = await import("../planner/plan/sized-plan");
  const { written, traces, folder } = loaded;
  const from = path.dirname(resolvePath(io, outName));
  const to = resolvePath(io, folder);
  return sizedPlan({
    result,
    asked,
    written,
    traces,
    tracePath: (given) =>
      path.isAbsolute(given)
        ? given
        : path.relative(from, path.join(to, given)).split(path.sep).join("/"),
    version: packageVersion(),
  });
}

/** Text of the plan's file. */
export async function planText(plan: CapacityPlan): Promise<string> {
  const { writePlan } = await import("../planner/plan/write-plan");
  return writePlan(plan);
}

/** Writes the stack files, and says how many. */
export async function writeStackFiles(
  io: Io,
  plan: CapacityPlan,
  where: {
    readonly planFile: string;
    readonly folder: string;
    readonly onNote: (text: string) => void;
  },
): Promise<void> {
  const { planFile, folder, onNote } = where;
  const { files, stale } = await writeStacks(io, plan, { planFile, folder, force: false });
  const changed = files.filter(({ state }) => state !== "same");
  onNote(
    `${plural(files.length, "stack file")} in ${folder}, ${formatCount(changed.length)} of them written`,
  );
  for (const file of stale) onNote(`${file} is of a stack that the plan no longer has`);
}
