/** What the foundations of both clouds are made from, derived and not yet registered. */
import type { GpuPools } from "../components/cluster";
import type { SecretPurposes } from "../components/security";
import type { Derivation, Derived } from "./derive/derived";
import type { PlaceContext } from "./derive/place-context";
import type { QueueArgs } from "./derive/queue";

/** Derivations of a foundation that do not depend on its cloud. */
export interface DerivedFoundation {
  readonly place: PlaceContext;
  readonly pools: Derived<GpuPools>;
  readonly queue: Derived<QueueArgs | undefined>;
  /** What each secret of the cloud is for; undefined without any. */
  readonly secrets: SecretPurposes | undefined;
  /** Of the place itself. */
  readonly derivations: readonly Derivation[];
}
