/**
 * What `vllm bench` leaves behind: result documents written with `--save-result --save-detailed`
 * (arrays `input_lens`, `output_lens`, since 2025 also `start_times` in seconds), and JSON lines of
 * `prompt_len` and `output_len`. Requests of a result with 0 output tokens failed.
 * And the datasets that it reads, which hold text and have no arrivals: ShareGPT, and JSON lines of a `prompt` with
 * its `output_tokens`. Lengths are those of the dataset: a benchmark adds the tokens of a chat template, leaves out
 * ShareGPT prompts over 1,024 tokens and requests under 4 or over 2,048, and may set the output length for all.
 * Source: github.com/vllm-project/vllm, vllm/benchmarks/serve.py and vllm/benchmarks/datasets.
 */
import { rowFormat } from "./trace-format";

export const vllmLengths = rowFormat({
  name: "vllm-lengths",
  container: "jsonl",
  input: "prompt_len",
  output: "output_len",
});

/** Without `output_tokens` the benchmark asks for a length of its own, which says nothing of the traffic. */
export const vllmCustom = rowFormat({
  name: "vllm-custom",
  container: "jsonl",
  input: "prompt",
  output: "output_tokens",
  text: "input",
});

/** Not of rows, but of one JSON array; see read-sharegpt.ts. */
export const sharegpt = rowFormat({
  name: "sharegpt",
  input: "conversations[0].value",
  output: "conversations[1].value",
  text: "input and output",
});

/** Keys of a result document. */
export const VLLM_RESULT_KEYS = {
  input: "input_lens",
  output: "output_lens",
  arrival: "start_times",
} as const;
