/**
 * The configuration of the OpenTelemetry collector that traces pass through. Prompts and answers are of people: unless a
 * caller says otherwise they are taken out here, whoever put them in, and what looks like a secret or names a person is
 * masked in any case.
 *
 * Attributes: OpenTelemetry's semantic conventions for generative AI, 1.37 (`gen_ai.input.messages`,
 * `gen_ai.output.messages`, `gen_ai.system_instructions`, `gen_ai.tool.*`) and before (`gen_ai.prompt`,
 * `gen_ai.completion`, events `gen_ai.*.message`, `gen_ai.choice`); OpenInference (`input.value`, `output.value`,
 * `llm.input_messages`, …); OpenLLMetry (`traceloop.entity.input`). Processors: opentelemetry-collector-contrib.
 */
import type { TraceCollectorArgs } from "./fleet-monitoring-args";

/** Keys of attributes that hold what people wrote and what models answered. RE2. */
export const CONTENT_KEYS = [
  // With an index or a part behind it; `gen_ai.usage.prompt_tokens` is a number, and stays.
  "^gen_ai\\.(prompt|completion)(\\..*)?$",
  "^gen_ai\\.(input|output)\\.messages(\\..*)?$",
  "^gen_ai\\.system_instructions(\\..*)?$",
  "^gen_ai\\.tool\\.(definitions|call\\.arguments|call\\.result)(\\..*)?$",
  "^gen_ai\\.event\\.content$",
  "^llm\\.(input_messages|output_messages|prompts|completions|prompt_template)(\\..*)?$",
  "^(input|output)\\.value$",
  "^(embedding|retrieval|reranker)\\..*(text|content|documents?)(\\..*)?$",
  "^traceloop\\.entity\\.(input|output)$",
  "^http\\.(request|response)\\.body(\\..*)?$",
] as const;

/** Names of span events that are nothing but content. RE2. */
export const CONTENT_EVENTS =
  "^gen_ai\\.(.*\\.message|choice|content\\..*|client\\.inference\\.operation\\.details)$";

/** What is masked inside any value. RE2. */
export const MASKED_VALUES = [
  // Addresses of mail.
  "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}",
  // Cards: 13 to 16 digits, in groups or not.
  "\\b(?:\\d[ -]?){13,16}\\b",
  // Keys of AWS, Hugging Face and OpenAI's form, and tokens of the web.
  "\\b(AKIA|ASIA)[A-Z0-9]{16}\\b",
  "\\bhf_[A-Za-z0-9]{20,}",
  "\\bsk-[A-Za-z0-9_-]{16,}",
  "\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+",
] as const;

/** Headers that let others in. RE2. */
const MASKED_KEYS = [
  "(?i)^http\\.request\\.header\\.(authorization|cookie|x-api-key|proxy-authorization)$",
];

/** Name of the variable that holds the header. */
export const AUTHORIZATION_VARIABLE = "TRACES_AUTHORIZATION";
const SAMPLE_PERCENT = 5;

/** The configuration, but for the endpoint, which is an output. */
export function collectorConfig<Endpoint>(
  { samplePercent = SAMPLE_PERCENT, hasPrompts = false, authorizationSecret }: TraceCollectorArgs,
  endpoint: Endpoint,
) {
  const removal = hasPrompts
    ? {}
    : {
        "filter/content": {
          error_mode: "propagate",
          traces: { spanevent: [`IsMatch(name, ${ottl(CONTENT_EVENTS)})`] },
        },
        "transform/content": {
          // What cannot be cleaned is dropped, not passed on.
          error_mode: "propagate",
          trace_statements: (["resource", "span", "spanevent"] as const).map((context) => ({
            context,
            statements: CONTENT_KEYS.map((key) => `delete_matching_keys(attributes, ${ottl(key)})`),
          })),
        },
      };
  return {
    receivers: {
      otlp: {
        protocols: { grpc: { endpoint: "0.0.0.0:4317" }, http: { endpoint: "0.0.0.0:4318" } },
      },
    },
    processors: {
      memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 25 },
      ...removal,
      redaction: {
        allow_all_keys: true,
        blocked_values: MASKED_VALUES.map(inConfig),
        blocked_key_patterns: MASKED_KEYS.map(inConfig),
        // It would say which keys were masked; that is of no use to anybody else.
        summary: "silent",
      },
      probabilistic_sampler: { sampling_percentage: samplePercent },
      batch: {},
    },
    exporters: {
      otlphttp: {
        endpoint,
        ...(authorizationSecret === undefined
          ? {}
          : { headers: { authorization: `\${env:${AUTHORIZATION_VARIABLE}}` } }),
      },
    },
    extensions: { health_check: { endpoint: "0.0.0.0:13133" } },
    service: {
      extensions: ["health_check"],
      pipelines: {
        traces: {
          receivers: ["otlp"],
          processors: [
            "memory_limiter",
            "probabilistic_sampler",
            ...Object.keys(removal),
            "redaction",
            "batch",
          ],
          exporters: ["otlphttp"],
        },
      },
    },
  };
}

/** A pattern as a string of OTTL. */
function ottl(pattern: string): string {
  return `"${inConfig(pattern).replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}

/** The collector puts the environment in for what follows a dollar, and reads two of them as one. */
function inConfig(pattern: string): string {
  return pattern.replace(/\$/g, "$$$$");
}
