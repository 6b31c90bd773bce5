/** The parts of a plan about money: what the fleet costs, line by line, and the prices that this rests on. */
import { z } from "zod";
import { type InstancePrice, purchaseOptions } from "../catalog/prices/price-rows";
import { flag, plainNumber, strict, text, word } from "../fleet/schema-kit";

const usd = (description: string) =>
  plainNumber(`${description}; null = a price is not known`, { min: 0 }).nullable();

const line = strict(
  {
    pool: text("region/pool"),
    purchase: word("purchase", purchaseOptions, "How the replicas are bought"),
    replicas: plainNumber("Mean replicas that are paid for", { min: 0 }),
    usdPerReplicaHour: usd("US dollars per replica and hour"),
    usdPerHour: usd("Replicas × the price of one"),
    price: text("Row of prices that it rests on").nullable(),
  },
  "Replicas of a pool that are bought in one way",
);

/** The schema of `cost`. */
export const costSpec = strict(
  {
    usdPerHour: usd("Of all lines with a price"),
    usdPerMonth: usd("The same for 730 hours"),
    isLowerBound: flag("Some line has no price, so that the totals are of the others"),
    lines: z.array(line).meta({ description: "By pool and way of buying" }),
  },
  "What the fleet costs",
);

const KINDS = [
  "list",
  "spot-observed",
  "override",
] as const satisfies readonly InstancePrice["kind"][];

const row = strict(
  {
    of: text("What it is the price of: aws p5.48xlarge us-east-1 spot, or a pool"),
    usdPerHour: plainNumber("US dollars per hour", { min: 0 }),
    per: word(
      "unit",
      ["instance", "replica"],
      "Of an instance with all accelerators, or a replica",
    ),
    kind: word("kind", KINDS, "Published, seen on a spot market, or given by the user"),
    source: text("Where from"),
    date: text("As of").nullable(),
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
