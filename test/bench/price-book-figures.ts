/**
 * Reads instance prices of the catalog's types and regions out of the public price lists in the shared data folder.
 * Only figures that a source showed: quotes that price scripts pass on from each other, and estimates, stay out.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "csv-parse/sync";
import { instanceTypes } from "../../planner/catalog/instance-types";
import type { Confidence, PurchaseOption } from "../../planner/catalog/prices/price-rows";
import { regions } from "../../planner/catalog/regions";

/** The data folder beside the repository; not read through test/support, which needs jest. */
const sharedPrices = path.resolve(__dirname, "../..", "../shared/data/prices");

export type CsvRow = Readonly<Record<string, string>>;

/** What the figures of one sheet have in common. */
export interface Head {
  readonly cloud: "aws" | "gcp";
  readonly purchase: PurchaseOption;
  readonly kind: "list" | "spot-observed";
  readonly terms: string;
  readonly confidence: Confidence;
  readonly source: string;
  readonly date: string;
}

export interface Figure {
  readonly head: Head;
  readonly instanceType: string;
  readonly region: string;
  readonly usdPerHour: number;
  /** Lowest zone of a spot market with a price per zone. */
  readonly lowest?: number;
}

const typeOrder = new Map(instanceTypes.map((row, i) => [row.name, i]));
const regionOrder = new Map(regions.map((row, i) => [row.name, i]));
export const inCatalog = (row: CsvRow): boolean =>
  typeOrder.has(row["instance_type"]!) && regionOrder.has(row["region"]!);

const vantage = { source: "tsaol/aws-gpu (instances.vantage.sh)", date: "2026-01-21" };
const karpenterAws = {
  source: "aws/karpenter-provider-aws zz_generated.pricing_aws.go",
  date: "2026-07-20",
};
const cyclenerd = {
  source: "Cyclenerd/google-cloud-pricing-cost-calculator pricing.yml@fd66b26",
  date: "2026-07-30",
};
const skypilot = {
  // The copy is from between January and May 2026: dated by the first day, so that it is never taken for newer.
  source: "skypilot-org/skypilot-catalog v9 vms.csv@2c3d7ea, first half of 2026",
  date: "2026-01-01",
};
const awsTerms = {
  source: "AWS price list of 2026-09-25, in a published catalog of terms",
  date: "2026-09-27",
};
const gcpTerms = {
  source: "cloud.google.com accelerator-optimized pricing, in a published catalog of terms",
  date: "2026-09-27",
};
const gpuhunt = {
  source: "dstackai/gpuhunt tpu_pricing.json@3584151, kept by hand",
  date: "2026-08-19",
};

/** Everything there is, in the order of the catalog: by type, then region. */
export function catalogFigures(): Figure[] {
  const rows = readCsv("prices.csv");
  const known = rows.filter(inCatalog);
  const committed = reserved(known);
  const terms = termFigures(readCsv("other_prices.csv"));
  return [
    ...onDemand(known),
    ...observedSpot(known),
    ...committed,
    ...missingFrom(committed, terms),
    ...terms.filter(({ head }) => head.purchase === "capacity-block"),
    ...tpuFigures(rows),
  ].sort(order);
}

function onDemand(rows: readonly CsvRow[]): Figure[] {
  return rows.flatMap((row) => {
    const usdPerHour = figure(row, "on_demand_usd_h");
    if (usdPerHour === undefined) return [];
    const head: Head = {
      cloud: row["cloud"] as Head["cloud"],
      purchase: "on-demand",
      kind: "list",
      terms: "on demand",
      // The page that lists the price does not say the region.
      confidence: row["note"]!.startsWith("region inferred") ? "medium" : "high",
      ...listSource(row),
    };
    return [{ head, ...place(row), usdPerHour }];
  });
}

function listSource(row: CsvRow): Pick<Head, "source" | "date"> {
  const { source, snapshot_date: date } = row;
  for (const known of [vantage, karpenterAws, cyclenerd, gcpTerms]) {
    if (known.date === date) return known;
  }
  throw new Error(`no source for ${source} of ${date}`);
}

function reserved(rows: readonly CsvRow[]): Figure[] {
  return rows.flatMap((row) => {
    const cloud = row["cloud"] as Head["cloud"];
    const one = figure(row, "commit_1y_usd_h");
    const three = figure(row, "commit_3y_usd_h");
    const base = { cloud, kind: "list", confidence: "high" } as const;
    const figures: Figure[] = [];
    if (one !== undefined) {
      const head = { ...base, purchase: "reserved-1y", ...commitment(row, 1) } as const;
      figures.push({ head, ...place(row), usdPerHour: one });
    }
    if (three !== undefined) {
      const head = { ...base, purchase: "reserved-3y", ...commitment(row, 3) } as const;
      figures.push({ head, ...place(row), usdPerHour: three });
    }
    return figures;
  });
}

/** What is committed to, and where the rate comes from: the file says it for the first year only. */
function commitment(row: CsvRow, years: 1 | 3): Pick<Head, "terms" | "source" | "date"> {
  const term = years === 1 ? "1 year" : "3 years";
  if (row["cloud"] === "gcp") {
    return { terms: `resource commitment, ${term}`, ...listSource(row) };
  }
  const kind = row["commit_1y_kind"]!;
  if (years === 3) {
    if (!kind.endsWith("(2026-09-27)")) throw new Error(`3-year rate beside "${kind}"`);
    return { terms: "EC2 Instance Savings Plan, 3 years, no upfront", ...awsTerms };
  }
  if (kind === "1y std RI no-upfront (2026-01-21)") {
    return { terms: "standard Reserved Instance, 1 year, no upfront", ...vantage };
  }
  if (kind === "EC2 Instance SP 1y no-upfront (2026-09-27)") {
    return { terms: "EC2 Instance Savings Plan, 1 year, no upfront", ...awsTerms };
  }
  if (kind === "Compute SP 1y no-upfront (2026-09-27)") {
    return { terms: "Compute Savings Plan, 1 year, no upfront", ...awsTerms };
  }
  throw new Error(`unknown commitment "${kind}"`);
}

/** Spot prices that someone saw; the file's own estimates stay out. */
function observedSpot(rows: readonly CsvRow[]): Figure[] {
  return rows.flatMap((row) => {
    const usdPerHour = figure(row, "spot_median_usd_h");
    const source = row["spot_source"]!;
    if (usdPerHour === undefined || source.startsWith("ESTIMATE")) return [];
    const isZonal = source.startsWith("skypilot");
    if (!isZonal && !source.startsWith("Cyclenerd")) throw new Error(`unknown source "${source}"`);
    const isStarved = row["note"] === "spot ~= on-demand";
    const head: Head = {
      cloud: row["cloud"] as Head["cloud"],
      purchase: "spot",
      kind: "spot-observed",
      terms: spotTerms(isZonal, isStarved),
      confidence: isStarved ? "low" : isZonal ? "medium" : "high",
      ...(isZonal ? skypilot : cyclenerd),
    };
    const lowest = isZonal ? { lowest: figure(row, "spot_min_usd_h")! } : {};
    return [{ head, ...place(row), usdPerHour, ...lowest }];
  });
}

function spotTerms(isZonal: boolean, isStarved: boolean): string {
  if (isStarved) return "spot, median over zones; near the on-demand price: hardly any to be had";
  return isZonal ? "spot, median over zones" : "spot, one price per region";
}

/** Capacity blocks, and the commitments that the price lists lack. */
function termFigures(rows: readonly CsvRow[]): Figure[] {
  return rows.flatMap((row) => {
    const match = /^(\S+) (resource CUD ([13])y|EC2 Capacity Block|DWS Calendar)/.exec(
      row["item"]!,
    );
    const isOffer = row["category"] === "commitment" || row["category"] === "capacity-block";
    if (match === null || !isOffer) return [];
    const [, instanceType, , years] = match as unknown as [string, string, string, string?];
    const isAws = row["cloud"] === "aws";
    const blockTerms = isAws
      ? "Capacity Block, prepaid, 1 to 182 days"
      : "Dynamic Workload Scheduler calendar mode, 1 to 90 days";
    const head: Head = {
      cloud: isAws ? "aws" : "gcp",
      purchase:
        years === undefined ? "capacity-block" : years === "1" ? "reserved-1y" : "reserved-3y",
      kind: "list",
      terms:
        years === undefined
          ? blockTerms
          : `resource commitment, ${years === "1" ? "1 year" : "3 years"}`,
      confidence: row["confidence"] as Confidence,
      ...(isAws ? awsTerms : gcpTerms),
    };
    return [{ head, instanceType, region: row["region"]!, usdPerHour: Number(row["price"]) }];
  });
}

function missingFrom(figures: readonly Figure[], more: readonly Figure[]): Figure[] {
  const key = ({ head, instanceType, region }: Figure): string =>
    `${head.purchase} ${instanceType} ${region}`;
  const known = new Set(figures.map(key));
  return more.filter((one) => one.head.purchase !== "capacity-block" && !known.has(key(one)));
}

/** TPUs are priced by the chip-hour, whatever the machine type; the catalog's rows are machine types. */
function tpuFigures(rows: readonly CsvRow[]): Figure[] {
  const sources = [
    { name: "tpu-v5e-per-chip", accelerator: "tpu-v5e", hasSpot: false, ...gpuhunt },
    { name: "tpu-v5p-per-chip", accelerator: "tpu-v5p", hasSpot: false, ...gpuhunt },
    // The other file has v6e too, at the same list prices, but says of no spot price when it was.
    { name: "tpu-v6e-1", accelerator: "tpu-v6e", hasSpot: true, ...skypilot },
  ];
  return sources.flatMap(({ name, accelerator, hasSpot, source, date }) => {
    const perChip = rows.filter((row) => row["instance_type"] === name);
    const machines = instanceTypes.filter((row) => row.accelerator === accelerator);
    return machines.flatMap((machine) =>
      perChip.flatMap((row) => {
        const chips = machine.acceleratorCount;
        const at = { instanceType: machine.name, region: row["region"]! };
        const base = { cloud: "gcp", source, date } as const;
        const list: Head = {
          ...base,
          purchase: "on-demand",
          kind: "list",
          terms: "on demand, per chip-hour times the chips of the machine",
          confidence: "medium",
        };
        const spot: Head = {
          ...base,
          purchase: "spot",
          kind: "spot-observed",
          terms: "spot, per chip-hour times the chips of the machine",
          confidence: "low",
        };
        const seen = hasSpot ? figure(row, "spot_median_usd_h") : undefined;
        return [
          { head: list, ...at, usdPerHour: rounded(figure(row, "on_demand_usd_h")! * chips) },
          ...(seen === undefined ? [] : [{ head: spot, ...at, usdPerHour: rounded(seen * chips) }]),
        ];
      }),
    );
  });
}

/** To the millionth of a dollar that the price lists have. */
export function rounded(usd: number): number {
  return Number(usd.toFixed(6));
}

export function readCsv(file: string): CsvRow[] {
  const text = readFileSync(path.join(sharedPrices, file), "utf8");
  return parse(text, { columns: true, skip_empty_lines: true }) as CsvRow[];
}

export function figure(row: CsvRow, column: string): number | undefined {
  const text = row[column]!.trim();
  return text === "" ? undefined : Number(text);
}

export function place(row: CsvRow): { readonly instanceType: string; readonly region: string } {
  return { instanceType: row["instance_type"]!, region: row["region"]! };
}

/** In the order of the catalog. */
export function order(a: Pick<Figure, "instanceType" | "region">, b: typeof a): number {
  const byType = typeOrder.get(a.instanceType)! - typeOrder.get(b.instanceType)!;
  return byType || regionOrder.get(a.region)! - regionOrder.get(b.region)!;
}
