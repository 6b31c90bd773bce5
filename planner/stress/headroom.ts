/**
 * What is paid for capacity that the baseline does not need at its peak: of each pool, the paid replicas less the share
 * of their throughput that is asked for, at the mean price of a replica's share of its node. Some of it is what lets the fleet survive a case. Not
 * here: how few replicas would keep the promises, which takes a search.
 */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { meanUsdPerReplicaHour } from "../fleet/resolved-price";
import type { LoadOfPool } from "./pool-loads";
import type { Headroom } from "./stress-report";

export function headroomOf({ pools }: ResolvedFleet, loads: readonly LoadOfPool[]): Headroom {
  const told = pools.flatMap((pool, index) => {
    const { name } = pool;
    const usdPerReplicaHour = meanUsdPerReplicaHour(pool);
    const { demand, possiblePerReplica, paidReplicas } = loads[index]!;
    if (paidReplicas <= 0) return [];
    const isTold = demand !== null && possiblePerReplica !== null;
    const needed = isTold ? demand / possiblePerReplica : undefined;
    return { name, usdPerReplicaHour, paidReplicas, needed };
  });
  const priced = told.flatMap(({ usdPerReplicaHour: usd, paidReplicas, needed }) =>
    usd === undefined || needed === undefined
      ? []
      : { paid: paidReplicas * usd, idle: idleOf(paidReplicas, needed) * usd },
  );
  const counted = told.flatMap(({ paidReplicas, needed }) =>
    needed === undefined ? [] : { paid: paidReplicas, idle: idleOf(paidReplicas, needed) },
  );
  const basis = priced.length > 0 ? priced : counted;
  const paid = sumOf(basis, "paid");
  return {
    idleShare: paid > 0 ? sumOf(basis, "idle") / paid : null,
    usdPerHour: priced.length > 0 ? sumOf(priced, "paid") : null,
    idleUsdPerHour: priced.length > 0 ? sumOf(priced, "idle") : null,
    leftOut: told
      .filter(
        ({ usdPerReplicaHour, needed }) => usdPerReplicaHour === undefined || needed === undefined,
      )
      .map(({ name }) => name),
  };
}

function idleOf(paidReplicas: number, needed: number): number {
  return Math.max(0, paidReplicas - needed);
}

function sumOf(
  rows: readonly { readonly paid: number; readonly idle: number }[],
  column: "paid" | "idle",
): number {
  return rows.reduce((sum, row) => sum + row[column], 0);
}
