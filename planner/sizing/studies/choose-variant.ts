/**
 * Which variant of a fleet to run: the cheapest that keeps the objectives at least as well as all of the fleet all the
 * time does, and that can lose what it must survive at every moment.
 */
import type { Verdict } from "../../metrics/simulation-summary";
import type { ScalingVariant, VariantChoice } from "./scaling-study";

/** The worse, the higher. */
const RANKS: Readonly<Record<Verdict, number>> = { PASS: 0, NONE: 0, UNCERTAIN: 1, FAIL: 2 };

/** @param variants the static one first */
export function chooseVariant(variants: readonly ScalingVariant[]): VariantChoice {
  const unscaled = variants[0]!;
  const worse = (one: ScalingVariant): ("objectives" | "survival")[] => [
    ...(RANKS[one.verdict] > RANKS[unscaled.verdict] ? ["objectives" as const] : []),
    ...(one.survival?.isKept === false ? ["survival" as const] : []),
  ];
  const usd = ({ usdPerHour }: ScalingVariant): number => usdPerHour ?? Number.POSITIVE_INFINITY;
  const chosen = variants
    .filter((one) => one === unscaled || worse(one).length === 0)
    .reduce((best, one) => (usd(one) < usd(best) ? one : best));
  return {
    chosen: chosen.name,
    against: variants
      .filter((one) => one !== chosen)
      .map((one) => ({
        name: one.name,
        reasons: [...worse(one), ...(usd(one) >= usd(chosen) ? ["cost" as const] : [])],
      })),
  };
}
