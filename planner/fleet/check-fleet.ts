/**
 * What the pools and policies of a fleet must say to each other: prices for cheapest-first, limits for by-length,
 * a decode pool for every prefill pool, spot capacity that someone buys. Checks of one pool by itself are in
 * `resolve-engine.ts`, those of policies in `check-autoscaling.ts` and `check-gateway.ts`.
 */
import type { Problem } from "../foundation/errors";
import { checkAutoscaling } from "./check-autoscaling";
import { checkGateway } from "./check-gateway";
import type { FleetSpec, PoolSpec } from "./fleet-spec";
import { canonicalModel } from "./names";
import { type PlacedPool, placedPools } from "./placed-pools";
import type { ResolvedPool, ResolvedRouting } from "./resolved-fleet";
import { unpricedParts } from "./resolved-price";
import { listWords } from "./schema-kit";

/** A pool as written and as resolved. */
export interface PoolOfBoth {
  readonly placed: PlacedPool;
  readonly resolved: Pick<ResolvedPool, "prices" | "purchase" | "replicasMax" | "instanceType">;
}

/** Adds the problems of pools without a price where the routing goes by prices. */
export function checkPrices(
  pools: readonly PoolOfBoth[],
  { policy }: ResolvedRouting,
  problems: Problem[],
): void {
  if (policy !== "cheapest-first") return;
  for (const { placed, resolved } of pools) {
    const missing = unpricedParts(resolved).map(({ purchase }) => purchase);
    if (missing.length === 0) continue;
    const name = resolved.instanceType?.name;
    const why =
      name === undefined
        ? "only an instance type has one in the price book"
        : `the price book has no ${listWords(missing)} price of ${name} there`;
    problems.push({
      code: "missing",
      path: `${placed.path}.price`,
      message: `is missing; cheapest-first routing needs the price of every pool, and ${why}`,
      hint: "for example price: $27.52, for a replica and hour",
    });
  }
}

/** Adds the problems between pools, and between pools and routing. */
export function checkFleet(spec: FleetSpec, routing: ResolvedRouting, problems: Problem[]): void {
  checkRouting(spec, routing, problems);
  checkRoles(spec, problems);
  checkSpot(spec, problems);
  checkAutoscaling(spec, problems);
  checkGateway(spec, problems);
}

/** Policies that decide by something the pools must say. */
function checkRouting(spec: FleetSpec, { policy }: ResolvedRouting, problems: Problem[]): void {
  const pools = placedPools(spec);
  if (
    policy === "by-length" &&
    pools.every(({ pool }) => pool.accepts?.inputTokens === undefined)
  ) {
    problems.push({
      code: "conflict",
      path: "fleet.routing.policy",
      message: "by-length routing needs a pool with accepts.inputTokens.max, and there is none",
      hint: "add accepts: { inputTokens: { max: 4k } } to the pools for short inputs",
    });
  }
  if (policy === "by-priority" && pools.every(({ pool }) => pool.priorities === undefined)) {
    problems.push({
      code: "conflict",
      path: "fleet.routing.policy",
      message: "by-priority routing needs a pool with priorities, and there is none",
      hint: "add priorities: [interactive] to the pools for urgent requests",
    });
  }
}

/** KV does not leave its region: a prefill pool needs a decode pool beside it, and the other way round. */
function checkRoles(spec: FleetSpec, problems: Problem[]): void {
  const pools = placedPools(spec);
  for (const { path, region, pool } of pools) {
    if (pool.role !== "prefill" && pool.role !== "decode") continue;
    const wanted = pool.role === "prefill" ? "decode" : "prefill";
    const model = canonicalModel(pool.model);
    const hasPartner = pools.some(
      (other) =>
        other.region === region &&
        other.pool.role === wanted &&
        canonicalModel(other.pool.model) === model,
    );
    if (hasPartner) continue;
    problems.push({
      code: "conflict",
      path: `${path}.role`,
      message: `a ${pool.role} pool needs a ${wanted} pool of ${model} in ${region}`,
      hint: `add a pool with role: ${wanted}`,
    });
  }
}

/** How spot capacity behaves is said for pools that buy some. */
function checkSpot(spec: FleetSpec, problems: Problem[]): void {
  const buysSpot = ({ purchase }: PoolSpec) => (purchase?.spot ?? 0) !== 0;
  const pools = placedPools(spec);
  const places = pools.flatMap(({ path, pool }) =>
    pool.spot === undefined || buysSpot(pool) ? [] : [`${path}.spot`],
  );
  if (spec.spot !== undefined && !pools.some(({ pool }) => buysSpot(pool)))
    places.push("fleet.spot");
  for (const path of places) {
    problems.push({
      code: "conflict",
      path,
      message: "describes spot capacity, and none is bought",
      hint: "add purchase: { onDemand: …, spot: rest } to a pool, or leave spot out",
    });
  }
}
