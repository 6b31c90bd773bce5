import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { FailoverDns, type FailoverDnsArgs } from "../../../components/dns";
import { describeComponentLaws } from "../../support/component-laws";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { allSites, cloudDns, dnsArgs, dnsProgram, HOST, route53 } from "./dns-fixture";

for (const kind of ["latency", "geo"] as const) {
  describeComponentLaws({
    name: `failover-dns-${kind}`,
    program: dnsProgram(dnsArgs(kind, 3, "both")),
  });
}
describeComponentLaws({
  name: "failover-dns-primary-backup",
  program: dnsProgram(dnsArgs("primary-backup", 3, "route53")),
});
describeComponentLaws({
  name: "failover-dns-weighted",
  program: dnsProgram(dnsArgs("weighted", 2, "cloud-dns")),
});

const RECORD = "aws:route53/record:Record";
const CHECK = "aws:route53/healthCheck:HealthCheck";

const checkOf = (run: EngineRun, name: string) => only(run, CHECK, name).inputs;

describe("FailoverDns", () => {
  it("on Route 53 is latency over failover pairs, with the lists that the SDK wants", async () => {
    const run = await registered(dnsProgram(dnsArgs("latency", 2, "route53")));
    expect(ofType(run, RECORD).map(({ name }) => name)).toEqual([
      "api-ash-primary",
      "api-ash-secondary",
      "api-birch-primary",
      "api-birch-secondary",
      "api-top-ash",
      "api-top-birch",
    ]);
    expect(only(run, RECORD, "api-top-birch").inputs).toEqual({
      zoneId: "zone-probe",
      name: HOST,
      type: "A",
      setIdentifier: "birch",
      latencyRoutingPolicies: [{ region: "eu-central-1" }],
      aliases: [{ name: `birch.${HOST}`, zoneId: "zone-probe", evaluateTargetHealth: true }],
    });
    expect(only(run, RECORD, "api-ash-primary").inputs).toEqual({
      zoneId: "zone-probe",
      name: `ash.${HOST}`,
      type: "A",
      setIdentifier: "primary",
      failoverRoutingPolicies: [{ type: "PRIMARY" }],
      records: ["192.0.2.1", "192.0.2.2"],
      ttl: 60,
      healthCheckId: "api-ash-id",
    });
    expect(only(run, RECORD, "api-ash-secondary").inputs).toMatchObject({
      failoverRoutingPolicies: [{ type: "SECONDARY" }],
      records: ["198.51.100.1"],
      healthCheckId: "api-birch-id",
    });
    expect(ofType(run, "gcp:dns/recordSet:RecordSet")).toEqual([]);
  });

  it("makes no record before those that it refers to", async () => {
    const run = await registered(dnsProgram(dnsArgs("geo", 3, "route53")));
    const byName = new Map(ofType(run, RECORD).map((one) => [one.inputs["name"], one]));
    let references = 0;
    for (const record of ofType(run, RECORD)) {
      const [alias] = (record.inputs["aliases"] ?? []) as { name: string }[];
      const target = alias === undefined ? undefined : byName.get(alias.name);
      if (target === undefined) continue;
      references++;
      expect(record.dependencies).toContain(target.urn);
    }
    expect(references).toBe(3 + 4);
  });

  it("checks addresses for the name that clients call, and asks a load balancer for its targets", async () => {
    const run = await registered(dnsProgram(dnsArgs("weighted", 3, "route53")));
    expect(checkOf(run, "api-birch-answer-global")).toMatchObject({
      type: "HTTPS",
      ipAddress: "198.51.100.1",
      fqdn: HOST,
      enableSni: true,
      resourcePath: "/healthz",
      port: 443,
      requestInterval: 30,
      failureThreshold: 3,
    });
    expect(checkOf(run, "api-ash-answer")).toMatchObject({
      type: "CALCULATED",
      childHealthchecks: ["api-ash-answer-us-east-1a-id", "api-ash-answer-us-east-1b-id"],
      childHealthThreshold: 1,
    });
    expect(only(run, RECORD, "api-top-cedar").inputs).toMatchObject({
      aliases: [{ name: "cedar.elb.example", zoneId: "elb-zone", evaluateTargetHealth: true }],
      healthCheckId: "api-cedar-id",
    });
    expect(only(run, RECORD, "api-top-cedar").inputs).not.toHaveProperty("ttl");
    const { addresses: _, ...byName } = allSites.cedar;
    const args = dnsArgs("weighted", 3, "route53");
    const named = await registered(
      dnsProgram({ ...args, sites: { ...args.sites, cedar: byName } }),
    );
    expect(checkOf(named, "api-cedar-answer")).toMatchObject({
      type: "TCP",
      fqdn: "cedar.elb.example",
    });
  });

  it("joins a site's answers and alarms, and tells somebody when DNS leaves it out", async () => {
    const args = dnsArgs("latency", 2, "route53");
    const alarms = { saturated: { alarmName: "saturated", region: "us-east-1" } };
    const sites = { ...args.sites, ash: { ...args.sites["ash"]!, alarms } };
    const notify = ["arn:aws:sns:us-east-1:0:page"];
    const run = await registered(dnsProgram({ ...args, sites, route53: { ...route53, notify } }));
    expect(checkOf(run, "api-ash-alarm-saturated")).toMatchObject({
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmName: "saturated",
      insufficientDataHealthStatus: "LastKnownStatus",
    });
    expect(checkOf(run, "api-ash")).toMatchObject({
      type: "CALCULATED",
      childHealthchecks: ["api-ash-answer-id", "api-ash-alarm-saturated-id"],
      childHealthThreshold: 2,
    });
    expect(
      only(run, "aws:cloudwatch/metricAlarm:MetricAlarm", "api-ash-unhealthy").inputs,
    ).toMatchObject({
      namespace: "AWS/Route53",
      metricName: "HealthCheckStatus",
      dimensions: { HealthCheckId: "api-ash-id" },
      comparisonOperator: "LessThanThreshold",
      threshold: 1,
      alarmActions: notify,
    });
  });

  it("drains a site by changing one check, so that nothing is replaced", async () => {
    const args = dnsArgs("latency", 2, "route53");
    const before = await registered(dnsProgram(args));
    const sites = { ...args.sites, ash: { ...args.sites["ash"]!, isDrained: true } };
    const after = await registered(dnsProgram({ ...args, sites }), { state: before.state });
    const changed = [...after.operations].filter(([, operation]) => operation !== "same");
    expect(changed).toEqual([[expect.stringMatching(/HealthCheck::api-ash$/), "update"]]);
  });

  it("on Cloud DNS checks from three regions, every 30 s at most, addresses only", async () => {
    const run = await registered(dnsProgram(dnsArgs("primary-backup", 2, "cloud-dns")));
    // Rules of healthChecks.sourceRegions: a global check, 30 s or more, no proxy header.
    const check = only(run, "gcp:compute/healthCheck:HealthCheck").inputs;
    expect(check).toMatchObject({
      sourceRegions: cloudDns.sourceRegions,
      checkIntervalSec: 30,
      unhealthyThreshold: 3,
      httpsHealthCheck: { host: HOST, port: 443, requestPath: "/healthz" },
    });
    expect(JSON.stringify(check)).not.toContain("proxyHeader");
    expect(only(run, "gcp:dns/recordSet:RecordSet").inputs).toEqual({
      managedZone: "probe",
      name: `${HOST}.`,
      type: "A",
      ttl: 60,
      routingPolicy: {
        healthCheck: "api-check-id",
        primaryBackup: {
          primary: { externalEndpoints: ["198.51.100.1"] },
          backupGeos: [
            {
              location: "us-east4",
              healthCheckedTargets: { externalEndpoints: ["192.0.2.1", "192.0.2.2"] },
            },
          ],
        },
      },
    });
    expect(ofType(run, RECORD)).toEqual([]);
  });

  it("says how long traffic stays with a lost site", async () => {
    const run = await registered(dnsProgram(dnsArgs("latency", 2, "route53")));
    expect(run.stackOutputs.values).toEqual({ hostname: HOST, moveSecondsMax: 150 });
  });

  const { ash, birch, cedar } = allSites;
  const { nearestAwsRegion: _, ...birchNowhere } = birch;
  const { addresses: _addresses, ...cedarByName } = cedar;
  const healthCheck = { intervalSeconds: 30, failureThreshold: 3 };
  it.each<[string, "route53" | "cloud-dns", Partial<FailoverDnsArgs>]>([
    ["hostname", "route53", { hostname: "api.example.com." }],
    ["sites", "route53", { sites: { ash }, policy: { kind: "latency" } }],
    [
      "sites",
      "route53",
      { sites: { ash: { ...ash, isDrained: true }, birch: { ...birch, isDrained: true } } },
    ],
    ["sites.nearest", "route53", { sites: { ash, nearest: birch } }],
    ["sites.birch.nearestAwsRegion", "route53", { sites: { ash, birch: birchNowhere } }],
    [
      "sites.birch.nearestAwsRegion",
      "route53",
      { sites: { ash, birch: { ...birch, nearestAwsRegion: "us-east-1" } } },
    ],
    ["sites.ash.peer", "route53", { sites: { ash: { ...ash, peer: "oak" }, birch } }],
    ["sites.ash.addresses", "route53", { sites: { ash: { ...ash, addresses: {} }, birch } }],
    ["sites.cedar.addresses", "cloud-dns", { sites: { ash, cedar: cedarByName } }],
    ["ttlSeconds", "route53", { sites: { ash, cedar }, ttlSeconds: 30 }],
    [
      "healthCheck.intervalSeconds",
      "route53",
      { healthCheck: { ...healthCheck, intervalSeconds: 20 } },
    ],
    [
      "healthCheck.intervalSeconds",
      "cloud-dns",
      { healthCheck: { ...healthCheck, intervalSeconds: 10 } },
    ],
    [
      "healthCheck.successThreshold",
      "route53",
      { healthCheck: { ...healthCheck, successThreshold: 1 } },
    ],
    [
      "cloudDns.sourceRegions",
      "cloud-dns",
      { cloudDns: { ...cloudDns, sourceRegions: ["us-east1", "europe-west1"] } },
    ],
    [
      "policy.order[0]",
      "route53",
      { policy: { kind: "primary-backup", order: ["oak", "ash", "birch"] } },
    ],
    ["policy.order", "route53", { policy: { kind: "primary-backup", order: ["ash"] } }],
    [
      "policy.order",
      "cloud-dns",
      { sites: allSites, policy: { kind: "primary-backup", order: ["ash", "birch", "cedar"] } },
    ],
    ["policy.weights", "route53", { policy: { kind: "weighted", weights: { ash: 0 } } }],
    ["policy.weights.birch", "cloud-dns", { policy: { kind: "weighted", weights: { ash: 1 } } }],
    ["policy.weights.ash", "route53", { policy: { kind: "weighted", weights: { ash: 1.5 } } }],
    ["policy.otherwise", "route53", { policy: { kind: "geo", areas: {}, otherwise: "oak" } }],
    ["policy.areas", "cloud-dns", { policy: { kind: "geo", areas: {}, otherwise: "ash" } }],
    [
      "policy.areas.AN",
      "cloud-dns",
      { policy: { kind: "geo", areas: { AN: "birch" }, otherwise: "ash" } },
    ],
  ])("fails when %s cannot be provisioned on %s", async (propertyPath, owner, change) => {
    const args = { ...dnsArgs("latency", 2, owner), ...change };
    await expect(registered(dnsProgram(args))).rejects.toMatchObject({ propertyPath });
  });

  it("fails without an owner of the name", async () => {
    const { route53: _owner, ...args } = dnsArgs("latency", 2, "route53");
    await expect(registered(dnsProgram(args))).rejects.toMatchObject({ propertyPath: "route53" });
  });

  it("says why two source regions are too few", async () => {
    const args = dnsArgs("latency", 2, "cloud-dns");
    const two = { ...cloudDns, sourceRegions: ["us-east1", "europe-west1"] };
    await expect(registered(dnsProgram({ ...args, cloudDns: two }))).rejects.toMatchObject({
      reason: 'must name exactly 3 regions, of which two decide, got ["us-east1","europe-west1"]',
    });
  });

  it("fails without an explicit provider of each owner", async () => {
    const program = () => {
      const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
      new FailoverDns("api", dnsArgs("latency", 2, "both"), { providers: { aws: provider } });
      return undefined;
    };
    await expect(registered(program)).rejects.toBeInstanceOf(pulumi.ResourceError);
  });
});
