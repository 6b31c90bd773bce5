/**
 * The price book that comes with the catalog: list prices and observed spot prices of AWS and Google Cloud for its
 * instance types and regions, and what surrounds a cluster. Put together when first asked for: most commands need none.
 */
import { awsOnDemand } from "./aws-on-demand";
import { awsReserved } from "./aws-reserved";
import { awsSpot } from "./aws-spot";
import { awsSpotSavings } from "./aws-spot-savings";
import { capacityBlocks } from "./capacity-blocks";
import { egressPrices } from "./egress";
import { gcpOnDemand } from "./gcp-on-demand";
import { gcpReserved } from "./gcp-reserved";
import { gcpSpot, gcpSpotRanges } from "./gcp-spot";
import { createPriceBook, type PriceBook } from "./price-book";
import type { SpotSaving } from "./price-rows";
import { quoteRows, sheetRows, withRanges } from "./price-sheet";
import { awsServices } from "./services-aws";
import { gcpServices } from "./services-gcp";

let book: PriceBook | undefined;

/** The same book every time. */
export function listPriceBook(): PriceBook {
  book ??= createPriceBook("capplan-list", {
    instances: [
      ...[...awsOnDemand, ...awsReserved, ...gcpOnDemand, ...gcpReserved].flatMap(sheetRows),
      ...capacityBlocks.flatMap(sheetRows),
      ...awsSpot.flatMap(quoteRows),
      ...withRanges(gcpSpot.flatMap(sheetRows), gcpSpotRanges),
    ],
    services: [...awsServices, ...gcpServices],
    egress: egressPrices,
    spotSavings: awsSpotSavings.flatMap(savingRows),
  });
  return book;
}

function savingRows({ regions, lines }: (typeof awsSpotSavings)[number]): SpotSaving[] {
  return lines.flatMap(([instanceType, ...percentages]) =>
    regions.map((region, i) => ({ instanceType, region, share: percentages[i]! / 100 })),
  );
}
