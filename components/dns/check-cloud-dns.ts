/**
 * What Cloud DNS cannot do of what the arguments of FailoverDns ask for.
 *
 * Sources: cloud.google.com/dns/docs/configure-routing-policies and
 * cloud.google.com/compute/docs/reference/rest/v1/healthChecks (sourceRegions). Read 2026-11-30.
 */
import { checkForm, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import { checkPlaces } from "./check-places";
import { addressesOf, type FailoverDnsArgs, gcpLocationOf, siteNames } from "./failover-dns-args";

const SOURCE_REGIONS = 3;

/** Problems of a name that Cloud DNS owns. */
export function checkCloudDns(
  args: FailoverDnsArgs,
  sourceRegions: readonly string[],
): readonly InputProblem[] {
  const { healthCheck, policy, sites } = args;
  const problems: InputProblem[] = [
    ...checkWhole("healthCheck.intervalSeconds", healthCheck.intervalSeconds, {
      min: 30,
      max: 300,
    }),
    ...checkUnique("cloudDns.sourceRegions", sourceRegions),
    ...sourceRegions.flatMap((region, index) =>
      checkForm(`cloudDns.sourceRegions[${index}]`, region, {
        pattern: /^[a-z]+(-[a-z]+)+\d+$/,
        must: 'name a region, such as "europe-west4"',
      }),
    ),
    ...(policy.kind === "latency" || policy.kind === "primary-backup"
      ? checkPlaces(args, "nearestGcpRegion", gcpLocationOf)
      : []),
  ];
  if (sourceRegions.length !== SOURCE_REGIONS) {
    problems.push({
      path: "cloudDns.sourceRegions",
      must: `name exactly ${SOURCE_REGIONS} regions, of which two decide`,
      got: sourceRegions,
    });
  }
  for (const name of siteNames(args)) {
    if (addressesOf(sites[name]!).length > 0) continue;
    problems.push({
      path: `sites.${name}.addresses`,
      must: "be given for Cloud DNS, which checks addresses and no names",
      got: undefined,
      fix: "use a load balancer with fixed addresses, such as an nlb",
    });
  }
  if (policy.kind === "primary-backup" && policy.order.length > 2) {
    problems.push({
      path: "policy.order",
      must: "name two sites on Cloud DNS, which chooses among backups by place and in no order",
      got: policy.order,
      fix: "leave out cloudDns, or use the policy latency",
    });
  }
  return [...problems, ...checkOneLevel(args)];
}

/** Cloud DNS goes only where the policy itself sends somebody: a site that it does not name takes nothing over. */
function checkOneLevel(args: FailoverDnsArgs): readonly InputProblem[] {
  const { policy } = args;
  if (policy.kind === "weighted") {
    return siteNames(args).flatMap((site) => {
      const weight = policy.weights[site];
      if (weight !== undefined && weight > 0) return [];
      const must = "be above 0 on Cloud DNS, where a site without weight takes nothing over";
      return [{ path: `policy.weights.${site}`, must, got: weight }];
    });
  }
  if (policy.kind !== "geo") return [];
  const { areas, otherwise } = policy;
  const named = [...Object.values(areas), otherwise];
  const missing = siteNames(args).filter((site) => !named.includes(site));
  return [
    ...(areas.AN === undefined
      ? []
      : [
          {
            path: "policy.areas.AN",
            must: "be left out on Cloud DNS, which has no place there",
            got: areas.AN,
          },
        ]),
    ...(missing.length === 0
      ? []
      : [
          {
            path: "policy.areas",
            must: "name every site on Cloud DNS, where one without an area takes nothing over",
            got: areas,
            fix: `add ${missing.join(", ")}`,
          },
        ]),
  ];
}
