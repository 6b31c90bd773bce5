/**
 * How the settings of the trace reader are written where its caller writes them: as options of `capplan trace`, or
 * as keys beside `trace` in a scenario. Wording only, for the hints of problems.
 */

/** Who reads, and therefore what a hint may name. */
export type HintsFor = "command" | "scenario";

export interface ReadingHints {
  readonly skipMalformed: string;
  readonly sort: string;
  /** What to do about a format that is not the file's. */
  readonly detectFormat: string;
  /** How to name columns of no known format. */
  readonly nameColumns: string;
  readonly columns: (arrival: string, input: string, output: string) => string;
  readonly format: (name: string) => string;
}

const UNITS = "s|ms|us|ns|iso";

export const READING_HINTS: Readonly<Record<HintsFor, ReadingHints>> = {
  command: {
    skipMalformed: "--skip-malformed",
    sort: "--sort",
    detectFormat: "leave --format out to have the format detected",
    nameColumns: `name them with --columns arrival=…,input=…,output=… and --time-unit ${UNITS} (without arrival for a list of lengths)`,
    columns: (arrival, input, output) =>
      `--columns arrival=${arrival},input=${input},output=${output} --time-unit ${UNITS}`,
    format: (name) => `--format ${name}`,
  },
  scenario: {
    skipMalformed: "skipMalformed: true beside trace",
    sort: "sort: true beside trace",
    detectFormat: "leave format out to have the format detected",
    nameColumns: `name them with columns: { arrival: …, input: …, output: …, timeUnit: ${UNITS} } beside trace (without arrival for a list of lengths)`,
    columns: (arrival, input, output) =>
      `columns: { arrival: ${arrival}, input: ${input}, output: ${output}, timeUnit: ${UNITS} } beside trace`,
    format: (name) => `format: ${name}`,
  },
};
