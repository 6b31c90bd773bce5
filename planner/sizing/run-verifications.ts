/**
 * Verifies fleets as `capplan simulate` judges them: several replications, their confidence interval, and the error of
 * the step-time model. Every run is a job of its own, so that a long case keeps all threads busy.
 */
import { settleAll } from "../foundation/settle-all";
import type { SimulationSummary } from "../metrics/simulation-summary";
import { summarize } from "../metrics/summarize";
import { fromPlainRecord } from "../simulation/plain-record";
import type { SizingContext } from "./evaluation-job";
import type { Evaluator } from "./evaluator";
import {
  type VerificationJob,
  type VerificationRun,
  type VerifiedPart,
  verifiedScenario,
} from "./verification-job";

export interface AskedVerification extends VerifiedPart {
  readonly replications: number;
}

/** Parts of the first run, which is its own sample when it is the only one, or all others are the same. */
const BATCHES = 10;

/** The summary of each. */
export async function runVerifications(
  context: SizingContext,
  asked: readonly AskedVerification[],
  evaluator: Evaluator,
): Promise<readonly SimulationSummary[]> {
  // Each is summed up when its runs are over, while those of the next ones go on.
  return await settleAll(
    asked.map(async (one) => {
      const runs = await evaluator.verify(jobsOf(one));
      return summaryOf(context, one, runs);
    }),
  );
}

function summaryOf(
  context: SizingContext,
  asked: AskedVerification,
  runs: readonly VerificationRun[],
): SimulationSummary {
  const records = runs.map(({ record }) => fromPlainRecord(record));
  const slower = records.pop()!;
  const { seed, replications } = asked;
  const scenario = verifiedScenario(context, asked);
  const first = summarize(scenario, records, { seed, replications });
  // Longer steps make nothing that is broken whole.
  const isLost = first.slo.length > 0 && first.slo.every(({ verdict }) => verdict === "FAIL");
  return isLost ? first : summarize(scenario, records, { seed, replications, slower });
}

/** The replications, and the first one again with longer steps. */
function jobsOf({ replications, ...part }: AskedVerification): readonly VerificationJob[] {
  const { timelineBuckets: _, ...untimed } = part;
  return [
    ...Array.from(
      { length: replications },
      (__, replication): VerificationJob => ({
        ...part,
        replication,
        batches: replication === 0 ? BATCHES : 0,
        steps: "as-modelled",
      }),
    ),
    { ...untimed, replication: 0, batches: 0, steps: "longer" },
  ];
}
