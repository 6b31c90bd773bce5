/**
 * `capplan catalog [KIND] [FILTER…]`: what capplan knows of hardware, models, places, traffic and prices. Without a kind,
 * the kinds there are.
 */
import type { Command } from "commander";
import type { CatalogListing, CatalogValue } from "../../planner/catalog/list";
import { formatCount, plural } from "../../planner/report/format-number";
import { type ReportTable, UNKNOWN } from "../../planner/report/report";
import type { Io } from "../io";
import { outputOption } from "../options";
import { type OutputFormat, renderTable, renderTableAs } from "../render-table";

interface CatalogOptions {
  readonly output: OutputFormat;
  readonly details?: true;
}

export function configureCatalog(command: Command, io: Io): void {
  command
    .argument(
      "[kind]",
      "accelerators, models, instance-types, regions, origins, round-trips, profiles, prices, service-prices, egress-prices",
    )
    .argument(
      "[filter...]",
      "KEY=VALUE, KEY>=NUMBER (also != <= > <), or text to find; all must hold",
    )
    .option("--details", "every column, with source and date")
    .addOption(outputOption())
    .addHelpText("after", EXAMPLES)
    .action(async (kind: string | undefined, filters: string[], options: CatalogOptions) => {
      const { listCatalog, catalogKinds } = await import("../../planner/catalog/list");
      if (kind === undefined) {
        showKinds(
          catalogKinds.map((name) => listCatalog(name)),
          options,
          io,
        );
      } else {
        showListing(listCatalog(kind, filters), options, io);
      }
    });
}

const EXAMPLES = `
Examples:
  capplan catalog accelerators vendor=nvidia 'memoryGb>=80'
  capplan catalog models llama
  capplan catalog instance-types cloud=gcp --output json
  capplan catalog prices instanceType=p5.48xlarge region=us-east-1
  capplan catalog round-trips origin=eu-west region=us-east-1

KEY is the heading of a column, or its key in JSON; an unknown one lists them.`;

function showKinds(listings: readonly CatalogListing[], options: CatalogOptions, io: Io): void {
  const table = (): ReportTable => ({
    columns: [
      { header: "kind", align: "left" },
      { header: "rows", align: "right" },
    ],
    rows: listings.map((listing) => [listing.kind, formatCount(listing.total)]),
  });
  const data = () => listings.map(({ kind, total }) => ({ kind, rows: total }));
  io.stdout.write(renderTableAs(options.output, { table, data }, io));
}

function showListing(listing: CatalogListing, options: CatalogOptions, io: Io): void {
  const isDetailed = options.details === true;
  if (options.output === "table" && isDetailed) {
    for (const table of recordTables(listing)) io.stdout.write(`${renderTable(table, io)}\n`);
  } else {
    const content = {
      table: () => tableOf(listing, isDetailed),
      data: () => recordsOf(listing),
    };
    io.stdout.write(renderTableAs(options.output, content, io));
  }
  io.stderr.write(`${formatCount(listing.rows.length)} of ${plural(listing.total, "row")}\n`);
}

function tableOf(listing: CatalogListing, isDetailed: boolean): ReportTable {
  const shown = listing.columns.flatMap((column, index) =>
    isDetailed || !column.detail ? [{ column, index }] : [],
  );
  return {
    columns: shown.map(({ column }, position) => ({
      header: column.title,
      align: column.numeric ? "right" : "left",
      wraps: !column.numeric && position > 0,
    })),
    rows: listing.rows.map((row) => shown.map(({ index }) => describeValue(row[index] ?? null))),
  };
}

/** Too many columns to stand beside each other: a small table for each row, one line for each column. */
function recordTables(listing: CatalogListing): ReportTable[] {
  return listing.rows.map((row) => ({
    columns: [
      { header: listing.columns[0]!.title, align: "left" },
      { header: describeValue(row[0] ?? null), align: "left", wraps: true },
    ],
    rows: listing.columns
      .slice(1)
      .map(({ title }, index) => [title, describeValue(row[index + 1] ?? null)]),
  }));
}

/** Figures as the catalog has them: they are looked up here, not estimated. */
function describeValue(value: CatalogValue): string {
  if (value === null) return UNKNOWN;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  const [whole = "", fraction] = String(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Rows as objects: every column, unknown figures as null. */
function recordsOf(listing: CatalogListing): Record<string, CatalogValue>[] {
  return listing.rows.map((row) =>
    Object.fromEntries(listing.columns.map(({ key }, index) => [key, row[index] ?? null])),
  );
}
