/** What leaves the cluster in traces, and what never does. */
import { describe, expect, it } from "@jest/globals";
import {
  CONTENT_EVENTS,
  CONTENT_KEYS,
  collectorConfig,
  MASKED_VALUES,
} from "../../../components/observability/collector-config";

describe("the collector", () => {
  const removed = (key: string) => CONTENT_KEYS.some((pattern) => new RegExp(pattern).test(key));
  const config = JSON.stringify(collectorConfig({ endpoint: "" }, "https://a"));

  it.each([
    "gen_ai.prompt",
    "gen_ai.prompt.0.content",
    "gen_ai.completion",
    "gen_ai.completion.0.tool_calls.0.arguments",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "llm.input_messages.0.message.content",
    "llm.prompts",
    "input.value",
    "output.value",
    "retrieval.documents.0.document.content",
    "traceloop.entity.input",
    "http.request.body.content",
  ])("takes %s out", (key) => {
    expect(removed(key)).toBe(true);
  });

  it.each([
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.input_tokens",
    "gen_ai.request.model",
    "gen_ai.response.finish_reasons",
    "gen_ai.prompt_cache.hit",
    "gen_ai.latency.time_to_first_token",
    "http.request.method",
    "llm.model_name",
    "input.mime_type",
  ])("leaves %s in", (key) => {
    expect(removed(key)).toBe(false);
  });

  it.each(["gen_ai.user.message", "gen_ai.choice", "gen_ai.content.prompt"])(
    "drops event %s",
    (name) => {
      expect(new RegExp(CONTENT_EVENTS).test(name)).toBe(true);
      expect(new RegExp(CONTENT_EVENTS).test("exception")).toBe(false);
    },
  );

  it.each([
    ["write to jane.doe@example.com", true],
    ["card 4111 1111 1111 1111", true],
    ["AKIAIOSFODNN7EXAMPLE", true],
    ["hf_abcdefghijklmnopqrstuvwxyz", true],
    ["eyJhbGciOi.eyJzdWIiOi.SflKxwRJ", true],
    ["llama-3.1-70b took 1234 ms", false],
  ])("masks what is in %j: %s", (text, isMasked) => {
    expect(MASKED_VALUES.some((pattern) => new RegExp(pattern).test(text))).toBe(isMasked);
  });

  it("has traces only, and cleans all of them before they leave, by default", () => {
    const { service, processors } = collectorConfig({ endpoint: "" }, "https://a");
    expect(Object.keys(service.pipelines)).toEqual(["traces"]);
    expect(service.pipelines.traces.processors).toEqual([
      "memory_limiter",
      "probabilistic_sampler",
      "filter/content",
      "transform/content",
      "redaction",
      "batch",
    ]);
    expect(Object.keys(processors)).toEqual(
      expect.arrayContaining([...service.pipelines.traces.processors]),
    );
    expect(config).toContain("gen_ai");
  });

  it("keeps prompts when a caller says so, and masks them even then", () => {
    const { service } = collectorConfig({ endpoint: "", hasPrompts: true }, "https://a");
    expect(service.pipelines.traces.processors).toEqual([
      "memory_limiter",
      "probabilistic_sampler",
      "redaction",
      "batch",
    ]);
  });

  it("has no dollar that the collector would read as a variable", () => {
    expect(config.replaceAll("$$", "")).not.toContain("$");
  });
});
