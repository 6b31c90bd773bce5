/**
 * Google's APIs, registry and storage at an address inside the network, and the names that lead there
 * (cloud.google.com/vpc/docs/configure-private-service-connect-apis).
 */
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { shortHash } from "../foundation/short-hash";
import type { ResolvedGcpNetwork } from "./gcp-network-args";

/** Domains of the APIs, of Artifact Registry and of the older registry. */
const DOMAINS = ["googleapis.com", "pkg.dev", "gcr.io"] as const;

/** Makes the endpoint, and a private zone for each domain. */
export function createPrivateApis(
  name: string,
  settings: ResolvedGcpNetwork,
  network: gcp.compute.Network,
  apiAddress: string,
  opts: pulumi.CustomResourceOptions,
): void {
  const labels = gcpLabels(settings.allocation);
  const endpointName = childName(name, "apis");
  const address = new gcp.compute.GlobalAddress(
    endpointName,
    {
      addressType: "INTERNAL",
      purpose: "PRIVATE_SERVICE_CONNECT",
      network: network.id,
      address: apiAddress,
      labels,
    },
    opts,
  );
  new gcp.compute.GlobalForwardingRule(
    endpointName,
    {
      // This one name has at most 20 characters, letters and digits only, and Pulumi's own would have a hyphen.
      name: `apis${shortHash(name)}`,
      target: "all-apis",
      network: network.id,
      ipAddress: address.id,
      // The API wants the empty text here: the endpoint is no load balancer.
      loadBalancingScheme: "",
      labels,
    },
    opts,
  );
  for (const domain of DOMAINS) {
    const zoneName = childName(name, "apis", domain.replaceAll(".", "-"));
    const zone = new gcp.dns.ManagedZone(
      zoneName,
      {
        dnsName: `${domain}.`,
        description: `${domain} inside the network`,
        visibility: "private",
        privateVisibilityConfig: { networks: [{ networkUrl: network.id }] },
        labels,
      },
      opts,
    );
    const record = (kind: string, host: string, type: string, rrdatas: pulumi.Input<string>[]) =>
      new gcp.dns.RecordSet(
        childName(zoneName, kind),
        { managedZone: zone.name, name: host, type, ttl: 300, rrdatas },
        opts,
      );
    record("apex", `${domain}.`, "A", [address.address]);
    record("all", `*.${domain}.`, "CNAME", [`${domain}.`]);
  }
}
