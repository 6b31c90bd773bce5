/** Cloud Armor in front of a GcpEdge: a limit per address, rules that refuse, defence against floods. */
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { gcpLabels } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import type { ResolvedGcpEdge } from "./gcp-edge-args";

/** Lower numbers go first; between two rules there is room for others. */
const RULES_PRIORITY = 1000;
const THROTTLE_PRIORITY = 10_000;
/** The priority that the API wants for what matches nothing else. */
const DEFAULT_PRIORITY = 2_147_483_647;

const EVERYBODY = { versionedExpr: "SRC_IPS_V1", config: { srcIpRanges: ["*"] } };

/** Makes the policy. */
export function createSecurityPolicy(
  name: string,
  { armor, transform, allocation }: ResolvedGcpEdge,
  opts: pulumi.CustomResourceOptions,
): gcp.compute.SecurityPolicy {
  return new gcp.compute.SecurityPolicy(
    ...transformed<gcp.compute.SecurityPolicyArgs>(
      transform.securityPolicy,
      childName(name, "armor"),
      {
        type: "CLOUD_ARMOR",
        description: "Who may call the gateways, and how often",
        adaptiveProtectionConfig: { layer7DdosDefenseConfig: { enable: true } },
        rules: [
          ...armor.rules.map((rule, index) => ({
            action: "deny(403)",
            priority: RULES_PRIORITY + index,
            description: rule,
            match: { expr: { expression: `evaluatePreconfiguredWaf('${rule}')` } },
          })),
          {
            action: "throttle",
            priority: THROTTLE_PRIORITY,
            description: "Requests of one address",
            match: EVERYBODY,
            rateLimitOptions: {
              enforceOnKey: "IP",
              conformAction: "allow",
              exceedAction: "deny(429)",
              rateLimitThreshold: {
                count: armor.requestsPerMinutePerAddress,
                intervalSec: 60,
              },
            },
          },
          {
            action: "allow",
            priority: DEFAULT_PRIORITY,
            description: "Everybody else",
            match: EVERYBODY,
          },
        ],
        labels: gcpLabels(allocation),
      },
      opts,
    ),
  );
}
