/**
 * What of the arguments of FailoverDns cannot be provisioned, or would answer other than the policy says.
 *
 * Sources: docs.aws.amazon.com/Route53/latest/APIReference CreateHealthCheck and ResourceRecordSet, …/DeveloperGuide
 * resource-record-sets-choosing-alias-non-alias. Read 2026-11-30. What Cloud DNS cannot do is check-cloud-dns.ts.
 */
import { checkForm, checkOneOf, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import { checkCloudDns } from "./check-cloud-dns";
import { checkPlaces } from "./check-places";
import {
  addressesOf,
  awsRegionOf,
  type FailoverDnsArgs,
  type FailoverSiteArgs,
  siteNames,
} from "./failover-dns-args";
import { continents, sitesNamed } from "./failover-policy";
import { NEAREST } from "./route53-tree";

/** What Route 53 keeps an alias of a load balancer for. */
const ALIAS_TTL_SECONDS = 60;

/** Names of sites, addresses and alarms are parts of names of resources. */
const PART_NAME = {
  pattern: /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
  must: "be a name of at most 40 lower case letters, digits and hyphens",
};

/** What is wrong with the arguments. */
export function checkFailoverDns(args: FailoverDnsArgs): readonly InputProblem[] {
  const { sites, healthCheck, route53, cloudDns } = args;
  const problems: InputProblem[] = [
    ...checkForm("hostname", args.hostname, {
      pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
      must: "be a name of DNS, in lower case and without a final full stop",
    }),
    ...checkWhole("ttlSeconds", args.ttlSeconds, { min: 1, max: 86_400 }),
    ...checkWhole("healthCheck.failureThreshold", healthCheck.failureThreshold, {
      min: 1,
      max: 10,
    }),
    ...checkWhole("healthCheck.successThreshold", healthCheck.successThreshold, {
      min: 1,
      max: 10,
    }),
    ...checkWhole("healthCheck.port", healthCheck.port, { min: 1, max: 65_535 }),
    ...Object.entries(sites).flatMap(([name, site]) => checkSite(name, site, args)),
    ...checkPolicy(args),
  ];
  if (Object.keys(sites).length < 2) {
    const must = "hold two sites at least, or there is nowhere to go";
    problems.push({ path: "sites", must, got: Object.keys(sites) });
  } else if (Object.values(sites).every(({ isDrained }) => isDrained === true)) {
    problems.push({ path: "sites", must: "hold a site that is not drained", got: siteNames(args) });
  }
  if (route53 === undefined && cloudDns === undefined) {
    problems.push({ path: "route53", must: "be given, or cloudDns", got: undefined });
  }
  return [
    ...problems,
    ...(route53 === undefined ? [] : checkRoute53(args)),
    ...(cloudDns === undefined ? [] : checkCloudDns(args, cloudDns.sourceRegions)),
  ];
}

function checkSite(
  name: string,
  site: FailoverSiteArgs,
  { sites }: FailoverDnsArgs,
): readonly InputProblem[] {
  const path = `sites.${name}`;
  const problems: InputProblem[] = [
    ...checkForm(path, name, PART_NAME),
    ...checkOneOf(`${path}.cloud`, site.cloud, ["aws", "gcp"]),
    ...Object.keys(site.addresses ?? {}).flatMap((key) =>
      checkForm(`${path}.addresses.${key}`, key, PART_NAME),
    ),
    ...Object.keys(site.alarms ?? {}).flatMap((key) =>
      checkForm(`${path}.alarms.${key}`, key, PART_NAME),
    ),
  ];
  if (name === NEAREST) {
    problems.push({
      path,
      must: `be another name than "${NEAREST}", which has a record`,
      got: name,
    });
  }
  if (site.alias === undefined && addressesOf(site).length === 0) {
    const must = "be given, or alias on AWS";
    problems.push({ path: `${path}.addresses`, must, got: site.addresses });
  }
  if (site.peer !== undefined && (site.peer === name || !(site.peer in sites))) {
    const others = Object.keys(sites).filter((other) => other !== name);
    problems.push({
      path: `${path}.peer`,
      must: `name another site: ${others.sort().join(", ")}`,
      got: site.peer,
    });
  }
  return problems;
}

function checkPolicy({ policy, sites }: FailoverDnsArgs): readonly InputProblem[] {
  const known = Object.keys(sites).sort();
  const problems: InputProblem[] = [
    ...checkOneOf("policy.kind", policy.kind, ["latency", "weighted", "primary-backup", "geo"]),
    ...sitesNamed(policy).flatMap(([path, site]) => checkOneOf(`policy.${path}`, site, known)),
  ];
  if (policy.kind === "weighted") {
    const weights = Object.entries(policy.weights);
    problems.push(
      ...weights.flatMap(([site, weight]) =>
        checkWhole(`policy.weights.${site}`, weight, { min: 0, max: 255 }),
      ),
    );
    if (weights.every(([, weight]) => weight === 0)) {
      problems.push({
        path: "policy.weights",
        must: "give a weight above 0 to a site",
        got: policy.weights,
      });
    }
  }
  if (policy.kind === "primary-backup") {
    problems.push(...checkUnique("policy.order", policy.order));
    const missing = known.filter((site) => !policy.order.includes(site));
    if (missing.length > 0) {
      problems.push({
        path: "policy.order",
        must: "name every site, or one is never used",
        got: policy.order,
        fix: `add ${missing.join(", ")}`,
      });
    }
  }
  if (policy.kind === "geo") {
    problems.push(
      ...Object.keys(policy.areas).flatMap((area) =>
        checkOneOf(`policy.areas.${area}`, area, continents),
      ),
    );
  }
  return problems;
}

function checkRoute53(args: FailoverDnsArgs): readonly InputProblem[] {
  const { healthCheck, policy, sites, ttlSeconds } = args;
  const { failureThreshold, successThreshold = failureThreshold } = healthCheck;
  const problems: InputProblem[] = [
    ...checkOneOf("healthCheck.intervalSeconds", healthCheck.intervalSeconds, [10, 30]),
    ...(policy.kind === "latency" || policy.kind === "geo"
      ? checkPlaces(args, "nearestAwsRegion", awsRegionOf)
      : []),
  ];
  if (successThreshold !== failureThreshold) {
    problems.push({
      path: "healthCheck.successThreshold",
      must: `be failureThreshold (${failureThreshold}), because Route 53 has one for both`,
      got: successThreshold,
    });
  }
  const hasAlias = Object.values(sites).some(({ alias }) => alias !== undefined);
  if (hasAlias && ttlSeconds !== ALIAS_TTL_SECONDS) {
    problems.push({
      path: "ttlSeconds",
      must: `be ${ALIAS_TTL_SECONDS}, for which Route 53 keeps every alias of a load balancer`,
      got: ttlSeconds,
      fix: "use it, or give addresses in place of aliases",
    });
  }
  return problems;
}
