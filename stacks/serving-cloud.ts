/** What a serving layer needs of its cloud, whichever it is: the same names for what both have. */
import type * as pulumi from "@pulumi/pulumi";
import type { ClientLimitsArgs, GatewayAttachment } from "../components/gateway";
import type { MonitoringBackend } from "../components/observability";
import type { QueueTriggerSource } from "../components/queue";
import type { SecretSource } from "../components/security";
import type {
  KedaArgs,
  MetricsSourceArgs,
  PeerArgs,
  ServingAddonsArgs,
  WeightsArgs,
} from "../components/serving";
import type { ServingHandover } from "./stack-outputs";

/** Namespace that FleetMonitoring makes for what watches. */
export const MONITORING_NAMESPACE = "monitoring";

/** One cloud's side of a serving layer. */
export interface ServingCloud {
  readonly provider: pulumi.ProviderResource;
  readonly addons: Pick<ServingAddonsArgs, "cluster">;
  readonly keda: KedaArgs;
  /** Who reads metrics of the replicas. */
  readonly monitors: readonly PeerArgs[];
  readonly monitoring: MonitoringBackend;
  /** Where Alertmanager looks for the Secret with its configuration. */
  readonly alertmanagerNamespace: string;
  /** Where External Secrets reads. */
  readonly secretSource: SecretSource;
  /** Where KEDA asks. @param queryUrl of the monitoring; undefined where the project's answers */
  readonly metricsFrom: (queryUrl: pulumi.Output<string> | undefined) => MetricsSourceArgs;
  /** The queue of the region; undefined without one. */
  readonly queue: QueueTriggerSource | undefined;
  /** Where the weights in a folder of the bucket are. */
  readonly weightsIn: (prefix: string) => WeightsArgs["source"];
  /** The way in; undefined where no client calls anything. */
  readonly entrance: Entrance | undefined;
}

/** How clients get to the gateway. */
export interface Entrance {
  readonly attachment: GatewayAttachment;
  readonly clients: ClientLimitsArgs;
  readonly addresses: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  readonly alias?: pulumi.Input<ServingHandover["alias"]>;
}
