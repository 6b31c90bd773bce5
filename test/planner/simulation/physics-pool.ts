/**
 * Pools for tests of step time and KV capacity: one deployment of a catalog model on a catalog accelerator,
 * with vLLM's defaults of a small server. Tests change single settings.
 */
import { findAccelerator, findModel } from "../../../planner/catalog/lookup";
import { stepTimeCoefficients } from "../../../planner/catalog/step-time-coefficients";
import type { ResolvedEngine, ResolvedPool } from "../../../planner/fleet/resolved-fleet";
import { replicaBounds } from "../../support/resolved";

export function physicsPool(
  modelName: string,
  acceleratorName: string,
  engine: Partial<ResolvedEngine> = {},
): ResolvedPool {
  const model = findModel(modelName);
  const accelerator = findAccelerator(acceleratorName);
  if (!model.found || !accelerator.found) {
    throw new Error(`not in the catalog: ${modelName} or ${acceleratorName}`);
  }
  return {
    name: "us-east-1/test",
    regionIndex: 0,
    model: model.row,
    accelerator: accelerator.row,
    instanceType: undefined,
    ...replicaBounds(1),
    role: "unified",
    kvTransfer: { bytesPerSecond: 50e9, latencySeconds: 0 },
    inputTokensMax: Number.POSITIVE_INFINITY,
    priorities: [],
    prices: [],
    coefficients: stepTimeCoefficients(accelerator.row),
    engine: {
      tensorParallel: 1,
      pipelineParallel: 1,
      dataParallel: 1,
      expertParallel: false,
      weightPrecision: model.row.publishedPrecision,
      kvPrecision: "bf16",
      maxSequences: 256,
      maxBatchedTokens: 8192,
      chunkedPrefill: true,
      prefixCaching: false,
      blockTokens: 16,
      gpuMemoryUtilization: 0.9,
      kvBlocks: undefined,
      speculation: undefined,
      scheduling: "fcfs",
      maxContextTokens: 8192,
      ...engine,
    },
  };
}
