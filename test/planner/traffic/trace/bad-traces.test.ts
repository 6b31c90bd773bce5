/** Every way a trace can be wrong has one clear message, with the line when there is one. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { PlannerError } from "../../../../planner/foundation/errors";
import type { ReadTraceOptions } from "../../../../planner/traffic/trace/read-trace";
import { readTrace } from "../../../../planner/traffic/trace/read-trace";
import { errorOf, read } from "./trace-fixture";

const AZURE_HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
const LENGTHS_HEADER = "input_length,output_length\n";
const time = (second: number) => `2023-11-16 18:15:${String(second).padStart(2, "0")}.5`;
const mooncake = (fields: object) =>
  JSON.stringify({
    timestamp: 0,
    input_length: 600,
    output_length: 5,
    hash_ids: [1, 2],
    ...fields,
  });
const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256));

interface BadTrace {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly options?: Partial<ReadTraceOptions>;
  /** First problem, as `path: message; hint`. */
  readonly says: RegExp;
}

const SCENARIO = { hints: "scenario" } as const;
const OWN = { arrival: "ts", input: "in", output: "out" } as const;

const BAD_TRACES: readonly BadTrace[] = [
  { name: "an empty file", content: "", says: /^t\.csv: the file is empty$/ },
  {
    name: "an unknown header, for a scenario",
    content: "when,prompt,answer\n1,2,3\n",
    options: SCENARIO,
    says: /name them with columns: \{ arrival: …, input: …, output: …, timeUnit: s\|ms\|us\|ns\|iso \} beside trace/,
  },
  {
    name: "arrivals in a list of lengths, for a scenario",
    content: "time,input_length,output_length\n1,2,3\n",
    options: SCENARIO,
    says: /columns: \{ arrival: time, input: input_length, output: output_length, .*, or ignore it with format: lengths$/,
  },
  {
    name: "another format than the one named, for a scenario",
    content: LENGTHS_HEADER,
    options: { ...SCENARIO, format: "mooncake" },
    says: /; leave format out to have the format detected$/,
  },
  {
    name: "rows out of order, for a scenario",
    content: `${AZURE_HEADER}${time(5)},1,1\n${time(1)},1,1\n`,
    options: SCENARIO,
    says: /put the rows in order with sort: true beside trace$/,
  },
  { name: "a file of blank lines", content: "\n\n  \r\n", says: /: the file is empty$/ },
  { name: "a header without rows", content: LENGTHS_HEADER, says: /no requests, only a header$/ },
  { name: "a binary file", content: noise, says: /is a binary file; a trace is CSV or JSON lines/ },
  {
    name: "UTF-16 text",
    content: Buffer.from("\ufeffinput_length,output_length\n", "utf16le"),
    says: /is encoded in UTF-16; .*iconv/,
  },
  {
    name: "a truncated gzip",
    content: gzipSync(AZURE_HEADER.repeat(100)).subarray(0, 40),
    says: /the gzip stream ends too early: the file is truncated; .*gzip -t/,
  },
  {
    name: "a damaged gzip",
    content: Buffer.concat([Buffer.from([0x1f, 0x8b]), noise]),
    says: /the gzip stream is damaged/,
  },
  {
    name: "an unknown header",
    content: "when,prompt,answer\n1,2,3\n",
    says: /no known trace format .* has the columns "when", "prompt", "answer"; .*--columns/,
  },
  {
    name: "a header with one column misspelt",
    content: "TIMESTAMP,ContextToken,GeneratedTokens\n",
    says: /nearest is azure, which also needs "ContextTokens"/,
  },
  {
    name: "a missing column of the format asked for",
    content: "TIMESTAMP,ContextToken,GeneratedTokens\n",
    options: { format: "azure" },
    says: /no column "ContextTokens"; did you mean "ContextToken"\?/,
  },
  {
    name: "a mapping to a column that is not there",
    content: "tz,in,out\n1,2,3\n",
    options: { columns: OWN },
    says: /no column "ts"; did you mean "tz"\? the columns are "tz", "in", "out"/,
  },
  {
    name: "a format of the other container",
    content: LENGTHS_HEADER,
    options: { format: "mooncake" },
    says: /format mooncake is JSON lines, but the file is CSV/,
  },
  {
    name: "a column twice",
    content: "input_length,output_length,input_length\n1,2,3\n",
    says: /column "input_length" is in the header more than once/,
  },
  {
    name: "arrivals that no format has",
    content: "arrival_time,input_length,output_length\n1,2,3\n",
    says: /column "arrival_time" looks like arrivals.*--columns arrival=arrival_time/,
  },
  {
    name: "a row with a field too few",
    content: `${LENGTHS_HEADER}10,2\n10\n`,
    says: /^t\.csv:3: has 1 field, the header has 2$/,
  },
  {
    name: "a blank line between rows",
    content: `${LENGTHS_HEADER}10,2\n\n10,2\n`,
    says: /^t\.csv:3: blank line$/,
  },
  {
    name: "words for tokens",
    content: `${LENGTHS_HEADER}ten,2\n`,
    says: /^t\.csv:2: input_length: must be a whole number of tokens, got "ten"$/,
  },
  {
    name: "NaN tokens",
    content: `${LENGTHS_HEADER}10,NaN\n`,
    says: /^t\.csv:2: output_length: must be a whole number of tokens, got "NaN"$/,
  },
  {
    name: "an empty field",
    content: `${LENGTHS_HEADER}10,\n`,
    says: /output_length: must be a whole number of tokens, got nothing$/,
  },
  {
    name: "fractional tokens",
    content: `${LENGTHS_HEADER}10.5,2\n`,
    says: /must be a whole number of tokens, got "10.5"$/,
  },
  {
    name: "negative tokens",
    content: `${LENGTHS_HEADER}-10,2\n`,
    says: /^t\.csv:2: input tokens must be at least 1, got -10$/,
  },
  {
    name: "no output tokens",
    content: `${LENGTHS_HEADER}10,0\n`,
    says: /^t\.csv:2: output tokens must be at least 1, got 0$/,
  },
  {
    name: "more tokens than a column holds",
    content: `${LENGTHS_HEADER}3000000000,2\n`,
    says: /input tokens must be at most 2147483647 \(2\^31 - 1\), got 3000000000$/,
  },
  {
    name: "a time that is none",
    content: `${AZURE_HEADER}soon,10,2\n`,
    says: /^t\.csv:2: TIMESTAMP: must be a date and time such as .*, got "soon"$/,
  },
  {
    name: "a day that does not exist",
    content: `${AZURE_HEADER}2023-02-30 00:00:00,10,2\n`,
    says: /TIMESTAMP: must be a date and time/,
  },
  {
    name: "a number where a date is expected, in the user's unit",
    content: "ts,in,out\n17,2,3\n",
    options: { columns: { ...OWN, timeUnit: "iso" } },
    says: /ts: must be a date and time .*, got "17"$/,
  },
  {
    name: "an infinite time",
    content: "ts,in,out\n1e999,2,3\n",
    options: { columns: OWN },
    says: /ts: must be a number of seconds, got "1e999"$/,
  },
  {
    name: "unsorted arrivals",
    content: `${AZURE_HEADER}${time(3)},10,2\n${time(1)},10,2\n${time(2)},10,2\n`,
    says: /^t\.csv:3: arrives 2 s before line 2; arrivals must not decrease; 1 more row is out of order; put them in order with --sort$/,
  },
  {
    name: "an open quote",
    content: `${LENGTHS_HEADER}"10,2\n`,
    says: /^t\.csv:2: a quoted field does not end on its line$/,
  },
  {
    name: "text after a quote",
    content: `${LENGTHS_HEADER}"10"x,2\n`,
    says: /text follows the closing quote of a field$/,
  },
  {
    name: "JSON that is none",
    content: `${mooncake({})}\n{"timestamp": 1,\n`,
    says: /^t\.csv:2: not a JSON object: /,
  },
  {
    name: "pretty-printed JSON",
    content: JSON.stringify({ timestamp: 1, input_length: 2 }, null, 2),
    says: /^t\.csv:1: not a JSON object: "\{"; .*one object per line/,
  },
  {
    name: "a JSON array of something else",
    content: '[{"prompt_len": 5}]',
    says: /^t\.csv: is one JSON array, as ShareGPT datasets are, but its first element has no conversations: \{"prompt_len":5\}; JSON traces have one object per line/,
  },
  { name: "an empty JSON array", content: " [ ]\n", says: /^t\.csv: the array is empty$/ },
  {
    name: "a JSON array where another format was named",
    content: '[{"conversations": []}]',
    options: { format: "mooncake" },
    says: /is one JSON array, which is read as a ShareGPT dataset only; .*one object per line/,
  },
  {
    name: "JSON lines where a ShareGPT dataset was named",
    content: mooncake({}),
    options: { format: "sharegpt" },
    says: /format sharegpt is one JSON array, but the file is JSON lines/,
  },
  {
    name: "a ShareGPT dataset that breaks off",
    content: '[\n{"conversations": []},\n{"conversations": [',
    says: /^t\.csv:3: the array does not end: the file is truncated, or a bracket or quote is missing$/,
  },
  {
    name: "two ShareGPT datasets in one file",
    content: '[{"conversations": []}]\n[{"conversations": []}]',
    says: /^t\.csv:2: text follows the end of the array$/,
  },
  {
    name: "a ShareGPT dataset without one answer",
    content: '[{"conversations": []}]',
    says: /holds no requests: 0 malformed and 0 failed rows left out, and 1 without a prompt and its answer$/,
  },
  {
    name: "a custom dataset of vllm bench without output lengths",
    content: '{"prompt": "What is the capital of India?"}\n',
    says: /holds prompts without the lengths of their outputs; write output_tokens beside each/,
  },
  {
    name: "arrivals beside text",
    content: '{"timestamp": 5, "prompt": "What?", "output_tokens": 5}\n',
    says: /column "timestamp" looks like arrivals.*; ignore it with --format vllm-custom$/,
  },
  {
    name: "a vllm result without details",
    content: JSON.stringify({ total_input_tokens: 5, request_throughput: 1 }),
    says: /no arrays input_lens and output_lens: the result has totals only/,
  },
  {
    name: "a vllm result whose lengths are no array",
    content: JSON.stringify({ input_lens: "no", output_lens: [1] }),
    says: /^t\.csv: input_lens: must be an array with a number for each request, got "no"$/,
  },
  {
    name: "a vllm result whose times are no array",
    content: JSON.stringify({ input_lens: [1], output_lens: [1], start_times: 5 }),
    says: /^t\.csv: start_times: must be an array with a number for each request, got 5$/,
  },
  {
    name: "a vllm result of unequal arrays",
    content: JSON.stringify({ input_lens: [1, 2], output_lens: [1] }),
    says: /arrays of one length expected, got 2, 1/,
  },
  {
    name: "more hashes than the input has blocks",
    content: mooncake({ input_length: 512 }),
    says: /^t\.csv:1: 2 hash_ids of 512 tokens are more than 512 input tokens hold \(1\)$/,
  },
  {
    name: "hashes that are no list",
    content: mooncake({ hash_ids: 5 }),
    says: /hash_ids must be a list of block hashes, got 5$/,
  },
  {
    name: "hashes that are a word",
    content: mooncake({ hash_ids: "no" }),
    says: /^t\.csv:1: hash_ids must be a list of block hashes, got "no"$/,
  },
  {
    name: "no hashes in one of the rows",
    content: `${mooncake({})}\n${mooncake({ hash_ids: undefined })}`,
    says: /^t\.csv:2: hash_ids must be a list of block hashes, got nothing$/,
  },
  {
    name: "a hash that is none",
    content: mooncake({ hash_ids: [1, null] }),
    says: /hash_ids must be a list of numbers or strings, got null in it$/,
  },
  {
    name: "a time that is a list",
    content: mooncake({ timestamp: [5] }),
    says: /timestamp: must be a number of milliseconds, got \[5\]$/,
  },
  {
    name: "tokens as a list",
    content: mooncake({ input_length: [600] }),
    says: /input_length: must be a whole number of tokens, got \[600\]$/,
  },
  {
    name: "only failed requests",
    content:
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,GPT-4,0,0,0,API log\n",
    says: /holds no requests: 0 malformed and 1 failed rows left out$/,
  },
  {
    name: "nothing left of the malformed rows",
    content: `${LENGTHS_HEADER}x,1\n`,
    options: { skipMalformed: true },
    says: /holds no requests: 1 malformed and 0 failed rows left out$/,
  },
];

describe("a bad trace", () => {
  it.each(BAD_TRACES)("fails with one clear message: $name", async ({ content, options, says }) => {
    const error = await errorOf(read(content, options));
    expect(error).toBeInstanceOf(PlannerError);
    expect(error.message.split("\n")[0]).toMatch(says);
    // One bad row is one problem and a line that counts; anything else is one problem.
    expect(error.problems.length).toBeLessThanOrEqual(2);
    for (const { message } of error.problems) expect(message).not.toMatch(/\.$|undefined/);
  });

  it.each([
    ["JSON", '{"timestamp": "', /line is longer than 16 MiB; a trace has one request per line$/],
    ["a ShareGPT dataset", '[{"conversations": "', /element 1 of the array is longer than 16 MiB/],
    ["CSV", "input_length,output_length\n", /^t\.csv:2: the line is longer than 1 MiB/],
  ])("fails on an endless line of %s after bounded reading", async (_, start, says) => {
    let bytesRead = 0;
    const chunk = Buffer.alloc(1 << 20, "1");
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(start);
      for (;;) {
        bytesRead += chunk.length;
        yield chunk;
      }
    }
    const error = await errorOf(readTrace(endless(), { source: "t.csv" }));
    expect(error.message).toMatch(says);
    expect(bytesRead).toBeLessThan(32 << 20);
  });
});
