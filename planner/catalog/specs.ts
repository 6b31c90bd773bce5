/**
 * The shapes of catalog rows. Not the rows themselves: each table stands in its own file.
 * Every row names its source and date; a figure that no source showed is `undefined`, never 0.
 */

/** Where a row comes from and when that source said so (ISO date). */
export interface Provenance {
  readonly source: string;
  readonly date: string;
}

/** Number formats a tensor core multiplies and a weight or KV cache is stored in. */
export type Precision = "fp16" | "bf16" | "fp8" | "int8" | "int4" | "fp4";

export interface AcceleratorSpec extends Provenance {
  readonly name: string;
  /** Other names people use for it: `H100`, `h100-sxm`. */
  readonly aliases: readonly string[];
  readonly vendor: "nvidia" | "amd" | "google" | "aws" | "intel";
  readonly architecture: string;
  readonly formFactor: string;
  /**
   * Vendor's figure, in bytes (80 GB = 80e9 for HBM sold as "80 GB" may be 80 GiB: see
   * `memoryBytes`).
   */
  readonly memoryGb: number;
  /**
   * Bytes that the driver reports as total memory of the device: what `gpuMemoryUtilization`
   * multiplies.
   */
  readonly memoryBytes: number;
  readonly memoryBytesPerSecond: number;
  /**
   * Dense (not sparse) peak operations per second by operand precision; absent = the chip has no
   * such unit.
   */
  readonly denseFlops: Readonly<Partial<Record<Precision, number>>>;
  /** Link to the other accelerators of one scale-up domain. */
  readonly scaleUp: {
    readonly kind: string;
    /** One direction, per accelerator. */
    readonly bytesPerSecond: number;
    /** Accelerators in one domain. */
    readonly domainSize: number;
  };
  readonly tdpWatts: number | undefined;
  /** Names of fields of this row that no source showed and that are derived or estimated. */
  readonly uncertain: readonly string[];
}

export interface ModelSpec extends Provenance {
  /** Lower case, as in `llama-3.1-8b-instruct`. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly huggingFaceId: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /**
   * Multi-head latent attention: the KV cache holds one latent per token, the same on every
   * tensor-parallel rank.
   */
  readonly latentAttention?: {
    readonly kvRank: number;
    readonly queryRank: number | undefined;
    readonly ropeHeadDim: number;
    readonly nopeHeadDim: number;
    readonly valueHeadDim: number;
  };
  /** Layers that only look back `tokens`; the other layers see all. */
  readonly slidingWindow?: { readonly tokens: number; readonly layers: number };
  /**
   * Layers with a state of fixed size instead of a KV cache (gated delta-net, Mamba); absent =
   * none.
   */
  readonly linearAttentionLayers?: number;
  readonly mixtureOfExperts?: {
    readonly experts: number;
    readonly expertsPerToken: number;
    /** Layers that have experts; the rest are dense. */
    readonly layers: number;
    readonly parametersPerExpert: number;
  };
  readonly parameters: number;
  /**
   * Parameters one token passes through (= `parameters` for a dense model; embeddings as the source
   * counts them).
   */
  readonly activeParameters: number;
  readonly contextWindowTokens: number;
  /**
   * KV bytes per token over all layers at 16 bits (no window applied), on one rank of tensor
   * parallel 1.
   */
  readonly kvBytesPerToken16: number;
  /** Precision in which the weights are published. */
  readonly publishedPrecision: Precision;
  /** The output head is the embedding table (counted once in `parameters`). Absent = two tables. */
  readonly tiedEmbeddings?: boolean;
}

export interface InstanceTypeSpec extends Provenance {
  readonly name: string;
  readonly cloud: "aws" | "gcp";
  readonly accelerator: string;
  readonly acceleratorCount: number;
  readonly vcpus: number | undefined;
  readonly memoryGiB: number | undefined;
  /** What the type sustains; bursts above it are not counted. */
  readonly networkGbps: number | undefined;
  /** Local NVMe disks together. */
  readonly localDiskGb: number | undefined;
  /** Elastic Fabric Adapter on AWS, GPUDirect-TCPX/RDMA on GCP. */
  readonly hasRdma: boolean;
  /** Accelerators that may be attached in other counts (GCP N1 + T4, say) are one row per count. */
  readonly note?: string;
}

export interface RegionSpec extends Provenance {
  readonly name: string;
  readonly cloud: "aws" | "gcp";
  readonly place: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly continent:
    | "north-america"
    | "south-america"
    | "europe"
    | "asia"
    | "oceania"
    | "africa"
    | "middle-east";
  /** Standard time offset from UTC in hours, for diurnal profiles. */
  readonly utcOffsetHours: number;
}

/** A traffic profile fitted to a public trace: quantile tables with their rank correlation. */
export interface TrafficProfile extends Provenance {
  readonly name: string;
  readonly description: string;
  readonly requests: number;
  /** Probabilities of the quantiles below, increasing from 0 to 1. */
  readonly probabilities: readonly number[];
  readonly inputTokens: readonly number[];
  readonly outputTokens: readonly number[];
  /** Spearman rank correlation of input and output tokens. */
  readonly rankCorrelation: number;
  readonly arrivals?: {
    readonly meanRequestsPerSecond: number;
    /** Coefficient of variation of the gaps between arrivals. */
    readonly gapCv: number;
  };
  readonly prefix?: {
    /** Share of all input tokens that an infinite prefix cache would have served. */
    readonly reusableShare: number;
  };
  /** What of this row no source showed and is assumed; absent = nothing. */
  readonly uncertain?: readonly string[];
}

/**
 * Coefficients of the step-time model (planner/simulation/step-time.ts) for one accelerator and
 * engine. `kind` says what stands behind them: fitted to measurements, or physical priors only.
 */
export interface StepTimeCoefficients extends Provenance {
  readonly accelerator: string;
  readonly engine: "vllm";
  readonly kind: "calibrated" | "modelled";
  /** Achieved share of peak memory bandwidth when reading weights. */
  readonly weightBandwidthEfficiency: number;
  /** Achieved share of peak memory bandwidth when reading KV. */
  readonly kvBandwidthEfficiency: number;
  /**
   * Achieved share of peak memory bandwidth when reading experts with the engine's generic fused
   * kernels (not 4-bit floats).
   */
  readonly expertBandwidthEfficiency: number;
  /** Achieved share of peak dense FLOP/s in large matrix multiplications. */
  readonly computeEfficiency: number;
  /** Achieved share of peak dense FLOP/s in the grouped multiplications of experts. */
  readonly expertComputeEfficiency: number;
  /** Achieved share of peak FLOP/s in prefill attention. */
  readonly attentionEfficiency: number;
  /** Per forward pass, per layer of a pass, and per request in the batch. */
  readonly hostSecondsPerStep: number;
  readonly hostSecondsPerLayer: number;
  readonly hostSecondsPerRequest: number;
  /**
   * Further time per layer with experts in the generic fused kernels: routing, sorting, extra
   * launches.
   */
  readonly hostSecondsPerExpertLayer: number;
  /**
   * Handling of a request outside the engine's loop (HTTP, tokenising, hand-over between processes,
   * first token back): delays the first token, occupies no accelerator.
   */
  readonly frontEndSeconds: number;
  /**
   * Per collective operation (two per layer under tensor parallel), and achieved share of link
   * bandwidth.
   */
  readonly collectiveLatencySeconds: number;
  readonly linkEfficiency: number;
  /** Relative residual (median absolute) of TPOT and TTFT: the model-error margin of a verdict. */
  readonly tpotError: number;
  readonly ttftError: number;
}
