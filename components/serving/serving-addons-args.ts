/** Arguments of ServingAddons: what they mean, and what is refused. */
import type * as aws from "@pulumi/aws";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";

/** A cluster on EKS. */
export interface EksAddonsCluster {
  readonly kind: "eks";
  readonly clusterName: pulumi.Input<string>;
  /** Known early. */
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
}

/** A cluster on GKE. */
export interface GkeAddonsCluster {
  readonly kind: "gke";
  readonly projectId: pulumi.Input<string>;
  readonly projectNumber: pulumi.Input<string>;
}

/** A chart, or its version. */
export interface ChartArgs {
  /** Version of the chart. Known early. @default - the one that the component was made with */
  readonly version?: string;
}

/** KEDA. */
export interface KedaArgs extends ChartArgs {
  /**
   * Documents of IAM for KEDA's operator on EKS, by what they are for: `{ batch: queue.policies.scaler }`. Names are
   * known early. Refused on GKE, where the operator may read all metrics of the project. @default - none
   */
  readonly policies?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A PriorityClass. Known early. */
export interface PriorityClassArgs {
  /** Higher goes first, at most 1000000000. */
  readonly value: number;
  /** Whether its pods may take the place of others. @default true */
  readonly isPreempting?: boolean;
  readonly description: string;
}

/** Changes to single resources, in the provider's words. */
export interface ServingAddonsTransforms {
  readonly devicePlugin?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly efaPlugin?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly keda?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly loadBalancerController?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly leaderWorkerSet?: Transform<kubernetes.helm.v3.ReleaseArgs>;
  readonly role?: Transform<aws.iam.RoleArgs>;
}

/** Arguments of ServingAddons. Which parts there are is known early. */
export interface ServingAddonsArgs {
  readonly cluster: EksAddonsCluster | GkeAddonsCluster;
  /** NVIDIA's device plugin. EKS only: GKE brings its own. @default - installed on EKS */
  readonly devicePlugin?: ChartArgs | false;
  /** AWS's device plugin for EFA, for pools with rdma. EKS only. @default - none */
  readonly efaPlugin?: ChartArgs;
  /** @default - installed, without rights of its own on EKS */
  readonly keda?: KedaArgs | false;
  /** AWS Load Balancer Controller. EKS only. @default - installed on EKS */
  readonly loadBalancerController?: ChartArgs | false;
  /** LeaderWorkerSet, for replicas that span nodes. @default - none */
  readonly leaderWorkerSet?: ChartArgs;
  /** By name. @default - `serving` (1000000) and `batch` (100000), which preempts nobody */
  readonly priorityClasses?: Readonly<Record<string, PriorityClassArgs>>;
  /** Who pays. @default - nobody */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: ServingAddonsTransforms;
}

/** Arguments with their defaults; a part that is not installed is undefined. */
export interface ResolvedServingAddons {
  readonly cluster: ServingAddonsArgs["cluster"];
  readonly devicePlugin: ChartArgs | undefined;
  readonly efaPlugin: ChartArgs | undefined;
  readonly keda: KedaArgs | undefined;
  readonly loadBalancerController: ChartArgs | undefined;
  readonly leaderWorkerSet: ChartArgs | undefined;
  readonly priorityClasses: Readonly<Record<string, PriorityClassArgs>>;
  readonly allocation: Allocation;
  readonly transform: ServingAddonsTransforms;
}

/** Classes of priority of a cluster for which none are given. */
const PRIORITY_CLASSES: Readonly<Record<string, PriorityClassArgs>> = {
  serving: { value: 1_000_000, description: "Replicas that people wait for" },
  batch: {
    value: 100_000,
    isPreempting: false,
    description: "Replicas whose work waits in a queue",
  },
};

/** Arguments with everything that was left out. */
export function resolveServingAddons(args: ServingAddonsArgs): ResolvedServingAddons {
  const isEks = args.cluster.kind === "eks";
  const installed = <Part>(part: Part | false | undefined, otherwise: Part | undefined) =>
    part === false ? undefined : (part ?? otherwise);
  return {
    cluster: args.cluster,
    devicePlugin: installed(args.devicePlugin, isEks ? {} : undefined),
    efaPlugin: args.efaPlugin,
    keda: installed<KedaArgs>(args.keda, {}),
    loadBalancerController: installed(args.loadBalancerController, isEks ? {} : undefined),
    leaderWorkerSet: args.leaderWorkerSet,
    priorityClasses: args.priorityClasses ?? PRIORITY_CLASSES,
    allocation: args.allocation ?? {},
    transform: args.transform ?? {},
  };
}

const VERSION = { pattern: /^v?\d+\.\d+\.\d+$/, must: 'be a version, such as "2.20.2"' };
/** Kubernetes keeps what is above, and names that begin with "system-". */
const PRIORITY = { min: -2_147_483_648, max: 1_000_000_000 };

/** What is wrong with the arguments. */
export function checkServingAddons(args: ServingAddonsArgs): readonly InputProblem[] {
  const parts = [
    "devicePlugin",
    "efaPlugin",
    "keda",
    "loadBalancerController",
    "leaderWorkerSet",
  ] as const;
  const problems: InputProblem[] = parts.flatMap((part) => {
    const asked = args[part];
    return asked === undefined || asked === false
      ? []
      : checkForm(`${part}.version`, asked.version, VERSION);
  });
  for (const [name, { value, description }] of Object.entries(args.priorityClasses ?? {})) {
    const path = `priorityClasses.${name}`;
    problems.push(
      ...checkForm(path, name, {
        pattern: /^(?!system-)[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
        must: 'be a name of Kubernetes that does not begin with "system-"',
      }),
      ...checkWhole(`${path}.value`, value, PRIORITY),
    );
    if (description === "") {
      problems.push({ path: `${path}.description`, must: "say what it is for", got: description });
    }
  }
  return [...problems, ...(args.cluster.kind === "gke" ? checkGke(args) : checkEks(args.cluster))];
}

function checkEks({ region }: EksAddonsCluster): readonly InputProblem[] {
  return checkForm("cluster.region", region, {
    pattern: /^[a-z]{2}(-[a-z]+)+-\d+$/,
    must: 'name a region, such as "us-east-1"',
  });
}

function checkGke(args: ServingAddonsArgs): readonly InputProblem[] {
  const unused = {
    devicePlugin: "which brings its own",
    efaPlugin: "which has no EFA",
    loadBalancerController: "whose load balancers know pods by themselves",
  } as const;
  const problems: InputProblem[] = Object.entries(unused).flatMap(([part, why]) => {
    const asked = args[part as keyof typeof unused];
    return asked === undefined || asked === false
      ? []
      : [{ path: part, must: `be left out on GKE, ${why}`, got: asked }];
  });
  if (args.keda !== undefined && args.keda !== false && args.keda.policies !== undefined) {
    problems.push({
      path: "keda.policies",
      must: "be left out on GKE, where KEDA may read all metrics of the project",
      got: Object.keys(args.keda.policies),
    });
  }
  return problems;
}
