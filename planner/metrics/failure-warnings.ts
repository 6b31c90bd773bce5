/** Warnings about requests that got no answer, and about what failing requests do to the fleet. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import {
  type EndReason,
  FAILED_REASONS,
  REJECTED_REASONS,
  TIMED_OUT_REASONS,
} from "../simulation/end-reasons";
import type { RunRecord } from "../simulation/run-record";
import { formatCount } from "./format-count";
import type { GroupSummary, SimulationSummary } from "./simulation-summary";
import { modelCallsOf } from "./workload-models";

type Warning = SimulationSummary["warnings"][number];

/** Attempts per first attempt from which retries are load that a planner should know of. */
const AMPLIFICATION = 1.2;

export function failureWarnings(
  scenario: ResolvedScenario,
  records: readonly RunRecord[],
  summaries: {
    readonly workloads: Readonly<Record<string, GroupSummary>>;
    readonly queues: SimulationSummary["queues"];
  },
): Warning[] {
  return [
    ...Object.entries(summaries.workloads).flatMap(([name, group]) => unanswered(name, group)),
    ...scenario.workloads.flatMap((workload) => {
      const calls = modelCallsOf(workload);
      return amplified(workload.name, summaries.workloads[workload.name]!, calls);
    }),
    ...queueWarnings(summaries.queues),
    ...overflowWarnings(scenario, records),
    ...notAssessed(records),
  ];
}

/** What does not fit a replica is told apart: no policy refused it. */
function unanswered(name: string, { requests }: GroupSummary): Warning[] {
  const refusals = REJECTED_REASONS.filter((reason) => reason !== "context-too-long");
  const groups = [
    { code: "refused", what: "were refused", reasons: refusals },
    { code: "timed-out", what: "timed out", reasons: TIMED_OUT_REASONS },
    { code: "failed", what: "failed", reasons: FAILED_REASONS },
  ] as const;
  return groups.flatMap(({ code, what, reasons }): Warning[] => {
    const counts = reasons.flatMap((reason: EndReason): [EndReason, number][] => {
      const count = requests.reasons[reason];
      return count === undefined ? [] : [[reason, count]];
    });
    if (counts.length === 0) return [];
    const sum = counts.reduce((total, [, count]) => total + count, 0);
    const list = counts
      .toSorted(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${reason} ${atLeastOne(count)}`);
    return [
      {
        code,
        message: `${name}: ${atLeastOne(sum)} of ${formatCount(requests.offered)} requests ${what} (${list.join(", ")})`,
      },
    ];
  });
}

/** A mean over replications that is not 0 does not read as 0. */
function atLeastOne(count: number): string {
  return count < 0.5 ? "less than 1" : formatCount(count);
}

/** @param calls of a model that a request makes when all goes well; one that breaks early makes fewer */
function amplified(name: string, { requests }: GroupSummary, calls: number): Warning[] {
  const { offered, retried, gatewayRetries, hedges } = requests;
  const ratio = 1 + (retried + gatewayRetries + hedges) / (offered * calls);
  if (!(ratio > AMPLIFICATION)) return [];
  return [
    {
      code: "retries-amplify",
      message: `${name}: retries make ${ratio.toFixed(1)} attempts of each first one (${formatCount(retried)} by clients, ${formatCount(gatewayRetries)} by gateways, ${formatCount(hedges)} hedges); a retry budget bounds that`,
    },
  ];
}

function queueWarnings(queues: SimulationSummary["queues"]): Warning[] {
  return Object.entries(queues).flatMap(([region, queue]) => {
    const warnings: Warning[] = [];
    if (queue.deadLettered > 0) {
      warnings.push({
        code: "dead-lettered",
        message: `${region}: ${atLeastOne(queue.deadLettered)} of ${formatCount(queue.sent)} messages went to the dead letters: received more than maxReceiveCount times and never completed`,
      });
    }
    if (queue.expired > 0) {
      warnings.push({
        code: "expired",
        message: `${region}: ${atLeastOne(queue.expired)} of ${formatCount(queue.sent)} messages grew older than the queue's retention and are lost`,
      });
    }
    return warnings;
  });
}

/** A session that ends at its window is cut, and warned of as what it is: clipped. */
function overflowWarnings(
  { workloads }: ResolvedScenario,
  records: readonly RunRecord[],
): Warning[] {
  return workloads.flatMap((workload, index): Warning[] => {
    const overflows = records.reduce((sum, record) => sum + record.clipped[index]!.overflows, 0);
    const { overflow } = workload.sessions ?? { overflow: { kind: "end" as const } };
    if (overflows === 0 || overflow.kind === "end") return [];
    const what = {
      truncate: "the oldest context is dropped",
      reject: "the turn is refused and the session ends",
      summarise: "a summary takes its place",
    }[overflow.kind];
    return [
      {
        code: "session-overflows",
        message: `${workload.name}: the context of a session outgrew the window of ${formatCount(workload.contextWindowTokens)} tokens ${formatCount(overflows)} times; ${what}`,
      },
    ];
  });
}

/** Faults struck, and nothing was recorded by which to tell what they did. */
function notAssessed(records: readonly RunRecord[]): Warning[] {
  const isStruck = records.some(({ control }) =>
    control.some(({ kind }) => kind === "fault-start"),
  );
  if (!isStruck || records.some(({ timeline }) => timeline !== undefined)) return [];
  return [
    {
      code: "faults-not-assessed",
      message:
        "faults struck, but how far they reached and how fast the fleet healed is measured over time; use --timeline",
    },
  ];
}
