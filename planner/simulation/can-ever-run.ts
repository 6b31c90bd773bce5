/** Whether a request could run on a replica if it were alone there. */
import type { ResolvedFleet } from "../fleet/resolved-fleet";
import type { AttemptStore } from "./attempt-store";
import type { Gateways } from "./gateways";
import type { ReplicaSet } from "./replica-set";

/** Whether the replica, and those that may take over from it when prefill runs apart, have room for the attempt. */
export function canEverRun(
  store: AttemptStore,
  slot: number,
  index: number,
  fleet: ResolvedFleet,
  parts: { readonly gateways: Gateways; readonly replicas: ReplicaSet },
): boolean {
  const input = store.inputTokens[slot]!;
  const output = store.outputTokens[slot]!;
  const { replicas } = parts.replicas;
  const replica = replicas[index]!;
  if (input + output > fleet.pools[replica.pool.index]!.engine.maxContextTokens) return false;
  if (replica.pool.settings.role !== "prefill") return replica.canHold(input, output);
  if (!replica.canHold(input, 1)) return false;
  if (output === 1) return true;
  const decoders = parts.gateways.decodersAfter(slot);
  return decoders.every((decoder) => replicas[decoder]!.canHold(input, output));
}
