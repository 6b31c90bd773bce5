/** Records of who did what in the accounts of a fleet, which nobody can delete before their time. */
import * as aws from "@pulumi/aws";
import { AwsAuditTrail, AwsFleetKey, GcpAuditTrail, GcpFleetKey } from "../components/security";
import type { FleetContext } from "./derive/fleet-context";
import { placeName } from "./derive/names";
import { fleetAllocation } from "./derive/place-context";
import type { EdgeProviders } from "./edge-sites";
import type { CloudSettings, EdgeSettings } from "./stack-settings";

/** Where the records of AWS lie: a trail records every region. */
const AWS_REGION = "us-east-1";

/**
 * Registers a trail for each cloud of the fleet, with a key of its own: records are kept for longer than the region whose
 * calls they hold.
 */
export function createAuditTrails(
  context: FleetContext,
  { hasAuditTrail, isProtected, projectNumber }: EdgeSettings,
  { gcpProject }: CloudSettings,
  providers: EdgeProviders,
): void {
  if (!hasAuditTrail) return;
  const { fleet, plan } = context;
  const name = placeName(plan.scenario.name);
  const common = { isProtected, allocation: fleetAllocation(context) };
  if (fleet.regions.some(({ spec }) => spec.cloud === "aws")) {
    const opts = { provider: providers.aws! };
    const { accountId } = aws.getCallerIdentityOutput({}, opts);
    const place = { region: AWS_REGION, accountId, ...common };
    const { keyArn } = new AwsFleetKey(name, { ...place, services: ["cloudtrail"] }, opts);
    new AwsAuditTrail(name, { ...place, kmsKeyArn: keyArn }, opts);
  }
  const google = fleet.regions.find(({ spec }) => spec.cloud === "gcp");
  if (google !== undefined) {
    const opts = { provider: providers.gcp! };
    const place = { projectId: gcpProject!, location: google.name, ...common };
    const { keyName } = new GcpFleetKey(
      name,
      { ...place, projectNumber: projectNumber!, agents: ["storage"] },
      opts,
    );
    new GcpAuditTrail(name, { ...place, kmsKeyName: keyName }, opts);
  }
}
