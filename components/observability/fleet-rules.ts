/** All rules of a cluster's fleet, out of what was promised and planned. Pure: the same arguments give the same rules. */
import { availabilityRuleGroups } from "./availability-rules";
import { driftRuleGroups } from "./drift-rules";
import { gatewayRuleGroups, queueRuleGroups } from "./gateway-rules";
import type { FleetRulesArgs } from "./objective-args";
import { objectiveRuleGroups } from "./objective-rules";
import { replicaRuleGroups } from "./replica-rules";
import type { RuleGroup } from "./rule";
import { ruleContext } from "./rule-context";

/** The groups, none of them empty. */
export function fleetRuleGroups(args: FleetRulesArgs): readonly RuleGroup[] {
  const context = ruleContext(args);
  return [
    ...objectiveRuleGroups(context),
    ...availabilityRuleGroups(context),
    ...driftRuleGroups(context),
    ...replicaRuleGroups(context),
    ...gatewayRuleGroups(context),
    ...queueRuleGroups(context),
  ];
}

/** A file of rules, as Prometheus and AMP read it. JSON is YAML too, and has one way of writing a text. */
export function rulesFile(groups: readonly RuleGroup[]): string {
  return `${JSON.stringify({ groups }, undefined, 2)}\n`;
}
