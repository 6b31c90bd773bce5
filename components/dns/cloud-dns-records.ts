/** The record set and the health check on Cloud DNS. */
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { cloudDnsPolicy } from "./cloud-dns-policy";
import type { ResolvedFailoverDns } from "./failover-dns-args";

/** A check may take no longer than the time between two. */
const CHECK_TIMEOUT_SECONDS = 10;

/** Makes both. */
export function createRecordSet(
  name: string,
  settings: ResolvedFailoverDns,
  opts: pulumi.CustomResourceOptions,
): gcp.dns.RecordSet {
  const { hostname, healthCheck, cloudDns, transform, ttlSeconds } = settings;
  const { managedZone, sourceRegions } = cloudDns!;
  const recordName = childName(name, "top");
  const check = new gcp.compute.HealthCheck(
    ...transformed<gcp.compute.HealthCheckArgs>(
      transform.cloudHealthCheck,
      childName(name, "check"),
      {
        description: `Whether the sites of ${hostname} answer`,
        sourceRegions: [...sourceRegions],
        checkIntervalSec: healthCheck.intervalSeconds,
        timeoutSec: CHECK_TIMEOUT_SECONDS,
        unhealthyThreshold: healthCheck.failureThreshold,
        healthyThreshold: healthCheck.successThreshold,
        httpsHealthCheck: {
          host: hostname,
          port: healthCheck.port,
          requestPath: healthCheck.path,
        },
        logConfig: { enable: true },
      },
      opts,
    ),
  );
  return new gcp.dns.RecordSet(
    ...transformed<gcp.dns.RecordSetArgs>(
      transform.recordSet,
      recordName,
      {
        managedZone,
        name: `${hostname}.`,
        type: "A",
        ttl: ttlSeconds,
        routingPolicy: { healthCheck: check.id, ...cloudDnsPolicy(settings) },
      },
      opts,
    ),
  );
}
