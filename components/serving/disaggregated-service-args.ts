/** Arguments of DisaggregatedService: what they mean, and what is refused. */
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import { checkReplicas, checkServedModel } from "./check-replicas";
import { type EngineArgs, gpusOfReplica, resolveEngine } from "./engine-args";
import { checkImage } from "./image-digest";
import type { ReplicasArgs, ReplicaTransforms, ServedModelArgs } from "./inference-service-args";
import { nodesOfReplica, type PhaseShape } from "./replica-shape";

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

const POOL_NAME = {
  pattern: /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/,
  must: "be a name of at most 20 lower case letters, digits and hyphens",
};
/** What a container with EFA asks for, by the name of AWS's device plugin. */
export const EFA_RESOURCE = "vpc.amazonaws.com/efa";

/** What replicas of a phase are told. */
export function phaseShape(
  role: PhaseShape["role"],
  serviceName: string,
  { transfer = {}, sidecarImage }: Pick<DisaggregatedServiceArgs, "transfer" | "sidecarImage">,
): PhaseShape {
  return {
    role,
    serviceName,
    sidecarImage: role === "decode" ? sidecarImage : undefined,
    kvTransfer: {
      kv_connector: "NixlConnector",
      kv_role: role === "prefill" ? "kv_producer" : "kv_consumer",
      // A decode replica that reads prompts itself delays the answers that it writes.
      kv_load_failure_policy: "fail",
      kv_connector_extra_config: {
        backends: [transfer.backend ?? "UCX"],
        kv_lease_duration: transfer.leaseSeconds ?? 30,
      },
    },
  };
}

/** What is wrong with the arguments. */
export function checkDisaggregatedService(args: DisaggregatedServiceArgs): readonly InputProblem[] {
  const { prefill, decode, transfer = {} } = args;
  const problems: InputProblem[] = [
    // Prefill needs the longer grace: it also waits for those who read.
    ...checkServedModel(args, phaseShape("prefill", "", args)),
    ...checkImage("sidecarImage", args.sidecarImage),
    ...checkOneOf("transfer.backend", transfer.backend, ["UCX", "LIBFABRIC"]),
    ...checkWhole("transfer.leaseSeconds", transfer.leaseSeconds, { min: 1, max: 3600 }),
  ];
  for (const [role, pools] of Object.entries({ prefill, decode })) {
    if (Object.keys(pools).length === 0) {
      problems.push({ path: role, must: "hold a pool", got: pools });
    }
    for (const [pool, replicas] of Object.entries(pools)) {
      const path = `${role}.${pool}`;
      problems.push(
        ...checkForm(path, pool, POOL_NAME),
        ...checkReplicas(replicas, path),
        ...checkTransport(replicas, path, transfer),
      );
    }
  }
  for (const pool of Object.keys(decode).filter((name) => name in prefill)) {
    const must = "have another name than every pool of prefill";
    problems.push({ path: `decode.${pool}`, must, got: pool });
  }
  return [...problems, ...checkDecode(decode), ...checkAgreement(args)];
}

/** The sidecar knows one engine, on its own pod. */
function checkDecode(decode: DisaggregatedServiceArgs["decode"]): readonly InputProblem[] {
  return Object.entries(decode)
    .filter(([, replicas]) => nodesOfReplica(replicas) > 1)
    .map(([pool, replicas]) => ({
      path: `decode.${pool}.engine`,
      must: `fit on one node of ${replicas.pool.gpusPerNode} GPUs, where its sidecar is`,
      got: `${gpusOfReplica(replicas.engine)} GPUs`,
    }));
}

/** EFA is reached by libfabric alone; UCX would go over TCP without a word. */
function checkTransport(
  { resources }: ReplicasArgs,
  path: string,
  { backend = "UCX" }: KvTransferArgs,
): readonly InputProblem[] {
  const hasEfa = (resources.extended?.[EFA_RESOURCE] ?? 0) > 0;
  if (hasEfa === (backend === "LIBFABRIC")) return [];
  return [
    hasEfa
      ? {
          path: "transfer.backend",
          must: `be "LIBFABRIC" for ${path}, which has EFA`,
          got: backend,
        }
      : {
          path: `${path}.resources.extended`,
          must: `ask for ${EFA_RESOURCE} with transfer.backend "LIBFABRIC"`,
          got: resources.extended,
        },
  ];
}

/**
 * What engines have to agree on to read each other's KV cache (docs.vllm.ai/en/latest/features/nixl_connector_compatibility):
 * they compare it themselves, and fail at the first request.
 */
function checkAgreement({ prefill, decode }: DisaggregatedServiceArgs): readonly InputProblem[] {
  const [first] = Object.entries(prefill);
  if (first === undefined) return [];
  const [firstPool, { engine: reference }] = first;
  const engines: [path: string, engine: EngineArgs][] = [
    ...Object.entries(prefill).map(([pool, { engine }]) => [`prefill.${pool}`, engine] as const),
    ...Object.entries(decode).map(([pool, { engine }]) => [`decode.${pool}`, engine] as const),
  ].map(([path, engine]) => [path, engine]);
  const problems = engines.flatMap(([path, engine]) =>
    disagreements(engine, reference).map(({ key, got, wanted }) => ({
      path: `${path}.engine.${key}`,
      must: `be as in prefill.${firstPool} (${JSON.stringify(wanted) ?? "nothing"})`,
      got,
    })),
  );
  const largest = Math.max(...Object.values(prefill).map(({ engine }) => blocksOf(engine)));
  for (const [pool, { engine }] of Object.entries(decode)) {
    if (blocksOf(engine) >= largest) continue;
    problems.push({
      path: `decode.${pool}.engine.blockTokens`,
      must: `be at least that of prefill (${largest})`,
      got: blocksOf(engine),
    });
  }
  return problems;
}

const blocksOf = (engine: EngineArgs): number => resolveEngine(engine).blockTokens;

function disagreements(engine: EngineArgs, reference: EngineArgs) {
  const [one, other] = [resolveEngine(engine), resolveEngine(reference)];
  const compared = {
    computePrecision: [one.computePrecision, other.computePrecision],
    kvPrecision: [one.kvPrecision, other.kvPrecision],
    quantization: [one.quantization, other.quantization],
    maxContextTokens: [one.maxContextTokens, other.maxContextTokens],
    "speculation.method": [one.speculation?.method, other.speculation?.method],
    "speculation.weightsFolder": [one.speculation?.weightsFolder, other.speculation?.weightsFolder],
  } as const;
  return Object.entries(compared)
    .filter(([, [got, wanted]]) => got !== wanted)
    .map(([key, [got, wanted]]) => ({ key, got, wanted }));
}
