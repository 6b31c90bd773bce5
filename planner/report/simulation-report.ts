/**
 * The report of `capplan simulate`: a `SimulationSummary` as a document. Answer first, then latency,
 * objectives, throughput, what failed, pools, cost and what it all rests on. Every figure comes from the summary; nothing
 * is computed here but differences and shares of its numbers.
 */
import type { KvCapacitySummary, SimulationSummary } from "../metrics/simulation-summary";
import type { Report, ReportSection } from "./report";
import { answerOf } from "./simulation/answer";
import { assumptionsSection } from "./simulation/assumptions";
import { costSection } from "./simulation/cost";
import { failuresSection } from "./simulation/failures";
import { groupSection } from "./simulation/groups";
import { latencySection } from "./simulation/latency";
import { objectivesSection } from "./simulation/objectives";
import { kvCapacitySection, poolsSection } from "./simulation/pools";
import { queuesSection } from "./simulation/queues";
import { resilienceSection } from "./simulation/resilience";
import { servicesSection } from "./simulation/services";
import { throughputSection } from "./simulation/throughput";
import { timelineSections } from "./simulation/timeline";

export interface SimulationReportOptions {
  /** The command line that gives the same result again. */
  readonly reproduce: string;
}

function capacitiesOf({ pools }: SimulationSummary): Record<string, KvCapacitySummary> {
  return Object.fromEntries(Object.entries(pools).map(([name, pool]) => [name, pool.kvCapacity]));
}

export function simulationReport(
  summary: SimulationSummary,
  options: SimulationReportOptions,
): Report {
  const sections: (ReportSection | undefined)[] = [
    objectivesSection(summary),
    latencySection(summary),
    throughputSection(summary),
    failuresSection(summary),
    resilienceSection(summary),
    queuesSection(summary),
    groupSection("Workloads", "workload", summary.workloads),
    groupSection("Tenants", "tenant", summary.tenants),
    groupSection("Models", "model", summary.models),
    groupSection("Regions", "region", summary.regions),
    poolsSection(summary),
    kvCapacitySection(capacitiesOf(summary)),
    costSection(summary),
    servicesSection(summary),
    ...timelineSections(summary),
    assumptionsSection(summary),
  ];
  return {
    title: `Simulation of ${summary.scenario.name}`,
    answer: answerOf(summary),
    sections: sections.filter((section) => section !== undefined),
    warnings: summary.warnings.map((warning) => warning.message),
    reproduce: options.reproduce,
  };
}
