/** One name for several sites, which leads to those that are healthy. */
import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { checkComponentName } from "../foundation/child-name";
import { componentType } from "../foundation/component-type";
import { placedChildOptions } from "../foundation/explicit-provider";
import { refuseProblems } from "../foundation/input-problem";
import { checkFailoverDns } from "./check-failover-dns";
import { createRecordSet } from "./cloud-dns-records";
import { type FailoverDnsArgs, moveSecondsMax, resolveFailoverDns } from "./failover-dns-args";
import { createSiteChecks, type SiteHealthChecks } from "./route53-health";
import { createRecords } from "./route53-records";

/** The resources of a FailoverDns. */
export interface FailoverDnsNodes {
  /** By site; empty without Route 53. */
  readonly healthChecks: SiteHealthChecks;
  readonly records: readonly aws.route53.Record[];
  /** Undefined without Cloud DNS. */
  readonly recordSet: gcp.dns.RecordSet | undefined;
}

/**
 * A name whose answer follows a policy over the sites that are healthy, in Route 53, in Cloud DNS, or alike in both.
 * Sites may lie in both clouds. Failing over needs no run of a program, and no control plane: health checks decide.
 *
 * Refused: Cloud DNS with other than three source regions, with names in place of addresses, or with an order of more
 * than two sites; an interval or a TTL that a provider does not have; a policy that names no site, or never uses one.
 *
 * **Cost** (planner/catalog/prices/services-aws.ts, services-gcp.ts): on Route 53 a health check 0.50 USD a month, 0.75
 * outside of AWS, and 1 or 2 USD more for each of HTTPS and the interval of 10 s; 0.60 USD per million answers. On Cloud
 * DNS 2 USD a month for each address that is checked, and 0.70 USD per million answers.
 *
 * @example
 * const dns = new FailoverDns("api", {
 *   hostname: "api.example.com", policy: { kind: "latency" }, ttlSeconds: 60, route53: { zoneId },
 *   healthCheck: { intervalSeconds: 10, failureThreshold: 3 },
 *   sites: { virginia: { cloud: "aws", region: "us-east-1", addresses: edge.addresses }, … },
 * }, { providers: { aws: virginia } });
 */
export class FailoverDns extends pulumi.ComponentResource {
  readonly hostname: string;
  /** Longest time, seconds, from the loss of a site until clients that keep to the TTL go elsewhere. */
  readonly moveSecondsMax: number;
  readonly nodes: FailoverDnsNodes;

  /**
   * @throws {pulumi.InputPropertyError} or {pulumi.InputPropertiesError} when the arguments cannot be provisioned.
   * @throws {pulumi.ResourceError} without an explicit provider of each cloud that owns the name.
   */
  constructor(name: string, args: FailoverDnsArgs, opts: pulumi.ComponentResourceOptions) {
    refuseProblems(`FailoverDns "${name}"`, [
      ...checkComponentName(name),
      ...checkFailoverDns(args),
    ]);
    super(componentType("dns", "FailoverDns"), name, {}, opts);
    const settings = resolveFailoverDns(args);

    let healthChecks: SiteHealthChecks = {};
    let records: readonly aws.route53.Record[] = [];
    if (settings.route53 !== undefined) {
      const childOpts = placedChildOptions(this, "aws");
      healthChecks = createSiteChecks(name, settings, childOpts);
      records = createRecords(name, settings, healthChecks, childOpts);
    }
    const recordSet =
      settings.cloudDns === undefined
        ? undefined
        : createRecordSet(name, settings, placedChildOptions(this, "gcp"));

    this.hostname = settings.hostname;
    this.moveSecondsMax = moveSecondsMax(settings);
    this.nodes = { healthChecks, records, recordSet };
    this.registerOutputs({ hostname: this.hostname, moveSecondsMax: this.moveSecondsMax });
  }
}
