/**
 * All models of the catalog: dense, grouped-query, mixture-of-experts, latent-attention and
 * sliding-window ones. The rows stand in one file per family. Dates are the day on which a row was
 * read from its source.
 */
import { latentAttentionModels } from "./models-latent-attention";
import { llamaModels } from "./models-llama";
import { mistralGoogleOpenaiModels } from "./models-mistral-google-openai";
import { otherModels } from "./models-other";
import { qwenModels } from "./models-qwen";
import type { ModelSpec } from "./specs";

export const models: readonly ModelSpec[] = [
  ...llamaModels,
  ...qwenModels,
  ...latentAttentionModels,
  ...mistralGoogleOpenaiModels,
  ...otherModels,
];
