/** The name of a model of one region: an address, and no check, since there is nowhere to go. */
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import { type ModelDns, PLAIN_TTL_SECONDS } from "./derive/dns";
import { modelComponentName } from "./derive/names";
import { addressOf, type EdgeProviders, type Site } from "./edge-sites";
import type { EdgeSettings } from "./stack-settings";

/** Registers the records, in every zone that the stack has. */
export function createPlainNames(
  { model, hostname, sites }: ModelDns,
  places: ReadonlyMap<string, Site>,
  { route53ZoneId, managedZone }: EdgeSettings,
  providers: EdgeProviders,
): void {
  const [region] = Object.keys(sites);
  const site = places.get(region!)!;
  const addresses = site.addressNames.map((name) => addressOf(site, name));
  const name = `${modelComponentName(model)}-host`;
  if (route53ZoneId !== undefined) {
    const args = { zoneId: route53ZoneId, name: hostname, type: "A" };
    new aws.route53.Record(
      name,
      { ...args, ttl: PLAIN_TTL_SECONDS, records: addresses },
      { provider: providers.aws! },
    );
  }
  if (managedZone !== undefined) {
    new gcp.dns.RecordSet(
      name,
      { managedZone, name: `${hostname}.`, type: "A", ttl: PLAIN_TTL_SECONDS, rrdatas: addresses },
      { provider: providers.gcp! },
    );
  }
}
