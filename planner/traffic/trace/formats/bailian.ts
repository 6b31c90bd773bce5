/**
 * Qwen on Aliyun Bailian: Mooncake's keys with chat identities, but seconds, and hashes of 16
 * tokens. Source: github.com/alibaba-edu/qwen-bailian-usagetraces-anon.
 */
import { rowFormat } from "./trace-format";

export const bailian = rowFormat({
  name: "bailian",
  container: "jsonl",
  arrival: { column: "timestamp", unit: "s" },
  input: "input_length",
  output: "output_length",
  alsoHas: ["chat_id"],
  blocks: { column: "hash_ids", tokensPerBlock: 16 },
});
