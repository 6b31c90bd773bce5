/**
 * From what a plan costs to what a budget says: the amount, and the shares of it at which somebody is told. Pure; both
 * clouds use it.
 */
import type { Allocation } from "../foundation/allocation";
import { checkUnique } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";

/** What the fleet may cost, in one cloud. All known early. */
export interface BudgetLimits {
  /** What the plan says the fleet costs, US dollars a month, above 0. A plan without a price has no budget. */
  readonly plannedUsdPerMonth: number;
  /** Whether something in the plan has no price, so that the amount is too low. @default false */
  readonly isLowerBound?: boolean;
  /** What the forecast says of this month, US dollars: its P50 is the budget, its P90 an alert. @default - no forecast */
  readonly forecast?: { readonly p50UsdPerMonth: number; readonly p90UsdPerMonth: number };
  /** Shares of the budget that somebody is told of once they are spent, percent. @default [50, 80, 100] */
  readonly actualPercents?: readonly number[];
  /** Shares that somebody is told of once the month is expected to reach them, percent. @default [100] */
  readonly forecastPercents?: readonly number[];
}

/** One share of a budget at which somebody is told. */
export interface BudgetThreshold {
  readonly basis: "actual" | "forecast";
  /** Percent of the budget. */
  readonly percent: number;
}

/** A budget, ready for a cloud. */
export interface ResolvedBudget {
  /** Whole US dollars a month: clouds count no cents. */
  readonly usdPerMonth: number;
  /** Sorted, each once. */
  readonly thresholds: readonly BudgetThreshold[];
  /** How the amount follows from the plan. */
  readonly derivation: string;
}

/** Most thresholds of a budget of AWS, each of which is one notification (Budgets, quotas). */
const THRESHOLDS_MAX = 10;
/** Largest share, percent: the API of Google Cloud and that of AWS accept it. */
const PERCENT_MAX = 1000;
const ACTUAL_DEFAULT = [50, 80, 100];
const FORECAST_DEFAULT = [100];

/** What is wrong with the limits. */
export function checkBudgetLimits(limits: BudgetLimits): readonly InputProblem[] {
  const { plannedUsdPerMonth, forecast, actualPercents = [], forecastPercents = [] } = limits;
  const problems: InputProblem[] = [];
  const amounts = {
    plannedUsdPerMonth,
    ...(forecast === undefined
      ? {}
      : {
          "forecast.p50UsdPerMonth": forecast.p50UsdPerMonth,
          "forecast.p90UsdPerMonth": forecast.p90UsdPerMonth,
        }),
  };
  for (const [path, got] of Object.entries(amounts)) {
    if (Number.isFinite(got) && got > 0) continue;
    const fix = "give every pool a price, or make no budget";
    problems.push({ path, must: "be an amount above 0", got, fix });
  }
  if (forecast !== undefined && forecast.p90UsdPerMonth < forecast.p50UsdPerMonth) {
    const must = `be at least forecast.p50UsdPerMonth, which is ${forecast.p50UsdPerMonth}`;
    problems.push({ path: "forecast.p90UsdPerMonth", must, got: forecast.p90UsdPerMonth });
  }
  for (const [field, percents] of Object.entries({ actualPercents, forecastPercents })) {
    problems.push(...checkUnique(field, percents.map(String)));
    percents.forEach((got, index) => {
      if (got > 0 && got <= PERCENT_MAX) return;
      const must = `be above 0 and at most ${PERCENT_MAX}`;
      problems.push({ path: `${field}[${index}]`, must, got });
    });
  }
  if (problems.length > 0) return problems;
  const { thresholds } = resolveBudget(limits);
  if (thresholds.length === 0) {
    const must = "hold a share, or nobody is ever told";
    problems.push({ path: "actualPercents", must, got: actualPercents });
  }
  if (thresholds.length > THRESHOLDS_MAX) {
    const must = `hold, with forecastPercents and the forecast, at most ${THRESHOLDS_MAX} shares`;
    problems.push({ path: "actualPercents", must, got: thresholds.length });
  }
  return problems;
}

/** What is wrong with the tag or label by which costs are told apart. @param because Why there is one. */
export function checkScope(
  scope: Allocation | undefined,
  because: string,
): readonly InputProblem[] {
  if (scope === undefined) return [];
  const fields = Object.entries(scope).filter(([, value]) => value !== undefined && value !== "");
  if (fields.length === 1) return [];
  const must = `have exactly one field, because ${because}`;
  return [{ path: "scope", must, got: Object.fromEntries(fields) }];
}

/** The budget of limits that are right. */
export function resolveBudget(limits: BudgetLimits): ResolvedBudget {
  const { plannedUsdPerMonth, forecast, isLowerBound = false } = limits;
  // Rounded up: a budget of a few cents less than planned would be reached by the plan itself.
  const usdPerMonth = Math.ceil(forecast?.p50UsdPerMonth ?? plannedUsdPerMonth);
  const p90Percent =
    forecast === undefined ? [] : [Math.ceil((100 * forecast.p90UsdPerMonth) / usdPerMonth)];
  const sorted = (percents: readonly number[]) =>
    [...new Set(percents)].sort((one, other) => one - other);
  const basisOf = (basis: BudgetThreshold["basis"], percents: readonly number[]) =>
    sorted(percents).map((percent) => ({ basis, percent }));
  return {
    usdPerMonth,
    thresholds: [
      ...basisOf("actual", [...(limits.actualPercents ?? ACTUAL_DEFAULT), ...p90Percent]),
      ...basisOf("forecast", [...(limits.forecastPercents ?? FORECAST_DEFAULT), ...p90Percent]),
    ],
    derivation: derivationOf(limits, usdPerMonth, p90Percent[0], isLowerBound),
  };
}

function derivationOf(
  { plannedUsdPerMonth, forecast }: BudgetLimits,
  usdPerMonth: number,
  p90Percent: number | undefined,
  isLowerBound: boolean,
): string {
  const base =
    forecast === undefined
      ? `${usdPerMonth} USD = planned cost of ${plannedUsdPerMonth} USD a month, rounded up`
      : `${usdPerMonth} USD = P50 of the forecast, rounded up; P90 is ${p90Percent} % of it`;
  return isLowerBound ? `${base}; at least, because something planned has no price` : base;
}
