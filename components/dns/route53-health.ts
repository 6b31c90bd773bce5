/** Health checks of sites on Route 53, and an alarm for each. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { type FailoverSiteArgs, type ResolvedFailoverDns, siteNames } from "./failover-dns-args";

/** The check that decides on each site. */
export type SiteHealthChecks = Readonly<Record<string, aws.route53.HealthCheck>>;

/** Makes the checks. */
export function createSiteChecks(
  name: string,
  settings: ResolvedFailoverDns,
  opts: pulumi.CustomResourceOptions,
): SiteHealthChecks {
  return Object.fromEntries(
    siteNames(settings).map((site) => [site, createSiteCheck(name, site, settings, opts)]),
  );
}

/** A check that is healthy while as many of its children are as it says. */
function createCheck(
  checkName: string,
  args: aws.route53.HealthCheckArgs,
  { transform, allocation }: ResolvedFailoverDns,
  opts: pulumi.CustomResourceOptions,
): aws.route53.HealthCheck {
  return new aws.route53.HealthCheck(
    ...transformed<aws.route53.HealthCheckArgs>(
      transform.healthCheck,
      checkName,
      { ...args, tags: { ...awsTags(allocation), Name: checkName } },
      opts,
    ),
  );
}

/** Healthy while the site answers and no alarm sounds; never while it is drained. */
function createSiteCheck(
  name: string,
  site: string,
  settings: ResolvedFailoverDns,
  opts: pulumi.CustomResourceOptions,
): aws.route53.HealthCheck {
  const siteName = childName(name, site);
  const args = settings.sites[site]!;
  const { alarms = {}, isDrained = false } = args;
  const children = [
    createAnswerCheck(siteName, args, settings, opts),
    ...Object.keys(alarms)
      .sort()
      .map((alarm) =>
        createCheck(
          childName(siteName, "alarm", alarm),
          {
            type: "CLOUDWATCH_METRIC",
            cloudwatchAlarmName: alarms[alarm]!.alarmName,
            cloudwatchAlarmRegion: alarms[alarm]!.region,
            insufficientDataHealthStatus: "LastKnownStatus",
          },
          settings,
          opts,
        ),
      ),
  ];
  const check = createCheck(
    siteName,
    {
      type: "CALCULATED",
      childHealthchecks: children.map(({ id }) => id),
      // More than there are is never reached.
      childHealthThreshold: children.length + (isDrained ? 1 : 0),
    },
    settings,
    opts,
  );
  createAlarm(siteName, site, check, settings, opts);
  return check;
}

/** Healthy while one of the site's addresses answers, or its load balancer takes connections. */
function createAnswerCheck(
  siteName: string,
  { addresses = {}, alias }: FailoverSiteArgs,
  settings: ResolvedFailoverDns,
  opts: pulumi.CustomResourceOptions,
): aws.route53.HealthCheck {
  const { healthCheck, hostname } = settings;
  const { port, path, intervalSeconds, failureThreshold } = healthCheck;
  const timing = { port, requestInterval: intervalSeconds, failureThreshold };
  const answerName = childName(siteName, "answer");
  const names = Object.keys(addresses).sort();
  if (names.length === 0) {
    // A load balancer's own name is none that the gateway answers for; the alias asks it for its targets.
    const fqdn = alias!.dnsName;
    return createCheck(answerName, { type: "TCP", fqdn, ...timing }, settings, opts);
  }
  const checks = names.map((name) =>
    createCheck(
      childName(answerName, name),
      {
        type: "HTTPS",
        ipAddress: addresses[name]!,
        fqdn: hostname,
        enableSni: true,
        resourcePath: path,
        ...timing,
      },
      settings,
      opts,
    ),
  );
  if (checks.length === 1) return checks[0]!;
  // A lost zone is the load balancer's business, not a reason to leave the region.
  const childHealthchecks = checks.map(({ id }) => id);
  return createCheck(
    answerName,
    { type: "CALCULATED", childHealthchecks, childHealthThreshold: 1 },
    settings,
    opts,
  );
}

function createAlarm(
  siteName: string,
  site: string,
  check: aws.route53.HealthCheck,
  { route53, allocation }: ResolvedFailoverDns,
  opts: pulumi.CustomResourceOptions,
): void {
  const notify = [...(route53?.notify ?? [])];
  new aws.cloudwatch.MetricAlarm(
    childName(siteName, "unhealthy"),
    {
      alarmDescription: `DNS sends nobody to ${site}`,
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: check.id },
      statistic: "Minimum",
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      treatMissingData: "breaching",
      alarmActions: notify,
      okActions: notify,
      tags: awsTags(allocation),
    },
    opts,
  );
}
