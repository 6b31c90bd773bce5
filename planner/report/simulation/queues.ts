/** The message queues of workloads that are delivered by queue, one row for each region. */
import type { SimulationSummary } from "../../metrics/simulation-summary";
import { formatCount, formatTime } from "../format-number";
import { type ReportSection, table } from "../report";

export function queuesSection({ queues }: SimulationSummary): ReportSection | undefined {
  const regions = Object.entries(queues);
  if (regions.length === 0) return undefined;
  return {
    heading: "Queues",
    blocks: [
      table(
        [
          { header: "region", align: "left", wraps: true },
          { header: "sent", align: "right" },
          { header: "received", align: "right" },
          { header: "completed", align: "right" },
          { header: "dead letters", align: "right" },
          { header: "expired", align: "right" },
          { header: "left", align: "right" },
          { header: "deepest", align: "right" },
          { header: "oldest", align: "right" },
        ],
        regions.map(([name, queue]) => [
          name,
          formatCount(queue.sent),
          formatCount(queue.received),
          formatCount(queue.completed),
          formatCount(queue.deadLettered),
          formatCount(queue.expired),
          formatCount(queue.left),
          formatCount(queue.deepest),
          formatTime(queue.oldestSeconds * 1e3),
        ]),
      ),
    ],
  };
}
