/**
 * The public traces that traffic profiles are fitted to: files of the shared data folder, with what
 * is odd about them.
 */
import type { Provenance } from "../../planner/catalog/specs";

export interface ProfileSource extends Provenance {
  readonly name: string;
  readonly description: string;
  /** Below the data folder. */
  readonly file: string;
  /**
   * Names of the columns of input tokens, output tokens and, when real, arrival time. Unused for
   * JSONL.
   */
  readonly columns: readonly [input: string, output: string, timestamp?: string];
  readonly uncertain?: readonly string[];
}

const azureColumns = ["ContextTokens", "GeneratedTokens", "TIMESTAMP"] as const;
const apexColumns = ["prompt_tokens", "output_tokens"] as const;
const lengthColumns = ["input_length", "output_length"] as const;

const azure = "Azure/AzurePublicDataset@b469a113 data/";
const mooncake = "kvcache-ai/Mooncake@3b5a5941 FAST25-release/traces/";
const apex = "microsoft/apex_plus@87690965";
const datasets = "openshift-psap/performance-dashboard@71007029 datasets/summaries";

export const profileSources: readonly ProfileSource[] = [
  {
    name: "azure-conversation-2023",
    description: "Azure LLM service, conversation: one hour of 16 November 2023",
    file: "traces/azure2023_conv.csv",
    columns: azureColumns,
    source: `${azure}AzureLLMInferenceTrace_conv.csv`,
    date: "2023-11-16",
  },
  {
    name: "azure-code-2023",
    description: "Azure LLM service, code completion: one hour of 16 November 2023",
    file: "traces/azure2023_code.csv",
    columns: azureColumns,
    source: `${azure}AzureLLMInferenceTrace_code.csv`,
    date: "2023-11-16",
  },
  {
    name: "mooncake-conversation",
    description: "Kimi chat, one hour, with prefix blocks of 512 tokens; FAST 2025",
    file: "traces/mooncake_conversation_trace.jsonl",
    columns: lengthColumns,
    source: `${mooncake}conversation_trace.jsonl`,
    date: "2025-02-25",
  },
  {
    name: "mooncake-synthetic",
    description:
      "Long-context mixture with heavy prefix reuse, put together by the Mooncake authors",
    file: "traces/mooncake_synthetic_trace.jsonl",
    columns: lengthColumns,
    source: `${mooncake}synthetic_trace.jsonl`,
    date: "2025-02-25",
  },
  {
    name: "sharegpt",
    description:
      "ShareGPT first turns; answers generated anew by a later model, six times as long as the original ones",
    file: "traces/lengths_sharegpt-vicuna.csv",
    columns: lengthColumns,
    source: datasets,
    date: "2026-11-22",
  },
  {
    name: "arxiv-summarization",
    description: "Summaries of arXiv papers, as Vidur replays them",
    file: "traces/vidur_arxiv_summarization_lengths.csv",
    columns: ["num_prefill_tokens", "num_decode_tokens"],
    source: "microsoft/vidur@7d475133 data/processed_traces",
    date: "2026-11-22",
  },
  {
    name: "apexplus-creation",
    description: "Story writing: short prompts, long answers",
    file: "traces/apexplus_llama_creation_05.csv",
    columns: apexColumns,
    source: apex,
    date: "2026-11-22",
  },
  {
    name: "apexplus-lmsys",
    description: "LMSYS chat arena",
    file: "traces/apexplus_llama_lmsys_05.csv",
    columns: apexColumns,
    source: apex,
    date: "2026-11-22",
  },
  {
    name: "apexplus-summarization",
    description: "Summaries of documents: long prompts, short answers",
    file: "traces/apexplus_llama_summarization_05.csv",
    columns: apexColumns,
    source: apex,
    date: "2026-11-22",
  },
  ...(
    [
      ["mlperf-llama2-70b", "MLPerf inference, Llama 2 70B: OpenOrca questions", "llama2-70b-99"],
      [
        "mlperf-llama3.1-405b",
        "MLPerf inference, Llama 3.1 405B: long-context mix",
        "llama3-1-405b",
      ],
      [
        "mlperf-mixtral-8x7b",
        "MLPerf inference, Mixtral 8x7B: chat, maths and code",
        "mixtral-8x7b",
      ],
      ["mlperf-deepseek-r1", "MLPerf inference, DeepSeek R1: reasoning", "deepseek-r1"],
    ] as const
  ).map(([name, description, file]) => ({
    name,
    description,
    file: `traces/lengths_mlperf_${file}.csv`,
    columns: lengthColumns,
    source: datasets,
    date: "2026-11-22",
  })),
  {
    name: "mlperf-llama3.1-8b",
    description:
      "MLPerf inference, Llama 3.1 8B: summaries of news; output lengths are characters divided by four",
    file: "traces/lengths_mlperf_llama3-1-8b-datacenter.csv",
    columns: lengthColumns,
    uncertain: ["outputTokens"],
    source: datasets,
    date: "2026-11-22",
  },
];

const serveGen = {
  source: "alibaba/ServeGen@f891d118 data/ (part of the clients)",
  date: "2026-11-22",
} as const;

/** Services of which ServeGen's published quantiles are known. `model` is its name there. */
export const serveGenSources = [
  {
    model: "m-large",
    name: "servegen-large",
    description:
      "Alibaba Cloud, large general model, two weeks; 55 of the largest client files are missing",
    ...serveGen,
  },
  {
    model: "m-mid",
    name: "servegen-mid",
    description:
      "Alibaba Cloud, mid-size general model; 55 of the largest client files are missing",
    ...serveGen,
  },
  {
    model: "m-small",
    name: "servegen-small",
    description: "Alibaba Cloud, small general model; 55 of the largest client files are missing",
    ...serveGen,
  },
  {
    model: "deepseek-r1",
    name: "servegen-deepseek-r1",
    description:
      "Alibaba Cloud, DeepSeek R1 reasoning, one day; 55 of the largest client files are missing",
    ...serveGen,
  },
] as const;
