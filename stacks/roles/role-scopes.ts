/** On what a stack acts, from its configuration and its plan: a scope for each cloud that its layer uses. */
import { childName } from "../../components/foundation/child-name";
import { physicalName } from "../../components/foundation/physical-name";
import { PlannerError, type Problem, type ResolvedPool } from "../../planner/plan/fleet-of-plan";
import { deriveDns } from "../derive/dns";
import type { FleetContext } from "../derive/fleet-context";
import { clusterPoolName, modelComponentName, placeName } from "../derive/names";
import { derivePlace } from "../derive/place-context";
import { missing } from "../region-problems";
import type { EdgeSettings, StackSettings } from "../stack-settings";
import type { AwsScope } from "./aws-scope";
import type { GcpScope } from "./gcp-roles";

/** What of each cloud a stack acts on; undefined where it uses none of it. */
export interface RoleScopes {
  readonly aws: AwsScope | undefined;
  readonly gcp: GcpScope | undefined;
}

/** @throws PlannerError with every key that is missing in the stack's file */
export function roleScopes(stack: StackSettings, context: FleetContext): RoleScopes {
  return stack.layer === "edge"
    ? edgeScopes(stack.settings, stack.cloud, context)
    : regionScopes(stack, context);
}

/** Names of Pulumi's own making: that of the resource, and a random ending. */
const anyOf = (name: string): string => `${name}-*`;

function regionScopes(
  { layer, settings, cloud }: Exclude<StackSettings, { readonly layer: "edge" }>,
  context: FleetContext,
): RoleScopes {
  const { args: place, problems } = derivePlace(context, settings);
  if (place === undefined) throw new PlannerError(problems);
  const { name, pools, region } = place;
  if (place.cloud === "gcp") {
    return {
      aws: undefined,
      gcp: {
        project: projectOf(cloud.gcpProject),
        name,
        ...(layer === "serving" ? { weightsBucket: settings.weightsBucket } : {}),
      },
    };
  }
  const weights = pools.map((pool) => childName(replicasName(pool), "weights"));
  return {
    aws: {
      region: region.name,
      names: [name, ...(layer === "serving" ? weights : [])].map(anyOf),
      cluster: physicalName("eksCluster", name),
      hosts: [],
      zoneId: "",
    },
    gcp: undefined,
  };
}

/** Of the replicas of a pool, which are its own service or a phase of that of their model. */
function replicasName({ name, role, model }: ResolvedPool): string {
  const own = clusterPoolName(name);
  return role === "unified" ? own : childName(modelComponentName(model.name), own);
}

/** Where Route 53 has its metrics, and the trail of AWS its bucket. */
const EDGE_REGION = "us-east-1";

function edgeScopes(
  settings: EdgeSettings,
  { gcpProject }: StackSettings["cloud"],
  context: FleetContext,
): RoleScopes {
  const { route53ZoneId, managedZone, billingAccount } = settings;
  const { fleet, plan } = context;
  const has = (cloud: "aws" | "gcp") => fleet.regions.some(({ spec }) => spec.cloud === cloud);
  const name = placeName(plan.scenario.name);
  const names = deriveDns(context, settings).args;
  const problems: Problem[] = [];
  if (has("aws") && names.length > 0 && route53ZoneId === undefined) {
    problems.push(missing("capplan:route53ZoneId", "the hosted zone of the domain"));
  }
  if (has("gcp") && billingAccount === undefined) {
    problems.push(missing("capplan:billingAccount", "the account of Cloud Billing"));
  }
  if (problems.length > 0) throw new PlannerError(problems);
  const aws: AwsScope = {
    region: EDGE_REGION,
    names: [name, ...names.map(({ model }) => modelComponentName(model))].map(anyOf),
    cluster: "",
    hosts: names.map(({ hostname }) => hostname),
    zoneId: route53ZoneId ?? "",
  };
  return {
    aws: has("aws") || route53ZoneId !== undefined ? aws : undefined,
    gcp:
      has("gcp") || managedZone !== undefined
        ? {
            project: projectOf(gcpProject),
            name,
            ...(billingAccount === undefined ? {} : { billingAccount }),
          }
        : undefined,
  };
}

function projectOf(gcpProject: string | undefined): string {
  if (gcpProject !== undefined) return gcpProject;
  throw new PlannerError([missing("gcp:project", "the id of the project")]);
}
