/** Rates at which requests are let in, as Envoy Gateway counts them: so many in a second, a minute, an hour or a day. */
import type { RateLimitArgs } from "../../components/gateway";
import type { Problem, ResolvedRateLimit } from "../../planner/plan/fleet-of-plan";
import type { Derivation } from "./derived";

const PERIODS = [
  ["Second", 1],
  ["Minute", 60],
  ["Hour", 3600],
  ["Day", 86_400],
] as const satisfies readonly (readonly [RateLimitArgs["period"], number])[];

export interface DerivedRateLimits {
  readonly rateLimits: readonly RateLimitArgs[];
  readonly derivations: readonly Derivation[];
  readonly problems: readonly Problem[];
}

/**
 * The limits on requests. A bucket of so many seconds' worth is a window of so many seconds, and there are windows of
 * four lengths.
 *
 * @param what path of the limits in the stack
 */
export function deriveRateLimits(
  what: string,
  limits: readonly ResolvedRateLimit[],
): DerivedRateLimits {
  const rateLimits: RateLimitArgs[] = [];
  const derivations: Derivation[] = [];
  const problems: Problem[] = [];
  limits.forEach(({ perSecond, burst, per, unit }, index) => {
    if (unit !== "requests") return;
    const path = `fleet.admission.rateLimit[${index}]`;
    const found = PERIODS.find(([, seconds]) => isClose(burst, perSecond * seconds));
    if (found === undefined) {
      problems.push({
        code: "conflict",
        path: `${path}.burst`,
        message: `must be 1 s, 1 min, 1 h or 1 d, the windows in which Envoy Gateway counts, got ${burst / perSecond} s`,
        hint: "use one of them and size again",
      });
      return;
    }
    const [period, seconds] = found;
    const amount = Math.round(perSecond * seconds);
    if (!isClose(amount, perSecond * seconds) || amount < 1) {
      problems.push({
        code: "conflict",
        path: `${path}.requests`,
        message: `must be a whole number of requests in a ${period.toLowerCase()}, got ${perSecond * seconds}`,
        hint: "round it, or use a longer burst, and size again",
      });
      return;
    }
    const at = `${what}.rateLimits[${rateLimits.length}]`;
    rateLimits.push({ unit: "requests", amount, period, per, scope: "gateway" });
    derivations.push(
      {
        what: `${at}.amount`,
        value: amount,
        because: `${path}: ${perSecond}/s with a burst of ${seconds} s, over all processes`,
        deviation:
          "Envoy Gateway counts in fixed windows, where a bucket that fills up steadily was simulated",
      },
      { what: `${at}.period`, value: period, because: `${path}.burst` },
      { what: `${at}.per`, value: per, because: `${path}.per` },
    );
  });
  return { rateLimits, derivations, problems };
}

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
