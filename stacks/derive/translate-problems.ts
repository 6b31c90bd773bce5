/**
 * Components check their own arguments, and name them. Here the same checks run before anything is registered, and what
 * they find is said of the plan: by the path of the policy that an argument was derived from.
 */
import { describeInputProblem, type InputProblem } from "../../components/foundation/input-problem";
import type { Problem } from "../../planner/plan/fleet-of-plan";

/** Paths of arguments, or what they begin with, and the places in the plan or the stack's configuration. */
export type PathTable = Readonly<Record<string, string>>;

/**
 * Problems of arguments as problems of the plan.
 *
 * @param table the longest entry that begins a path replaces it; indexes stay
 * @param otherwise what a path is below that no entry begins
 */
export function translateProblems(
  problems: readonly InputProblem[],
  table: PathTable,
  otherwise: string,
): readonly Problem[] {
  return problems.map((problem) => ({
    code: "conflict",
    path: translatedPath(problem.path, table, otherwise),
    message: describeInputProblem(problem),
  }));
}

function translatedPath(path: string, table: PathTable, otherwise: string): string {
  const [from] = Object.keys(table)
    .filter((key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`))
    .toSorted((a, b) => b.length - a.length);
  return from === undefined ? `${otherwise}.${path}` : `${table[from]}${path.slice(from.length)}`;
}
