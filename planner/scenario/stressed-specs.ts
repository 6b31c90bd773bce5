/**
 * The user's cases of a game day as scenarios of their own: the scenario as written with a case's changes applied
 * (`set`, as `--set` does) and its faults added, read by the same schema. What a case may say is `stress-spec.ts`.
 */
import { PlannerError, type Problem } from "../foundation/errors";
import { applySettings } from "./apply-overrides";
import { faultNames } from "./fault-names";
import { type ScenarioSpec, type StressedSpec, scenarioSpec } from "./scenario-spec";
import { problemsOf } from "./zod-problems";

/** The cases of a scenario, in the order of the file; none when it has no `stress.cases`. */
export function stressedSpecs(spec: ScenarioSpec): readonly StressedSpec[] {
  return spec.stressed ?? [];
}

/** What the schema lets through of a raw scenario with cases. */
interface RawScenario {
  readonly faults?: unknown;
  readonly stress?: { readonly cases?: readonly { readonly faults?: readonly unknown[] }[] };
}

type CaseSpec = NonNullable<NonNullable<ScenarioSpec["stress"]>["cases"]>[number];

/**
 * Reads every case.
 *
 * @param spec what `raw` became
 * @throws PlannerError with the problems of all cases
 */
export function parseStressed(spec: ScenarioSpec, raw: unknown): StressedSpec[] {
  const cases = spec.stress?.cases ?? [];
  const { stress, ...base } = raw as RawScenario;
  const problems: Problem[] = [];
  const names = cases.map(({ name }) => name);
  const stressed = cases.flatMap((one, index) => {
    const path = `stress.cases[${index}]`;
    if (names.indexOf(one.name) < index) {
      const message = `is the name of another case: "${one.name}"`;
      problems.push({ code: "conflict", path: `${path}.name`, message });
    }
    const faults = stress?.cases?.[index]?.faults ?? [];
    return parseCase(one, { path, base, faults }, problems) ?? [];
  });
  if (problems.length > 0) throw new PlannerError(problems);
  return stressed;
}

/** One case; undefined after problems. `base` and `faults` are raw: the scenario without `stress`, and the case's own. */
function parseCase(
  { name, set = {} }: CaseSpec,
  written: { readonly path: string; readonly base: unknown; readonly faults: readonly unknown[] },
  problems: Problem[],
): StressedSpec | undefined {
  const { path, base, faults } = written;
  if (Object.keys(set).some((key) => /^stress(?:[.[]|$)/.test(key))) {
    const message = "a case cannot change stress";
    problems.push({ code: "conflict", path: `${path}.set`, message });
    return undefined;
  }
  const before = problems.length;
  const changed = applySettings(base, set, `${path}.set`, problems) as RawScenario;
  if (problems.length > before) return undefined;
  const parsed = scenarioSpec.safeParse(withFaults(changed, faults));
  if (!parsed.success) {
    // The case's own faults are right, or the whole file would not have been read.
    const found = problemsOf(parsed.error.issues, changed);
    problems.push(...found.map((problem) => inSet(problem, path)));
    return undefined;
  }
  const all = faultNames(parsed.data.faults ?? []);
  return { name, path, spec: parsed.data, faultNames: all.slice(all.length - faults.length) };
}

function withFaults(raw: RawScenario, added: readonly unknown[]): unknown {
  if (added.length === 0) return raw;
  const { faults } = raw;
  // What is no list is a problem of its own, and is shown as it is.
  if (faults !== undefined && faults !== null && !Array.isArray(faults)) return raw;
  return { ...raw, faults: [...(faults ?? []), ...added] };
}

function inSet(problem: Problem, path: string): Problem {
  return { ...problem, path: `${path}.set: ${problem.path}` };
}

/** A problem of a case's scenario, placed in the file: in a fault of the case's own, or in what it sets. */
export function problemOfCase(
  problem: Problem,
  { path, spec, faultNames: own }: StressedSpec,
): Problem {
  const first = (spec.faults?.length ?? 0) - own.length;
  const match = /^faults\[(\d+)\](.*)$/.exec(problem.path);
  const index = Number(match?.[1] ?? -1) - first;
  return index >= 0
    ? { ...problem, path: `${path}.faults[${index}]${match?.[2] ?? ""}` }
    : inSet(problem, path);
}
