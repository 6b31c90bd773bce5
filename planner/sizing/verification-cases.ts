/**
 * What a fleet is verified under: the whole scenario where it is short enough, and every peak with each part gone. The
 * same for a fleet that was found and for one that is given.
 */
import type { TargetSpec } from "../scenario/faults-spec";
import type { Demand } from "./demand";
import { rateReader, totalRate } from "./expected-arrivals";
import type { PoolsByRegion } from "./fleet-units";
import type { AskedVerification } from "./run-verifications";
import type { RunWindow } from "./run-window";

/** A part that is gone: as a fault strikes it, and in words (`us-east-1 lost`). */
export interface StruckPart {
  readonly target: readonly TargetSpec[];
  readonly words: string;
}

export interface VerificationCase<Part extends StruckPart> {
  readonly name: string;
  /** undefined: the whole scenario. */
  readonly peak: number | undefined;
  /** null: nothing is gone. */
  readonly part: Part | null;
  /** null: the whole horizon. */
  readonly window: RunWindow | null;
}

export const WHOLE_SCENARIO = "whole scenario";

/** Enough for Student's t to be useful: 2.8 standard errors. */
const REPLICATIONS_MIN = 5;
/** Longer scenarios are verified around their peaks only. */
const WHOLE_REQUESTS_MAX = 400_000;

type Verified = Pick<Demand, "scenario" | "groups" | "peaks">;

/** Every case, without a loss first, and the whole scenario before its peaks. */
export function verificationCases<Part extends StruckPart>(
  demand: Verified,
  parts: readonly Part[],
): readonly VerificationCase<Part>[] {
  const { peaks } = demand;
  const whole = isShort(demand)
    ? [{ name: WHOLE_SCENARIO, peak: undefined, part: null, window: null }]
    : [];
  const atPeaks = peaks.flatMap(({ windows }, peak) =>
    [null, ...parts]
      // A scenario of one peak is its own peak.
      .filter((part) => part !== null || whole.length === 0 || peaks.length > 1)
      .map((part) => {
        const when = peaks.length > 1 ? `peak ${peak + 1}` : "peak";
        const name = part === null ? when : `${when}, ${part.words}`;
        return { name, peak, part, window: longest(windows) };
      }),
  );
  const cases = [...whole, ...atPeaks];
  return [
    ...cases.filter(({ part }) => part === null),
    ...cases.filter(({ part }) => part !== null),
  ];
}

export function askedVerification(
  { scenario }: Pick<Demand, "scenario">,
  pools: PoolsByRegion,
  { window, part }: VerificationCase<StruckPart>,
): AskedVerification {
  return {
    pools,
    window,
    loss: part === null ? null : part.target,
    seed: scenario.seed,
    replications: Math.max(REPLICATIONS_MIN, scenario.replications),
  };
}

function isShort({ scenario, groups }: Verified): boolean {
  const { durationSeconds } = scenario.horizon;
  const requests = groups.flatMap(({ workloads }) =>
    [...rateReader(scenario, workloads)([0, durationSeconds]).values()].map(
      (rates) => totalRate(rates) * durationSeconds,
    ),
  );
  return requests.reduce((sum, count) => sum + count, 0) <= WHOLE_REQUESTS_MAX;
}

function longest(windows: readonly RunWindow[]): RunWindow {
  return windows.reduce((one, other) =>
    other.durationSeconds > one.durationSeconds ? other : one,
  );
}
