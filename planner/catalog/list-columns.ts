/** What a catalog table is, and how it is read off rows column by column. */

export type CatalogValue = string | number | boolean | null;

export interface CatalogColumn {
  /** For filters and JSON: `memoryGb`. */
  readonly key: string;
  /** For people: `memory GB`. */
  readonly title: string;
  readonly numeric: boolean;
  /** Left out where room is short, as in a terminal of 80 columns. */
  readonly detail: boolean;
}

export interface CatalogTable {
  readonly columns: readonly CatalogColumn[];
  readonly rows: readonly {
    /** Other names of the row: searched, not shown. */
    readonly aliases: readonly string[];
    readonly cells: readonly CatalogValue[];
  }[];
}

/** How one column is read off a row. */
export type ColumnOf<T> = readonly [
  key: string,
  title: string,
  value: (row: T) => CatalogValue | undefined,
  detail?: "detail",
];

/** A column is numeric when some row has a number in it. */
export function tableOf<T>(
  rows: readonly T[],
  columns: readonly ColumnOf<T>[],
  aliasesOf: (row: T) => readonly string[] = () => [],
): CatalogTable {
  const shown = rows.map((row) => ({
    aliases: aliasesOf(row),
    cells: columns.map(([, , value]) => value(row) ?? null),
  }));
  return {
    columns: columns.map(([key, title, , detail], index) => ({
      key,
      title,
      numeric: shown.some(({ cells }) => typeof cells[index] === "number"),
      detail: detail === "detail",
    })),
    rows: shown,
  };
}

/** To so many decimals. */
export function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
