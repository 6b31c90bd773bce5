/** The foundation of a region: network, cluster with GPU pools, queue with dead letters. One layer, one cloud. */
import type { Problem } from "../planner/plan/fleet-of-plan";
import { PlannerError } from "../planner/plan/fleet-of-plan";
import { purposesOf } from "./cloud-secrets";
import type { FleetContext } from "./derive/fleet-context";
import { derivePools } from "./derive/gpu-pools";
import { derivePlace } from "./derive/place-context";
import { deriveQueue } from "./derive/queue";
import { awsFoundation } from "./foundation-aws";
import { gcpFoundation } from "./foundation-gcp";
import { regionProblems } from "./region-problems";
import type { StackExports } from "./stack-exports";
import type { CloudSettings, FoundationSettings } from "./stack-settings";

/** Registers the foundation of a region. @throws PlannerError with everything that cannot be deployed */
export function foundationStack(
  context: FleetContext,
  settings: FoundationSettings,
  cloud: CloudSettings,
  problems: readonly Problem[],
): StackExports {
  const place = derivePlace(context, settings);
  const { args } = place;
  if (args === undefined) throw new PlannerError([...problems, ...place.problems]);
  const parts = {
    place: args,
    pools: derivePools(args, settings),
    queue: deriveQueue(args),
    secrets: purposesOf(settings.cloudSecrets),
  };
  const found = [...problems, ...place.problems, ...regionProblems(args, cloud)];
  const derived = { ...parts, derivations: place.derivations };
  return args.cloud === "aws"
    ? awsFoundation(derived, settings, found)
    : gcpFoundation(derived, settings, cloud, found);
}
