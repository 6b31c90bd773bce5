/** One odd thing about a scenario that is no mistake. */

export interface ScenarioNote {
  readonly code:
    | "unused-pool"
    | "unread-setting"
    | "weight-only"
    | "kv-beyond-memory"
    | "long-inputs"
    | "short-inputs"
    | "requests-end-early"
    | "skipped-rows"
    | "estimated-lengths"
    | "no-failover"
    | "no-retry-budget"
    | "fault-unmeasured"
    | "fault-unread"
    | "odd-price";
  /** A pool, `region/pool`, a workload or fault by its name, or the path of a setting of the run. */
  readonly about: string;
  readonly message: string;
}
