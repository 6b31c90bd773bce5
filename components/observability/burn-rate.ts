/**
 * How fast an error budget may be spent before somebody is told: several windows, several rates, as in The Site
 * Reliability Workbook (Google, O'Reilly 2018), chapter 5, "Alerting on SLOs", section 6 and its table 5-8: for a period
 * of 30 days a page at 2 % of the budget in an hour or 5 % in six, a ticket at 10 % in three days, each confirmed by a
 * window of a twelfth, so that an alert ends soon after its cause.
 */
import type { AlertSeverity } from "./rule";

/** Two windows and how fast the budget burns in both when somebody is told. */
export interface BurnWindow {
  readonly severity: AlertSeverity;
  /** As in PromQL: `1h`. */
  readonly long: string;
  readonly short: string;
  /** How many times as fast as would use up the budget in exactly the period. */
  readonly burnRate: number;
}

const PERIOD_HOURS = 30 * 24;

function burnWindow(
  severity: AlertSeverity,
  { budgetPercent, hours }: { readonly budgetPercent: number; readonly hours: number },
  windows: Pick<BurnWindow, "long" | "short">,
): BurnWindow {
  return { severity, ...windows, burnRate: (budgetPercent * PERIOD_HOURS) / (100 * hours) };
}

/** The windows, the most urgent first. */
export const BURN_WINDOWS: readonly BurnWindow[] = [
  burnWindow("page", { budgetPercent: 2, hours: 1 }, { long: "1h", short: "5m" }),
  burnWindow("page", { budgetPercent: 5, hours: 6 }, { long: "6h", short: "30m" }),
  burnWindow("ticket", { budgetPercent: 10, hours: 72 }, { long: "3d", short: "6h" }),
];

/**
 * The largest share of bad requests that an alert waits for. An objective with a large budget, such as a median, cannot
 * burn it 14.4 times as fast: half of all requests may be bad, and no more than all can be. There nine in ten tell.
 */
const BAD_SHARE_MAX = 0.9;

/**
 * Share of bad requests above which a window tells.
 * @param budget Share of requests that may be bad: 0.05 for a P95.
 */
export function badShareLimit(budget: number, { burnRate }: BurnWindow): number {
  return Math.min(budget * burnRate, BAD_SHARE_MAX);
}
