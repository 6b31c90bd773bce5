/**
 * Mooncake (Qin et al., FAST 2025): JSON lines, milliseconds, and one hash per 512 tokens of input
 * that is equal exactly when the whole prefix up to there is. Source: github.com/kvcache-ai/Mooncake.
 */
import { rowFormat } from "./trace-format";

export const mooncake = rowFormat({
  name: "mooncake",
  container: "jsonl",
  arrival: { column: "timestamp", unit: "ms" },
  input: "input_length",
  output: "output_length",
  blocks: { column: "hash_ids", tokensPerBlock: 512 },
});
