/** What the message queues of each region held and lost. */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { QueueRecord, RunRecord } from "../simulation/run-record";
import type { QueueSummary, SimulationSummary } from "./simulation-summary";

export function summarizeQueues(
  { fleet }: Pick<ResolvedScenario, "fleet">,
  records: readonly RunRecord[],
): SimulationSummary["queues"] {
  const summaries = fleet.regions.flatMap((region, index) => {
    const queues = records.flatMap((record) => record.queues.filter((one) => one.region === index));
    return queues.length === 0
      ? []
      : [[region.name, summarizeRegion(queues, records.length)] as const];
  });
  return Object.fromEntries(summaries);
}

function summarizeRegion(queues: readonly QueueRecord[], replications: number): QueueSummary {
  const mean = (of: (queue: QueueRecord) => number): number =>
    queues.reduce((sum, queue) => sum + of(queue), 0) / replications;
  return {
    sent: mean((queue) => queue.sent),
    received: mean((queue) => queue.received),
    completed: mean((queue) => queue.completed),
    deadLettered: mean((queue) => queue.deadLettered),
    expired: mean((queue) => queue.expired),
    left: mean((queue) => queue.left),
    deepest: Math.max(...queues.map((queue) => queue.deepest)),
    oldestSeconds: Math.max(...queues.map((queue) => queue.oldestSeconds)),
  };
}
