/**
 * The `prices` part of a scenario file: what is negotiated, and what may be estimated where the price book has nothing.
 * Names are not looked up here: that is `resolve-prices.ts`.
 */
import { z } from "zod";
import { purchaseOptions } from "../catalog/prices/price-rows";
import { dollars, flag, share, strict, text, word } from "../fleet/schema-kit";

const CLOUDS = ["aws", "gcp"] as const;

const override = strict(
  {
    cloud: word("cloud", CLOUDS, "Cloud whose prices it is about; all when left out").optional(),
    region: text("Region that it is about; all when left out").optional(),
    instanceType: text("Instance type that it is about; all when left out").optional(),
    purchase: word(
      "purchase option",
      purchaseOptions,
      "Purchase option that it is about; on demand and reserved ones when left out",
    ).optional(),
    discount: share("Share off the price of the book; either this or usdPerHour", {
      above: 0,
    }).optional(),
    usdPerHour: dollars(
      "US dollars per instance (with all of its accelerators) and hour; needs region, instanceType and purchase",
      { above: 0 },
    ).optional(),
    source: text("Where it stands: a contract, a quote").optional(),
    date: text("Day from which it holds, as 2026-11-01").optional(),
  },
  "A negotiated price, or a discount",
);

/** The schema of `prices`. */
export const pricesSpec = strict(
  {
    overrides: z
      .array(override)
      .min(1)
      .meta({
        description:
          "Negotiated prices, laid over the price book; of two that fit, the more specific one",
      })
      .optional(),
    estimateSpot: flag(
      "Estimate spot prices where the price book has none; reports mark them",
    ).optional(),
    estimateServices: flag(
      "Estimate prices of services in regions where the price book has none; reports mark them",
    ).optional(),
  },
  "Prices beside those of the price book",
);

export type PricesSpec = z.output<typeof pricesSpec>;
