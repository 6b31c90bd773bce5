/**
 * Derives the instance prices of the catalog from the public price lists in the shared data folder: writes the modules of
 * planner/catalog/prices that say "written by test/bench/price-book.ts" into a folder.
 *
 *   npx tsx test/bench/price-book.ts planner/catalog/prices && npx biome check --write planner/catalog/prices
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { PurchaseOption } from "../../planner/catalog/prices/price-rows";
import { catalogFigures, type Figure, inCatalog, readCsv } from "./price-book-figures";
import { gcpSpotModule, quoteModule, savingsModule, sheetModule } from "./price-book-modules";

function main(folder: string): void {
  const figures = catalogFigures();
  const of = (cloud: string, ...options: PurchaseOption[]): Figure[] =>
    figures.filter(({ head }) => head.cloud === cloud && options.includes(head.purchase));
  const write = (file: string, text: string): void =>
    writeFileSync(path.join(folder, file), text, "utf8");

  const awsReserved = of("aws", "reserved-1y", "reserved-3y");
  const gcpReserved = of("gcp", "reserved-1y", "reserved-3y");
  const blocks = [...of("aws", "capacity-block"), ...of("gcp", "capacity-block")];
  write(
    "aws-on-demand.ts",
    sheetModule("awsOnDemand", "On-demand prices of AWS", of("aws", "on-demand")),
  );
  write("aws-reserved.ts", sheetModule("awsReserved", "Committed prices of AWS", awsReserved));
  write("aws-spot.ts", quoteModule(of("aws", "spot")));
  write("aws-spot-savings.ts", savingsModule(readCsv("prices.csv").filter(inCatalog)));
  write(
    "gcp-on-demand.ts",
    sheetModule("gcpOnDemand", "On-demand prices of Google Cloud", of("gcp", "on-demand")),
  );
  write(
    "gcp-reserved.ts",
    sheetModule("gcpReserved", "Committed prices of Google Cloud", gcpReserved),
  );
  write(
    "gcp-spot.ts",
    gcpSpotModule(of("gcp", "spot"), readCsv("gcp_price_history.csv").filter(inCatalog)),
  );
  write("capacity-blocks.ts", sheetModule("capacityBlocks", "Prepaid blocks of capacity", blocks));
}

if (require.main === module) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("say the folder that the modules are written to");
  main(folder);
}
