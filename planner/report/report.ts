/**
 * The document model of every report: an answer, sections of tables and text, warnings, and the command
 * that reproduces it. It knows nothing of terminals or Markdown; `render-terminal.ts` and
 * `render-markdown.ts` turn it into text.
 */

export interface Report {
  readonly title: string;
  /** The answer, in one to a few lines: what a reader in a hurry needs. */
  readonly answer: readonly ReportLine[];
  readonly sections: readonly ReportSection[];
  readonly warnings: readonly string[];
  /** The command line that gives this report again, with the seed; absent when there is nothing to repeat. */
  readonly reproduce: string | undefined;
}

/** How a text is meant; colour is only ever an addition to words that say the same. */
export type Tone = "good" | "bad" | "unsure" | "quiet" | "plain";

export interface ReportLine {
  readonly text: string;
  readonly tone: Tone;
}

export interface ReportSection {
  readonly heading: string;
  readonly blocks: readonly ReportBlock[];
}

export type ReportBlock =
  | { readonly kind: "table"; readonly table: ReportTable }
  | { readonly kind: "paragraph"; readonly text: string }
  | {
      readonly kind: "list";
      readonly items: readonly string[];
      /** Without bullets: lines that stand as they are, such as a derivation. @default false */
      readonly isPlain?: boolean;
    };

export interface ReportTable {
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface ReportColumn {
  readonly header: string;
  /** Numbers stand right, words left. */
  readonly align: "left" | "right";
  /** Long words may be broken over lines in this column when the table is too wide. */
  readonly wraps?: boolean;
}

export type Cell = string | ReportLine;

/** Shown where a number is not known or not defined. Never 0. */
export const UNKNOWN = "–";

export function cellText(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

export function table(
  columns: readonly ReportColumn[],
  rows: readonly (readonly Cell[])[],
): ReportBlock {
  return { kind: "table", table: { columns, rows } };
}

export function paragraph(text: string): ReportBlock {
  return { kind: "paragraph", text };
}
