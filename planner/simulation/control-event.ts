/**
 * What happened to the fleet during a run, beside requests: faults, what noticed them, and what was done about
 * them. Few per run, in order of time; the resilience report measures detection and recovery by them.
 */

export type ControlEvent =
  /** `fault` is the fault's name; of a random fault or a spot reclaim there may be many. */
  | {
      readonly seconds: number;
      readonly kind: "fault-start" | "fault-end";
      readonly fault: string;
      readonly replicas: number;
    }
  | {
      readonly seconds: number;
      readonly kind: "spot-notice";
      readonly pool: number;
      readonly replicas: number;
    }
  /** A DNS health check changed its mind about a region (for one model). */
  | {
      readonly seconds: number;
      readonly kind: "region-unhealthy" | "region-healthy";
      readonly region: number;
      readonly model: string;
    }
  /** A gateway process ejected a replica, or took it back. */
  | {
      readonly seconds: number;
      readonly kind: "ejected" | "returned";
      readonly replica: number;
      readonly pool: number;
    }
  | {
      readonly seconds: number;
      readonly kind: "replica-down" | "replica-ready";
      readonly replica: number;
      readonly pool: number;
    }
  | {
      readonly seconds: number;
      readonly kind: "scaled";
      readonly pool: number;
      readonly from: number;
      readonly to: number;
    };
