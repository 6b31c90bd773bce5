/** The parts of a plan about money: what the fleet costs, line by line, and the prices that this rests on. */
import { z } from "zod";
import { purchaseOptions } from "../catalog/prices/price-rows";
import { flag, plainNumber, strict, text, word } from "../fleet/schema-kit";

const usd = (description: string) =>
  plainNumber(`${description}; null = not known`, { min: 0 }).nullable();

const line = strict(
  {
    pool: text("region/pool"),
    purchase: word("purchase", purchaseOptions, "How the replicas are bought"),
    replicas: plainNumber("Mean replicas that are paid for", { min: 0 }),
    billed: plainNumber("Instances, or replicas, that are billed for them", { min: 0 }),
    accelerators: plainNumber("Accelerators in what is billed", { min: 0 }),
    price: text("The row of prices that it rests on; null = none is known").nullable(),
    usdPerHour: usd("What is billed × its price"),
  },
  "Replicas of a pool that are bought in one way",
);

/** The schema of `cost`. */
export const costSpec = strict(
  {
    usdPerHour: usd("Accelerators: all lines with a price"),
    usdPerMonth: usd("The same for 730 hours"),
    servicesUsdPerMonth: usd("What surrounds the clusters"),
    totalUsdPerMonth: usd("Both together"),
    isLowerBound: flag("Something has no price, so that the total is of the rest"),
    lines: z.array(line).meta({ description: "Accelerators by pool and way of buying" }),
  },
  "What the fleet costs",
);

/** How a price is known: published, seen on a spot market, negotiated, estimated, or given for a replica. */
export const PRICE_KINDS = ["list", "spot-observed", "override", "estimated", "given"] as const;

const row = strict(
  {
    of: text("What it is the price of: p5.48xlarge us-east-1 spot; or of a replica of a pool"),
    usdPerHour: plainNumber("US dollars per hour", { min: 0 }),
    per: word(
      "unit",
      ["instance", "replica"],
      "Of an instance with all accelerators, or a replica",
    ),
    kind: word("kind", PRICE_KINDS, "How it is known"),
    source: text("Where from"),
    date: text("As of; null = not said").nullable(),
  },
  "One price",
);

/** The schema of `prices`. */
export const pricesSpec = strict(
  {
    book: strict(
      {
        id: text("Name"),
        date: text("Of the newest price in it"),
        digest: text("Equal digests, equal prices"),
      },
      "The price book",
    ).nullable(),
    rows: z.array(row).meta({ description: "Every price that the cost rests on" }),
  },
  "Prices that the plan was made with",
);

export type PlanCost = z.output<typeof costSpec>;
export type CostLine = z.output<typeof line>;
export type PlanPrices = z.output<typeof pricesSpec>;
export type PriceRow = z.output<typeof row>;
