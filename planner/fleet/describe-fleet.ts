/**
 * What `capplan validate` prints of a fleet: every setting with its value, and whether it was given, is a default
 * or follows from others. Data only; the layout is in `bin/`.
 */
import { findRegion } from "../catalog";
import {
  formatBandwidth,
  formatDuration,
  formatNumber,
  formatShare,
  formatTokens,
} from "../foundation/format-units";
import {
  acceleratorsOf,
  ENGINE_DEFAULTS,
  kvTransferBandwidthDefault,
  maxBatchedTokensDefault,
  maxSequencesDefault,
  POOL_DEFAULTS,
  quantizationDefault,
  REGION_DEFAULTS,
  ROUTING_DEFAULTS,
} from "./defaults";
import { describePolicies } from "./describe-policies";
import { describePoolPolicies, describeReplicas } from "./describe-pool-policies";
import type { EngineSpec, FleetSpec, PoolSpec } from "./fleet-spec";
import { poolPath } from "./names";
import type { PlacedPool } from "./placed-pools";
import type { ResolvedFleet, ResolvedPool } from "./resolved-fleet";
import { derived, type ResolvedRow, row } from "./resolved-row";

/** Every setting of the fleet, in the order of the file. */
export function describeFleet(spec: FleetSpec, fleet: ResolvedFleet): ResolvedRow[] {
  const pools = Object.entries(spec.regions).flatMap(([region, { pools: written }]) => {
    const lookup = findRegion(region);
    const name = lookup.found ? lookup.row.name : region;
    return Object.entries(written).flatMap(([pool, poolSpec]) => {
      const resolved = fleet.pools.find((candidate) => candidate.name === `${name}/${pool}`);
      if (resolved === undefined) return [];
      const path = poolPath(region, pool);
      const placed = { path, region, name: `${region}/${pool}`, pool: poolSpec };
      return describePool(spec, placed, resolved, fleet);
    });
  });
  return [
    ...pools,
    ...describeZones(spec, fleet),
    ...describeRouting(spec, fleet),
    ...describePolicies(spec, fleet),
    ...describeRoundTrips(fleet),
  ];
}

function describeZones(spec: FleetSpec, fleet: ResolvedFleet): ResolvedRow[] {
  return Object.entries(spec.regions).flatMap(([key, { zones }]) => {
    const lookup = findRegion(key);
    const region = fleet.regions.find(({ name }) => lookup.found && name === lookup.row.name);
    if (region === undefined) return [];
    const path = `fleet.regions.${key}.zones`;
    return row(path, String(region.zones), zones, REGION_DEFAULTS.zones.reason);
  });
}

function describePool(
  fleetSpec: FleetSpec,
  placed: PlacedPool,
  pool: ResolvedPool,
  fleet: ResolvedFleet,
): ResolvedRow[] {
  const { path, pool: spec } = placed;
  const { accelerator, instanceType, model, coefficients } = pool;
  const rows = [
    named(`${path}.model`, spec.model, model.name),
    instanceType === undefined
      ? named(`${path}.accelerator`, spec.accelerator ?? "", accelerator.name)
      : named(`${path}.instanceType`, spec.instanceType ?? "", instanceType.name),
  ];
  if (instanceType !== undefined) {
    const note = `${instanceType.acceleratorCount} in ${instanceType.name}`;
    rows.push(derived(`${path}.accelerator`, accelerator.name, note));
  }
  rows.push(
    ...describeReplicas(path, spec, pool),
    row(`${path}.role`, pool.role, spec.role, POOL_DEFAULTS.role.reason),
    ...describeEngine(`${path}.engine`, spec.engine ?? {}, pool),
    row(
      `${path}.accepts.inputTokens.max`,
      formatTokens(pool.inputTokensMax),
      spec.accepts?.inputTokens,
      "takes inputs of any length",
    ),
    row(
      `${path}.priorities`,
      pool.priorities.length === 0 ? "any" : pool.priorities.join(", "),
      spec.priorities,
      "takes every priority",
    ),
  );
  if (pool.role === "prefill") rows.push(...describeKvTransfer(`${path}.kvTransfer`, spec, pool));
  rows.push(...describePoolPolicies(fleetSpec, placed, pool, fleet));
  const errors = `TPOT within ${formatShare(coefficients.tpotError)}, TTFT within ${formatShare(coefficients.ttftError)}`;
  rows.push(derived(`${path}.stepTime`, coefficients.kind, errors));
  return rows;
}

/** A name from the catalog, with the catalog's name for it where that differs. */
function named(path: string, written: string, name: string): ResolvedRow {
  return {
    path,
    value: name,
    origin: "given",
    note: written === name ? "" : `written "${written}"`,
  };
}

function describeKvTransfer(path: string, spec: PoolSpec, pool: ResolvedPool): ResolvedRow[] {
  const { bytesPerSecond, latencySeconds } = pool.kvTransfer;
  const { reason } = kvTransferBandwidthDefault(pool.instanceType, acceleratorsOf(spec.engine));
  const latencyReason = POOL_DEFAULTS.kvTransferLatency.reason;
  return [
    row(`${path}.bandwidth`, formatBandwidth(bytesPerSecond), spec.kvTransfer?.bandwidth, reason),
    row(`${path}.latency`, formatDuration(latencySeconds), spec.kvTransfer?.latency, latencyReason),
  ];
}

function describeEngine(path: string, spec: EngineSpec, pool: ResolvedPool): ResolvedRow[] {
  const { engine, model, accelerator } = pool;
  const fixed = ENGINE_DEFAULTS;
  const { chunkedPrefill, maxContextTokens, maxBatchedTokens } = engine;
  const batchedReason = maxBatchedTokensDefault(
    accelerator,
    chunkedPrefill,
    maxContextTokens,
  ).reason;
  const sequencesReason = maxSequencesDefault(accelerator, maxBatchedTokens).reason;
  const at = (key: string, value: string, given: unknown, reason: string) =>
    row(`${path}.${key}`, value, given, reason);
  const perReplica = engine.tensorParallel * engine.pipelineParallel * engine.dataParallel;
  const rows = [
    at(
      "tensorParallel",
      String(engine.tensorParallel),
      spec.tensorParallel,
      fixed.tensorParallel.reason,
    ),
    at(
      "pipelineParallel",
      String(engine.pipelineParallel),
      spec.pipelineParallel,
      fixed.pipelineParallel.reason,
    ),
    at("dataParallel", String(engine.dataParallel), spec.dataParallel, fixed.dataParallel.reason),
    derived(`${path}.acceleratorsPerReplica`, String(perReplica), "the three together"),
    at(
      "expertParallel",
      String(engine.expertParallel),
      spec.expertParallel,
      fixed.expertParallel.reason,
    ),
    at(
      "quantization",
      engine.weightPrecision,
      spec.quantization,
      quantizationDefault(model, accelerator).reason,
    ),
    at(
      "kvCachePrecision",
      engine.kvPrecision,
      spec.kvCachePrecision,
      fixed.kvCachePrecision.reason,
    ),
    at("maxSequences", String(engine.maxSequences), spec.maxSequences, sequencesReason),
    at("maxBatchedTokens", formatTokens(maxBatchedTokens), spec.maxBatchedTokens, batchedReason),
    at(
      "maxContext",
      formatTokens(maxContextTokens),
      spec.maxContext,
      `the window of ${model.name}`,
    ),
    at("chunkedPrefill", String(chunkedPrefill), spec.chunkedPrefill, fixed.chunkedPrefill.reason),
    at(
      "prefixCaching",
      String(engine.prefixCaching),
      spec.prefixCaching,
      fixed.prefixCaching.reason,
    ),
    at("blockTokens", String(engine.blockTokens), spec.blockTokens, fixed.blockTokens.reason),
    at(
      "gpuMemoryUtilization",
      formatShare(engine.gpuMemoryUtilization),
      spec.gpuMemoryUtilization,
      fixed.gpuMemoryUtilization.reason,
    ),
    at(
      "kvBlocks",
      engine.kvBlocks === undefined ? "computed" : String(engine.kvBlocks),
      spec.kvBlocks,
      "from memory",
    ),
    at("scheduling", engine.scheduling, spec.scheduling, fixed.scheduling.reason),
  ];
  const { speculation } = engine;
  if (speculation === undefined) return [...rows, at("speculation", "off", undefined, "vLLM")];
  return [
    ...rows,
    at("speculation.draftTokens", String(speculation.draftTokens), speculation, ""),
    at("speculation.acceptanceRate", formatShare(speculation.acceptanceRate), speculation, ""),
    at(
      "speculation.draftCost",
      formatShare(speculation.draftCostShare),
      spec.speculation?.draftCost,
      fixed.draftCost.reason,
    ),
  ];
}

function describeRouting(spec: FleetSpec, { routing }: ResolvedFleet): ResolvedRow[] {
  const given = spec.routing;
  const { policy, regions, spillOutstanding, affinitySlack } = ROUTING_DEFAULTS;
  const at = "fleet.routing";
  const rows = [
    row(`${at}.policy`, routing.policy, given?.policy, policy.reason),
    row(`${at}.regions`, routing.regions, given?.regions, regions.reason),
  ];
  if (routing.policy === "cheapest-first") {
    const value = String(routing.spillOutstanding);
    rows.push(
      row(`${at}.spillOutstanding`, value, given?.spillOutstanding, spillOutstanding.reason),
    );
  }
  if (routing.policy === "prefix-affinity") {
    const value = String(routing.affinitySlack);
    rows.push(row(`${at}.affinitySlack`, value, given?.affinitySlack, affinitySlack.reason));
  }
  return rows;
}

function describeRoundTrips(fleet: ResolvedFleet): ResolvedRow[] {
  return fleet.origins.flatMap((origin, i) =>
    fleet.regions.map((region, j) => {
      const seconds = Number(formatNumber(fleet.roundTripSeconds[i]![j]!, 3));
      return derived(`roundTrip.${origin}.${region.name}`, formatDuration(seconds), "catalog");
    }),
  );
}
