/**
 * A mixed-integer linear programme as it is built, and its solution by HiGHS (MIT licence, compiled to WebAssembly).
 * What the variables mean is not known here.
 */
import type { Highs } from "highs";

export type VariableKind = "continuous" | "integer" | "binary";

/** A variable by its number. */
export type Variable = number;

export type Term = readonly [coefficient: number, variable: Variable];

interface Row {
  readonly terms: readonly Term[];
  readonly relation: ">=" | "<=" | "=";
  readonly right: number;
}

/** Values by variable, and that of the objective; undefined when no values keep all rows. */
export interface ProgrammeSolution {
  readonly objective: number;
  valueOf(variable: Variable): number;
}

/** Lines of the LP format are cut well before the readers' limit. */
const TERMS_PER_LINE = 8;
const LARGEST = 1e15;
/** Far below the price of anything. */
const RELATIVE_GAP = 1e-7;

export class LinearProgramme {
  private readonly kinds: VariableKind[] = [];
  private readonly upper: number[] = [];
  private readonly costs: number[] = [];
  private readonly rows: Row[] = [];

  /** A variable from 0 to `upper`; each unit of it adds `cost` to what is minimised. */
  variable(kind: VariableKind, upper: number, cost = 0): Variable {
    refuseUnwritable([upper, cost]);
    this.kinds.push(kind);
    this.upper.push(kind === "binary" ? 1 : upper);
    this.costs.push(cost);
    return this.kinds.length - 1;
  }

  row(terms: readonly Term[], relation: Row["relation"], right: number): void {
    refuseUnwritable([right, ...terms.map(([coefficient]) => coefficient)]);
    // The solver takes a row for kept that is off by a millionth: rows of small numbers would say nothing.
    const largest = Math.max(0, ...terms.map(([coefficient]) => Math.abs(coefficient)));
    const scale = largest > 0 && largest < 1 ? 1 / largest : 1;
    const scaled = terms.map(([coefficient, of]): Term => [coefficient * scale, of]);
    this.rows.push({ terms: scaled, relation, right: right * scale });
  }

  /** left ≥ factor · right, or ≤. */
  compare(left: Variable, relation: ">=" | "<=", factor: number, right: Variable): void {
    this.row(
      [
        [1, left],
        [-factor, right],
      ],
      relation,
      0,
    );
  }

  /** Least value of the objective; undefined when the rows contradict each other. */
  solve(solver: Highs): ProgrammeSolution | undefined {
    const solution = solver.solve(this.toText(), { mip_rel_gap: RELATIVE_GAP });
    if (solution.Status === "Infeasible") return undefined;
    if (solution.Status !== "Optimal") {
      throw new Error(`the solver ended with "${solution.Status}"`);
    }
    const { Columns } = solution;
    return {
      objective: solution.ObjectiveValue,
      valueOf: (variable) => {
        const value = Columns[`x${variable}`]?.Primal ?? 0;
        return this.kinds[variable] === "continuous" ? value : Math.round(value);
      },
    };
  }

  /** In CPLEX's LP format. */
  private toText(): string {
    const numbers = this.kinds.map((_, variable) => variable);
    const named = (kind: VariableKind): string[] =>
      numbers.filter((variable) => this.kinds[variable] === kind).map((variable) => `x${variable}`);
    const costs = numbers.map((variable): Term => [this.costs[variable]!, variable]);
    const rows = this.rows.map(
      ({ terms, relation, right }, index) => ` r${index}: ${written(terms)} ${relation} ${right}`,
    );
    const bounds = numbers
      .filter((variable) => this.kinds[variable] !== "binary")
      .map((variable) => ` 0 <= x${variable} <= ${this.upper[variable]}`);
    return [
      "Minimize",
      ` cost: ${written(costs)}`,
      "Subject To",
      ...rows,
      "Bounds",
      ...bounds,
      "General",
      ...lines(named("integer")),
      "Binary",
      ...lines(named("binary")),
      "End",
      "",
    ].join("\n");
  }
}

/** The solver's reader takes what is not a number for one, and refuses very large ones without saying which. */
function refuseUnwritable(numbers: readonly number[]): void {
  const bad = numbers.find((one) => !(Math.abs(one) <= LARGEST));
  if (bad !== undefined) throw new RangeError(`a programme of finite numbers, got ${bad}`);
}

/** Every variable of a row once, with its coefficients added up. */
function written(terms: readonly Term[]): string {
  const sums = new Map<Variable, number>();
  for (const [coefficient, variable] of terms) {
    sums.set(variable, (sums.get(variable) ?? 0) + coefficient);
  }
  const words = [...sums].map(
    ([variable, coefficient]) =>
      `${coefficient < 0 ? "-" : "+"} ${Math.abs(coefficient)} x${variable}`,
  );
  return words.length === 0 ? "0 x0" : lines(words).join("\n ").trim();
}

function lines(words: readonly string[]): string[] {
  const cut: string[] = [];
  for (let i = 0; i < words.length; i += TERMS_PER_LINE) {
    cut.push(` ${words.slice(i, i + TERMS_PER_LINE).join(" ")}`);
  }
  return cut;
}
