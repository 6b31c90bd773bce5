/**
 * Which format a file is, from its header or the keys of its first line: the one asked for, the
 * user's own columns, or the first that fits. Says what is missing when none does.
 */
import { distance } from "fastest-levenshtein";
import { PlannerError, type Problem } from "../../foundation/errors";
import { detectFormat, ROW_FORMATS, TRACE_FORMAT_NAMES } from "./formats/all-formats";
import {
  type ColumnMapping,
  formatOfMapping,
  type RowFormat,
  requiredColumns,
  type TraceFormatName,
} from "./formats/trace-format";
import type { ReadingHints } from "./reading-hints";

export interface FormatChoice {
  readonly source: string;
  readonly format: TraceFormatName | undefined;
  readonly columns: ColumnMapping | undefined;
  readonly hints: ReadingHints;
}

const CONTAINER_WORDS = { csv: "CSV", jsonl: "JSON lines" } as const;

/**
 * @param present - columns of the header, or keys of the first line
 * @throws PlannerError when no format fits, or the one asked for does not
 */
export function chooseFormat(
  container: RowFormat["container"],
  present: readonly string[],
  choice: FormatChoice,
): RowFormat {
  refuseDuplicates(present, choice.source);
  if (choice.columns !== undefined) {
    return requireColumns(formatOfMapping(choice.columns, container), present, choice.source);
  }
  if (choice.format !== undefined) return namedFormat(choice.format, container, present, choice);
  const detected = detectFormat(container, present);
  if (detected === undefined) throw unknownFormat(container, present, choice);
  if (detected.arrival === undefined) refuseUnreadArrivals(detected, present, choice);
  return detected;
}

function namedFormat(
  name: TraceFormatName,
  container: RowFormat["container"],
  present: readonly string[],
  choice: FormatChoice,
): RowFormat {
  const named = ROW_FORMATS.filter((format) => format.name === name);
  const candidates = named.filter((format) => format.container === container);
  const [first] = candidates;
  if (first === undefined) {
    const whole = name === "sharegpt" ? "one JSON array" : "one JSON document";
    const wanted = named[0] === undefined ? whole : CONTAINER_WORDS[named[0].container];
    const message = `format ${name} is ${wanted}, but the file is ${CONTAINER_WORDS[container]}`;
    const hint = choice.hints.detectFormat;
    throw new PlannerError([{ code: "conflict", path: choice.source, message, hint }]);
  }
  const missing = (format: RowFormat) => missingColumns(format, present).length;
  const closest = candidates.reduce((best, one) => (missing(one) < missing(best) ? one : best));
  return requireColumns(closest, present, choice.source);
}

function missingColumns(format: RowFormat, present: readonly string[]): readonly string[] {
  return requiredColumns(format).filter((column) => !present.includes(column));
}

function requireColumns(format: RowFormat, present: readonly string[], source: string): RowFormat {
  const missing = missingColumns(format, present);
  if (missing.length === 0) return format;
  throw new PlannerError(
    missing.map(
      (column): Problem => ({
        code: "missing",
        path: source,
        message: `no column ${JSON.stringify(column)}`,
        hint: suggestColumn(column, present),
      }),
    ),
  );
}

function suggestColumn(wanted: string, present: readonly string[]): string {
  const near = present
    .map((name) => ({ name, edits: distance(name.toLowerCase(), wanted.toLowerCase()) }))
    .filter(({ edits }) => edits <= Math.max(2, wanted.length / 3))
    .sort((a, b) => a.edits - b.edits)[0];
  const all = `the columns are ${listColumns(present)}`;
  return near === undefined ? all : `did you mean ${JSON.stringify(near.name)}? ${all}`;
}

function unknownFormat(
  container: RowFormat["container"],
  present: readonly string[],
  { source, hints }: FormatChoice,
): PlannerError {
  const near = nearlyFitting(container, present);
  const columns = listColumns(present);
  const message =
    near === undefined
      ? `no known trace format (${TRACE_FORMAT_NAMES.join(", ")}) has the columns ${columns}`
      : `no known trace format has the columns ${columns}; nearest is ${near.name}, which also needs ${listColumns(missingColumns(near, present))}`;
  return new PlannerError([
    { code: "unknown-name", path: source, message, hint: hints.nameColumns },
  ]);
}

/** The format that shares most columns with the file; at least one. */
function nearlyFitting(
  container: RowFormat["container"],
  present: readonly string[],
): RowFormat | undefined {
  const shared = (format: RowFormat) =>
    requiredColumns(format).length - missingColumns(format, present).length;
  return ROW_FORMATS.filter((format) => format.container === container && shared(format) > 0).sort(
    (a, b) => shared(b) - shared(a),
  )[0];
}

/** A list of lengths with a column of times is a misspelt trace: its arrivals would be lost without a word. */
function refuseUnreadArrivals(
  format: RowFormat,
  present: readonly string[],
  { source, hints }: FormatChoice,
): void {
  const time = present.find((name) => /time|arriv/i.test(name));
  if (time === undefined) return;
  // Columns of one's own hold numbers: there is no reading times beside text.
  const read =
    format.text === undefined
      ? `read it with ${hints.columns(time, format.input, format.output)}, or `
      : "";
  throw new PlannerError([
    {
      code: "conflict",
      path: source,
      message: `column ${JSON.stringify(time)} looks like arrivals, but no known format has it beside ${format.input} and ${format.output}`,
      hint: `${read}ignore it with ${hints.format(format.name)}`,
    },
  ]);
}

function refuseDuplicates(present: readonly string[], source: string): void {
  const seen = new Set<string>();
  const twice = present.filter((name) => seen.has(name) || !seen.add(name));
  if (twice.length === 0) return;
  throw new PlannerError([
    {
      code: "conflict",
      path: source,
      message: `column ${listColumns([...new Set(twice)])} is in the header more than once`,
      hint: "rename one of them",
    },
  ]);
}

/** At most twelve names, each at most 40 characters: a binary file may pose as a header. */
function listColumns(names: readonly string[]): string {
  const shown = names
    .slice(0, 12)
    .map((name) => JSON.stringify(name.length > 40 ? `${name.slice(0, 37)}…` : name));
  return names.length > 12 ? `${shown.join(", ")} and ${names.length - 12} more` : shown.join(", ");
}
