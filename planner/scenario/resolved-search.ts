/** What `capplan size` may choose from and what a fleet must withstand, every name looked up and every gap filled. */
import type { PurchaseOption } from "../catalog/prices/price-rows";
import type { InstanceTypeSpec } from "../catalog/specs";
import type { EngineChoices } from "./search-spec";

export interface ResolvedSearch {
  /** Instance types to choose from, by name. */
  readonly hardware: readonly InstanceTypeSpec[];
  /** Engine settings to try, by canonical model name; `otherwise` for models that are not named. */
  readonly engines: ReadonlyMap<string, EngineChoices>;
  readonly otherwise: EngineChoices;
  readonly purchase: readonly PurchaseOption[];
  readonly spotShareMax: number;
  readonly quotas: readonly Quota[];
  readonly replicasMin: number;
  readonly regionsMin: number;
  readonly gap: number;
  readonly evaluationsMax: number;
  readonly requestsPerRun: number;
  readonly survive: readonly SurviveRule[];
}

/** The most that one region will give of an instance type, or of an accelerator in all its instance types. */
export interface Quota {
  readonly path: string;
  /** Canonical region. */
  readonly region: string;
  readonly of: "instance-type" | "accelerator";
  /** Canonical name. */
  readonly name: string;
  readonly max: number;
}

export type SurviveRule =
  | { readonly kind: "any-pool" | "any-zone" | "any-region" | "any-cloud" }
  | { readonly kind: "region" | "cloud" | "zone"; readonly name: string };
