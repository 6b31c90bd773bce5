/** What a cluster needs so that engines talk to each other: those of one replica, or those of prefill and decode. */
import type { ServingAddonsArgs } from "../../components/serving";
import type { Derivation, Derived } from "./derived";
import { fabricOf, nodesOfReplica } from "./fabric";
import type { PlaceContext } from "./place-context";

/** Nothing of it where every engine is alone. */
export interface Peers {
  readonly addons: Pick<ServingAddonsArgs, "leaderWorkerSet" | "efaPlugin">;
  /** Whether the namespace lets its engines reach each other. */
  readonly hasEnginePeers: boolean;
}

/** What the pools of a place need. */
export function derivePeers(place: PlaceContext): Derived<Peers> {
  const { pools, cloud } = place;
  const named = (found: typeof pools): string => found.map(({ name }) => name).join(", ");
  const spanning = pools.filter((pool) => nodesOfReplica(pool) > 1);
  const withAdapters = pools.filter((pool) => fabricOf(place, pool) === "rdma");
  const withPeers = pools.filter((pool) => fabricOf(place, pool) !== "none");
  const hasEfa = cloud === "aws" && withAdapters.length > 0;
  const derivations: Derivation[] = [];
  const note = (what: string, isNeeded: boolean, because: string): void => {
    if (isNeeded) derivations.push({ what, value: true, because });
  };
  note(
    "addons.leaderWorkerSet",
    spanning.length > 0,
    `replicas of ${named(spanning)} span nodes: each is a group of pods`,
  );
  note("addons.efaPlugin", hasEfa, `nodes of ${named(withAdapters)} have EFA`);
  note(
    "tenant.hasEnginePeers",
    withPeers.length > 0,
    `engines of ${named(withPeers)} talk to each other`,
  );
  return {
    args: {
      addons: {
        ...(spanning.length > 0 ? { leaderWorkerSet: {} } : {}),
        ...(hasEfa ? { efaPlugin: {} } : {}),
      },
      hasEnginePeers: withPeers.length > 0,
    },
    derivations,
    problems: [],
  };
}
