/**
 * What `vllm bench` leaves behind: result documents written with `--save-result --save-detailed`
 * (arrays `input_lens`, `output_lens`, since 2025 also `start_times` in seconds), and JSON lines of
 * `prompt_len` and `output_len`. Requests of a result with 0 output tokens failed. Its dataset
 * files (ShareGPT, custom) hold text, which no one can count without the tokenizer.
 * Source: github.com/vllm-project/vllm, vllm/benchmarks/serve.py.
 */
import { rowFormat } from "./trace-format";

export const vllmLengths = rowFormat({
  name: "vllm-lengths",
  container: "jsonl",
  input: "prompt_len",
  output: "output_len",
});

/** Keys of a result document. */
export const VLLM_RESULT_KEYS = {
  input: "input_lens",
  output: "output_lens",
  arrival: "start_times",
} as const;
