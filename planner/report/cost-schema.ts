/**
 * The schema of `cost` in the result of `capplan simulate`. The types of planner/cost/cost-summary.ts are the contract;
 * `summary-schema.ts` checks that this says the same.
 */
import { z } from "zod";
import { purchaseOptions, serviceNames, serviceUnits } from "../catalog/prices/price-rows";

const usd = z.number().nullable().describe("US dollars; null when no price is known");
const provenance = { source: z.string().nullable(), date: z.string().nullable() };

const unitCosts = {
  usdPerMillionInputTokens: usd,
  usdPerMillionOutputTokens: usd,
  usdPerThousandRequests: usd,
};

const share = z.strictObject({ usdPerHour: usd, usdPerMonth: usd, ...unitCosts });

const poolPart = z.strictObject({
  purchase: z.enum(purchaseOptions),
  replicas: z.number().describe("Paid, mean over the measured window"),
  instances: z.number().describe("Billed for them"),
  usdPerHour: usd,
  usdPerReplicaHour: usd.describe("A replica's share of its instance"),
  kind: z.enum(["list", "spot-observed", "override", "estimated", "given", "unknown"]),
  terms: z.string().nullable(),
  ...provenance,
});

const service = z.strictObject({
  region: z.string(),
  service: z.enum([...serviceNames, "egress"]),
  quantity: z
    .number()
    .describe("Of what is priced by the hour, the number that exists; else the amount of a month"),
  unit: z.enum(serviceUnits).nullable(),
  usdPerMonth: usd,
  kind: z.enum(["list", "estimated", "unknown"]),
  assumption: z.string().describe("How the quantity was come by"),
  ...provenance,
});

export const costSchema = z.strictObject({
  usdPerHour: usd.describe(
    "Of all accelerators as billed: whole instances, commitments whether used or not",
  ),
  usdPerMonth: usd.describe("The same for 730 hours"),
  idleUsdPerHour: usd.describe("Of usdPerHour: accelerators of paid instances without a replica"),
  estimatedUsdPerHour: usd.describe("Of usdPerHour: at estimated prices"),
  ...unitCosts,
  usageBased: z
    .strictObject({
      usdPerMillionInputTokens: usd,
      usdPerMillionOutputTokens: usd,
      utilization: z.number().nullable().describe("Share of the cost in which it computed"),
    })
    .describe("Of the time only in which accelerators compute; beside it all is allocation-based"),
  byWorkload: z.record(z.string(), share).describe("Together with what is unallocated, the whole"),
  byTenant: z.record(z.string(), share).describe("Together with what is unallocated, the whole"),
  unallocatedUsdPerHour: usd.describe("Of pools whose model nobody was answered with"),
  byPool: z.record(
    z.string(),
    z.strictObject({
      usdPerHour: usd,
      idleUsdPerHour: usd,
      parts: z.array(poolPart).readonly(),
    }),
  ),
  services: z.strictObject({
    lines: z.array(service).readonly(),
    usdPerMonth: usd,
    estimatedUsdPerMonth: usd,
    unpriced: z.array(z.string()).readonly(),
  }),
  total: z
    .strictObject({ usdPerMonth: usd, isLowerBound: z.boolean() })
    .describe("Accelerators and services together"),
  priceBook: z.strictObject({ id: z.string(), date: z.string(), digest: z.string() }),
  unpricedPools: z
    .array(z.string())
    .readonly()
    .describe("Pools without some price: the totals are then lower bounds"),
  isLowerBound: z
    .boolean()
    .describe("The totals leave something that is paid out; false beside totals that are null"),
});
