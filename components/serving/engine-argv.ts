/**
 * The command line of vLLM (docs.vllm.ai/en/latest/cli/serve), made of the settings of an engine and of where its pod
 * stands. Pure. Every setting is written out, so that a new version of the engine with other defaults does not become
 * another replica than the one that was planned.
 */
import { type EngineArgs, gpusOfReplica, type ResolvedEngine, resolveEngine } from "./engine-args";

/** Where the weights are in every pod. */
export const WEIGHTS_PATH = "/weights";

/** How the KV cache leaves or reaches an engine, in vLLM's words. */
export interface KvTransferConfig {
  readonly kv_connector: "NixlConnector";
  readonly kv_role: "kv_producer" | "kv_consumer";
  readonly kv_load_failure_policy: "fail";
  readonly kv_connector_extra_config: {
    readonly backends: readonly string[];
    readonly kv_lease_duration: number;
  };
}

/** What the command line depends on beside the settings. */
export interface EngineStart {
  readonly modelName: string;
  /** Port of the API and of the metrics. */
  readonly port: number;
  /** After a signal to stop, requests get so long to end. */
  readonly drainSeconds: number;
  /** Nodes of one replica. */
  readonly nodes: number;
  readonly kvTransfer: KvTransferConfig | undefined;
}

/** The command line of the pod that answers requests: the only one of a replica, or the leader of several. */
export function engineArgv(args: EngineArgs, start: EngineStart): readonly string[] {
  const engine = resolveEngine(args);
  return [
    WEIGHTS_PATH,
    `--served-model-name=${start.modelName}`,
    `--port=${start.port}`,
    `--tensor-parallel-size=${engine.tensorParallel}`,
    `--pipeline-parallel-size=${engine.pipelineParallel}`,
    `--data-parallel-size=${engine.dataParallel}`,
    ...(engine.hasExpertParallel ? ["--enable-expert-parallel"] : []),
    `--max-num-seqs=${engine.maxSequences}`,
    `--max-num-batched-tokens=${engine.maxBatchedTokens}`,
    `--max-model-len=${engine.maxContextTokens}`,
    `--block-size=${engine.blockTokens}`,
    ...(engine.kvBlocks === undefined ? [] : [`--num-gpu-blocks-override=${engine.kvBlocks}`]),
    `--gpu-memory-utilization=${engine.gpuMemoryUtilization}`,
    switched("enable-prefix-caching", engine.hasPrefixCaching),
    switched("enable-chunked-prefill", engine.hasChunkedPrefill),
    `--dtype=${engine.computePrecision === "fp16" ? "float16" : "bfloat16"}`,
    `--kv-cache-dtype=${kvCacheType(engine)}`,
    ...(engine.quantization === undefined ? [] : [`--quantization=${engine.quantization}`]),
    `--scheduling-policy=${engine.scheduling}`,
    ...speculationFlags(engine.speculation),
    ...(engine.apiServers === 1 ? [] : [`--api-server-count=${engine.apiServers}`]),
    // What clients write is nobody's business but theirs.
    switched("enable-log-requests", false),
    `--shutdown-timeout=${start.drainSeconds}`,
    ...(start.kvTransfer === undefined
      ? []
      : [`--kv-transfer-config=${JSON.stringify(start.kvTransfer)}`]),
    ...nodeFlags(start.nodes),
    ...engine.extraFlags,
  ];
}

/** The command line of the other pods of a replica that spans nodes. */
export function workerArgv(args: EngineArgs, start: EngineStart): readonly string[] {
  return [...engineArgv(args, start), "--headless"];
}

/** GPUs of each pod of a replica. */
export function gpusOfPod(engine: EngineArgs, nodes: number): number {
  return gpusOfReplica(engine) / nodes;
}

const switched = (flag: string, isOn: boolean): string => (isOn ? `--${flag}` : `--no-${flag}`);

/**
 * Left to itself (`auto`) vLLM takes what the model computes in, or 8 bits where a checkpoint brings scales for them:
 * half of what was simulated. Not all versions know float16 here, and on GPUs without bf16 there are no 8 bits either.
 */
function kvCacheType({ kvPrecision, computePrecision }: ResolvedEngine): string {
  if (kvPrecision === "fp8") return "fp8";
  return computePrecision === "fp16" ? "auto" : "bfloat16";
}

function speculationFlags(speculation: EngineArgs["speculation"]): readonly string[] {
  if (speculation === undefined) return [];
  const { method, draftTokens, weightsFolder } = speculation;
  const config = {
    method,
    num_speculative_tokens: draftTokens,
    ...(weightsFolder === undefined ? {} : { model: `${WEIGHTS_PATH}/${weightsFolder}` }),
  };
  return [`--speculative-config=${JSON.stringify(config)}`];
}

/**
 * From its rank a pod knows which GPUs of the whole are its own, also with data parallelism. LeaderWorkerSet sets the
 * variables, and the kubelet puts them in.
 */
function nodeFlags(nodes: number): readonly string[] {
  if (nodes === 1) return [];
  return [
    `--nnodes=${nodes}`,
    "--node-rank=$(LWS_WORKER_INDEX)",
    "--master-addr=$(LWS_LEADER_ADDRESS)",
  ];
}
