/** Arguments of DisaggregatedService: what they mean. What is refused is check-disaggregated-service.ts. */
import type { ReplicasArgs, ReplicaTransforms, ServedModelArgs } from "./inference-service-args";

/** How the KV cache gets from prefill to decode. Known early. */
export interface KvTransferArgs {
  /**
   * NIXL's transport: `UCX` over the accelerator network of Google Cloud, NVLink or TCP; `LIBFABRIC` over EFA.
   * @default "UCX"
   */
  readonly backend?: "UCX" | "LIBFABRIC";
  /** Seconds that a prefill replica keeps a finished prompt for a decode replica that says nothing. @default 30 */
  readonly leaseSeconds?: number;
}

/** Arguments of DisaggregatedService. */
export interface DisaggregatedServiceArgs extends ServedModelArgs {
  /** Replicas that read prompts, by pool: lower case letters, digits and hyphens. At least one pool. Known early. */
  readonly prefill: Readonly<Record<string, ReplicasArgs>>;
  /** Replicas that write answers, by pool. At least one pool, none of prefill's. Known early. */
  readonly decode: Readonly<Record<string, ReplicasArgs>>;
  /** Image of llm-d's sidecar, by digest, which asks a prefill replica before its own engine decodes. Known early. */
  readonly sidecarImage: string;
  /** @default - over UCX, kept for 30 s */
  readonly transfer?: KvTransferArgs;
  /** The hatch, for the replicas of every pool. @default - none */
  readonly transform?: ReplicaTransforms;
}
