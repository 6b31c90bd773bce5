/** The dashboards of a fleet, out of the same arguments as its rules. Pure; `dashboard-model.ts` gives them their form. */
import type { DashboardSection, FleetDashboard } from "./dashboard-model";
import { latencySections } from "./latency-dashboard";
import { gpuSections, loadSections } from "./load-dashboards";
import type { FleetRulesArgs } from "./objective-args";
import { planSections } from "./plan-dashboard";
import { ruleContext } from "./rule-context";

/** Latency, load, plan against actual, GPUs: one dashboard each. */
export function fleetDashboards(args: FleetRulesArgs): readonly FleetDashboard[] {
  const context = ruleContext(args);
  const titled = (uid: string, title: string, sections: readonly DashboardSection[]) => ({
    uid: `capplan-${uid}`,
    title: `${title} (${context.region})`,
    sections,
  });
  return [
    titled("latency", "Latency against promises", latencySections(context)),
    titled("load", "Load and protection", loadSections(context)),
    titled("plan", "Plan against actual", planSections(context)),
    ...(context.gpuMetrics === "none" ? [] : [titled("gpu", "GPUs", gpuSections(context))]),
  ];
}
