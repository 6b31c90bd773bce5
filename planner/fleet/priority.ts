/** Urgency of a workload's requests: for priority scheduling, by-priority routing and shedding. */

export type Priority = "interactive" | "standard" | "batch";

/** Most urgent first. */
export const PRIORITIES: readonly Priority[] = ["interactive", "standard", "batch"];
