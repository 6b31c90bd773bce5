/** What a fault can strike: parts of a fleet by index. Which replicas a part holds is `failure-domains.ts`. */

export type FaultTarget =
  | { readonly kind: "fleet" }
  | { readonly kind: "cloud"; readonly cloud: string }
  | { readonly kind: "region"; readonly region: number }
  | { readonly kind: "zone"; readonly region: number; readonly zone: number }
  | { readonly kind: "pool"; readonly pool: number }
  /** `pool`, and the number of the node or replica within it. */
  | { readonly kind: "node"; readonly pool: number; readonly node: number }
  | { readonly kind: "replica"; readonly pool: number; readonly replica: number }
  /** One process of a region's gateway. */
  | { readonly kind: "gateway"; readonly region: number; readonly process: number }
  /** The DNS health checks of a region: its status stays as last seen. */
  | { readonly kind: "health-checker"; readonly region: number }
  /** The message queue of a region: nothing is sent or received. */
  | { readonly kind: "queue"; readonly region: number };
