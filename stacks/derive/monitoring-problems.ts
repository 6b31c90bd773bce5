/**
 * What FleetMonitoring would refuse, said of the scenario, the plan and the configuration: a promise that no histogram can
 * tell apart, a pool whose model nobody asks, a name or an address that is none.
 */
import { checkFleetMonitoring } from "../../components/observability";
import type { Problem } from "../../planner/plan/fleet-of-plan";
import { poolPath } from "./fleet-context";
import type { MonitoringArgs } from "./monitoring";
import type { ServiceOfPool } from "./services";
import { translateProblems } from "./translate-problems";

/** What of a stack's configuration monitoring depends on. */
export interface MonitoringSettings {
  readonly runbookUrl?: string | undefined;
  readonly alertmanagerSecret?: string | undefined;
}

/** The problems of a place's monitoring. */
export function monitoringProblems(
  args: MonitoringArgs,
  services: readonly ServiceOfPool[],
  { runbookUrl, alertmanagerSecret }: MonitoringSettings,
): readonly Problem[] {
  const found = checkFleetMonitoring({
    ...args,
    ...(runbookUrl === undefined ? {} : { runbookUrl }),
    // Both clouds' backends take such a Secret, and nothing else that anybody sets.
    backend: {
      kind: "kube-prometheus-stack",
      ...(alertmanagerSecret === undefined ? {} : { alertmanagerSecret }),
    },
  });
  const promises = Object.entries(args.workloads).flatMap(([name, { objectives = [] }]) =>
    objectives.map(({ metric, statistic }, index) => [
      `workloads.${name}.objectives[${index}].limitSeconds`,
      `workloads.${name}.slo.${metric}.${statistic}`,
    ]),
  );
  const pools = services.flatMap(({ name, pool }) => [
    [`pools.${name}`, poolPath(pool)],
    [`pools.${name}.servedModel`, `${poolPath(pool)}.model`],
  ]);
  return translateProblems(
    found,
    {
      runbookUrl: "capplan:runbookUrl",
      "backend.alertmanagerSecret": "capplan:alertmanagerSecret",
      ...Object.fromEntries([...promises, ...pools]),
    },
    "monitoring",
  );
}
