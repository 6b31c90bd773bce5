/**
 * Rules of names that stand for several regions. A record without a health check is always healthy, and a pair with one
 * half sends clients of a lost region nowhere.
 */
import { isPresent, itemsAt, oneOrMore, shown, UNKNOWN, valueAt } from "./plain-values";
import { type Breach, type JudgedInStack, ofType, stackRule } from "./rule";

const RECORD = "aws:route53/record:Record";
const RECORD_SET = "gcp:dns/recordSet:RecordSet";

const MOVING = ["failoverRoutingPolicies", "latencyRoutingPolicies"] as const;

/** Every loss moves traffic. */
export const failoverIsComplete = stackRule({
  name: "failover-is-complete",
  description: "Each primary has a backup, and health decides between them.",
  severity: "critical",
  breachesOf: (resources) => [
    ...route53Breaches(ofType(resources, RECORD)),
    ...ofType(resources, RECORD_SET).flatMap(cloudDnsBreaches),
  ],
});

function route53Breaches(records: readonly JudgedInStack[]): readonly Breach[] {
  const roleOf = ({ props }: JudgedInStack) =>
    valueAt(oneOrMore(valueAt(props, "failoverRoutingPolicies"))[0], "type");
  const nameOf = ({ props }: JudgedInStack) =>
    ["zoneId", "name", "type"].map((key) => String(valueAt(props, key))).join(" ");
  const otherRole = { PRIMARY: "SECONDARY", SECONDARY: "PRIMARY" } as const;
  const pairs = records.flatMap((record) => {
    const role = roleOf(record);
    if (role !== "PRIMARY" && role !== "SECONDARY") return [];
    const wanted = otherRole[role];
    const hasOther = records.some(
      (one) => nameOf(one) === nameOf(record) && roleOf(one) === wanted,
    );
    if (hasOther) return [];
    const message = `failoverRoutingPolicies: ${role} of ${shown(valueAt(record.props, "name"))} has no ${wanted}; make the other half of the pair`;
    return [{ urn: record.urn, message }];
  });
  const blind = records
    .filter(({ props }) => MOVING.some((key) => oneOrMore(valueAt(props, key)).length > 0))
    .filter((one) => !isWatched(one))
    .map(({ urn }) => ({
      urn,
      message:
        "healthCheckId: must be set, or aliases[].evaluateTargetHealth true; without either the record is healthy whatever happens",
    }));
  return [...pairs, ...blind];
}

function isWatched({ props }: JudgedInStack): boolean {
  if (isPresent(valueAt(props, "healthCheckId"))) return true;
  const aliases = valueAt(props, "aliases");
  if (aliases === UNKNOWN) return true;
  return oneOrMore(aliases).some((one) => {
    const isEvaluated = valueAt(one, "evaluateTargetHealth");
    return isEvaluated === true || isEvaluated === UNKNOWN;
  });
}

/** A policy of Cloud DNS looks at health only for targets that are marked so, and only with a check. */
function cloudDnsBreaches({ urn, props }: JudgedInStack): readonly Breach[] {
  const policy = valueAt(props, "routingPolicy");
  if (!isPresent(policy) || policy === UNKNOWN) return [];
  const messages: string[] = [];
  const backup = valueAt(policy, "primaryBackup");
  if (isPresent(backup) && backup !== UNKNOWN) {
    if (!hasTargets(valueAt(backup, "primary"))) {
      messages.push(
        "routingPolicy.primaryBackup.primary: must have a target that is checked, got none",
      );
    }
    if (itemsAt(backup, "backupGeos").length === 0 && valueAt(backup, "backupGeos") !== UNKNOWN) {
      messages.push("routingPolicy.primaryBackup.backupGeos: must have a backup, got none");
    }
  }
  const parts = [
    ["geos", "routingPolicy.geos"],
    ["wrrs", "routingPolicy.wrrs"],
    ["primaryBackup.backupGeos", "routingPolicy.primaryBackup.backupGeos"],
  ] as const;
  for (const [key, path] of parts) {
    itemsAt(policy, key).forEach((part, index) => {
      if (!hasTargets(valueAt(part, "healthCheckedTargets"))) {
        messages.push(
          `${path}[${index}].healthCheckedTargets: must have a target, got none; addresses in rrdatas are healthy whatever happens`,
        );
      }
    });
  }
  if (!isPresent(valueAt(policy, "healthCheck"))) {
    messages.push("routingPolicy.healthCheck: must be set, got nothing");
  }
  return messages.map((message) => ({ urn, message }));
}

function hasTargets(targets: unknown): boolean {
  if (targets === UNKNOWN) return true;
  return ["externalEndpoints", "internalLoadBalancers"].some((key) => {
    const list = valueAt(targets, key);
    return list === UNKNOWN || (Array.isArray(list) && list.length > 0);
  });
}
