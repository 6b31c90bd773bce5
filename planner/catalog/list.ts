/**
 * Catalog tables as plain columns and rows, filtered: what a terminal table, JSON or Markdown is
 * made of. Figures are raw numbers in the unit that the column names; a figure that is not known is
 * null.
 */
import { PlannerError, type Problem } from "../foundation/errors";
import type { CatalogColumn, CatalogTable, CatalogValue } from "./list-columns";
import { catalogTables } from "./list-tables";
import { didYouMean } from "./suggest";

export type { CatalogValue } from "./list-columns";

export type CatalogKind = keyof typeof catalogTables;

export const catalogKinds = Object.keys(catalogTables) as readonly CatalogKind[];

export interface CatalogListing {
  readonly kind: CatalogKind;
  readonly columns: readonly CatalogColumn[];
  /** One cell per column. */
  readonly rows: readonly (readonly CatalogValue[])[];
  /** Rows before filtering. */
  readonly total: number;
}

type Comparison = "=" | "!=" | ">=" | "<=" | ">" | "<";

interface Condition {
  readonly column: number;
  readonly comparison: Comparison;
  readonly wanted: string;
}

/** Row-by-row test of one filter. */
type RowTest = (row: CatalogTable["rows"][number]) => boolean;

/**
 * Rows of one catalog table that pass every filter.
 *
 * @param kind `accelerators`, `models`, `instance-types`, `regions`, `origins`,
 *   `round-trips`, `profiles`, `prices`, `service-prices` or `egress-prices`
 * @param filters `KEY=VALUE` (the cell, or a word of it), `KEY!=VALUE`, `KEY>=NUMBER` (also `<=`, `>`,
 *   `<`), or text that some cell or alias contains; a key is a column's key or title
 * @throws PlannerError for a kind or key that is not known, a value that no row has, or a comparison
 *   that is not with a number
 * @example listCatalog("accelerators", ["vendor=nvidia", "memoryGb>=80"])
 */
export function listCatalog(kind: string, filters: readonly string[] = []): CatalogListing {
  if (!isCatalogKind(kind)) {
    const hint = didYouMean(kind, catalogKinds) ?? `use one of ${catalogKinds.join(", ")}`;
    throw new PlannerError([
      { code: "unknown-name", path: "catalog", message: `unknown kind "${kind}"`, hint },
    ]);
  }
  const table = catalogTables[kind]();
  const problems: Problem[] = [];
  const tests: RowTest[] = [];
  for (const filter of filters) {
    const test = parseFilter(table, filter, problems);
    if (test !== undefined) tests.push(test);
  }
  if (problems.length > 0) throw new PlannerError(problems);
  return {
    kind,
    columns: table.columns,
    rows: table.rows.filter((row) => tests.every((test) => test(row))).map((row) => row.cells),
    total: table.rows.length,
  };
}

function isCatalogKind(kind: string): kind is CatalogKind {
  return Object.hasOwn(catalogTables, kind);
}

function parseFilter(
  table: CatalogTable,
  filter: string,
  problems: Problem[],
): RowTest | undefined {
  const match = /^([A-Za-z0-9][A-Za-z0-9/ -]*?)?\s*(>=|<=|!=|=|>|<)\s*(.*)$/.exec(filter.trim());
  if (match === null) return containing(filter);
  const [, key = "", comparison, wanted] = match as unknown as [string, string, Comparison, string];
  const column = table.columns.findIndex(
    (known) => plain(known.key) === plain(key) || plain(known.title) === plain(key),
  );
  if (column < 0) {
    problems.push(unknownKey(table, key));
    return undefined;
  }
  const condition = { column, comparison, wanted };
  if (table.columns[column]!.numeric) return numericTest(table, condition, problems);
  return textTest(table, condition, problems);
}

/** Keys and titles differ in case and spaces only by how they are written. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(" ", "");
}

function unknownKey(table: CatalogTable, key: string): Problem {
  const keys = table.columns.map((column) => column.key);
  return {
    code: "unknown-key",
    path: "filter",
    message: `unknown column "${key}"; the columns are ${keys.join(", ")}`,
    ...optionalHint(didYouMean(key, keys)),
  };
}

function optionalHint(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

function containing(text: string): RowTest {
  const wanted = text.trim().toLowerCase();
  return (row) =>
    row.aliases.some((alias) => alias.toLowerCase().includes(wanted)) ||
    row.cells.some((cell) => cell !== null && String(cell).toLowerCase().includes(wanted));
}

/** A row whose figure is not known passes no comparison. */
function numericTest(
  table: CatalogTable,
  { column, comparison, wanted }: Condition,
  problems: Problem[],
): RowTest | undefined {
  const limit = Number(wanted);
  const { key } = table.columns[column]!;
  if (wanted.trim() === "" || !Number.isFinite(limit)) {
    problems.push({
      code: "invalid-value",
      path: "filter",
      message: `${key}${comparison}: must be a number, got "${wanted}"`,
      hint: `write ${key}${comparison}80, in the unit of the column`,
    });
    return undefined;
  }
  const holds: Record<Comparison, (value: number) => boolean> = {
    "=": (value) => value === limit,
    "!=": (value) => value !== limit,
    ">=": (value) => value >= limit,
    "<=": (value) => value <= limit,
    ">": (value) => value > limit,
    "<": (value) => value < limit,
  };
  return (row) => {
    const value = row.cells[column];
    return typeof value === "number" && holds[comparison](value);
  };
}

function textTest(
  table: CatalogTable,
  { column, comparison, wanted }: Condition,
  problems: Problem[],
): RowTest | undefined {
  const { key } = table.columns[column]!;
  if (comparison !== "=" && comparison !== "!=") {
    problems.push({
      code: "invalid-value",
      path: "filter",
      message: `${key}${comparison}${wanted}: ${key} is text, which only = and != compare`,
      hint: `write ${key}=${wanted}`,
    });
    return undefined;
  }
  const has = (value: CatalogValue | undefined): boolean =>
    words(value).includes(wanted.toLowerCase());
  const values = table.rows.map((row) => row.cells[column]);
  if (!values.some(has)) {
    const known = [...new Set(values.flatMap((value) => (value === null ? [] : [String(value)])))];
    problems.push({
      code: "unknown-name",
      path: "filter",
      message: `${key}${comparison}${wanted}: no row has "${wanted}"`,
      hint: didYouMean(wanted, known) ?? `values are such as ${known.slice(0, 5).join("; ")}`,
    });
    return undefined;
  }
  const same = comparison === "=";
  return (row) => has(row.cells[column]) === same;
}

/** The cell itself and the words in it: `dense GQA, window` is also `dense`, `gqa` and `window`. */
function words(value: CatalogValue | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  const text = String(value).toLowerCase();
  return [text, ...text.split(/[\s,]+/)];
}
