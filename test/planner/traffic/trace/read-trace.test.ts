/** Expected values are read off the literal rows, or from the trace publishers' own descriptions. */
import { createReadStream } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { TRACE_FORMATS } from "../../../../planner/scenario/arrivals-spec";
import { TRACE_FORMAT_NAMES } from "../../../../planner/traffic/trace/formats/all-formats";
import { readTrace } from "../../../../planner/traffic/trace/read-trace";
import { describeWithSharedData, sharedDataPath } from "../../../support/shared-data";
import { errorOf, read } from "./trace-fixture";

const AZURE = [
  "TIMESTAMP,ContextTokens,GeneratedTokens",
  "2023-11-16 23:59:59.9999999,374,44",
  "2023-11-17 00:00:00.0000001,396,109",
  "2023-11-17 00:00:01.5000000,879,55",
].join("\r\n");

describe("readTrace", () => {
  it("knows as many formats as a scenario may name", () => {
    expect([...TRACE_FORMAT_NAMES].sort()).toEqual([...TRACE_FORMATS].sort());
  });

  it("reads Azure times to 100 ns over midnight, without a line feed at the end", async () => {
    const trace = await read(AZURE);
    expect(trace.format).toBe("azure");
    expect(trace.arrivalSeconds[1]).toBeCloseTo(2e-7, 12);
    expect(trace.arrivalSeconds[2]).toBeCloseTo(1.5000001, 12);
    expect([...trace.inputTokens]).toEqual([374, 396, 879]);
    expect([...trace.outputTokens]).toEqual([44, 109, 55]);
    expect(trace.clockSeconds).toBeCloseTo(86_399.9999999, 6);
  });

  it("reads the zones of Azure 2024", async () => {
    const rows = "2024-05-10 00:00:00.5+00:00,10,2\n2024-05-10T02:00:01.5+02:00,20,3\n";
    const trace = await read(`TIMESTAMP,ContextTokens,GeneratedTokens\n${rows}`);
    expect([...trace.arrivalSeconds]).toEqual([0, 1]);
  });

  it("counts failed requests of BurstGPT and leaves them out", async () => {
    const trace = await read(
      [
        "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type",
        "5,,1,ChatGPT,472,18,490,Conversation log",
        "45,,2,ChatGPT,0,0,0,Conversation log",
        "118,,3,GPT-4,417,276,693,API log",
        "",
      ].join("\n"),
    );
    expect(trace).toMatchObject({
      format: "burstgpt",
      requests: 2,
      failedRows: 1,
      clockSeconds: 5,
    });
    expect([...trace.arrivalSeconds]).toEqual([0, 113]);
  });

  it("reads Mooncake in milliseconds and renumbers its blocks", async () => {
    const lines = [
      { timestamp: 27, input_length: 600, output_length: 5, hash_ids: [46, 47] },
      { timestamp: 3027, input_length: 1100, output_length: 6, hash_ids: [46, 9, 10] },
    ];
    const trace = await read(lines.map((line) => JSON.stringify(line)).join("\n"));
    expect(trace.format).toBe("mooncake");
    expect([...trace.arrivalSeconds]).toEqual([0, 3]);
    expect(trace.prefixBlocks).toEqual({
      tokensPerBlock: 512,
      ids: Int32Array.from([0, 1, 0, 2, 3]),
      offsets: Int32Array.from([0, 2, 5]),
      distinct: 4,
    });
  });

  it("reads Bailian in seconds with blocks of 16 tokens", async () => {
    const line = {
      chat_id: 1,
      timestamp: 61.5,
      input_length: 20,
      output_length: 3,
      hash_ids: [7, 8],
    };
    const trace = await read(
      `${JSON.stringify(line)}\n${JSON.stringify({ ...line, timestamp: 62 })}\n`,
    );
    expect(trace.format).toBe("bailian");
    expect([...trace.arrivalSeconds]).toEqual([0, 0.5]);
    expect(trace.prefixBlocks?.tokensPerBlock).toBe(16);
  });

  it.each([
    ["vidur", "arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,10,2\n2,20,3\n", [0, 1.5]],
    [
      "splitwise",
      "request_id,arrival_timestamp,prompt_size,token_size\n0,1,10,2\n1,2,20,3\n",
      [0, 1],
    ],
    ["apexplus", "arrival_s,prompt_tokens,output_tokens\n3.5,10,2\n4,20,3\n", [0, 0.5]],
  ])("reads %s", async (format, text, arrivals) => {
    const trace = await read(text);
    expect(trace).toMatchObject({ format, hasArrivals: true });
    expect([...trace.arrivalSeconds]).toEqual(arrivals);
    expect([...trace.inputTokens]).toEqual([10, 20]);
    expect([...trace.outputTokens]).toEqual([2, 3]);
  });

  it.each([
    ["lengths", "input_length,output_length\n10,2\n"],
    ["lengths", "num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio\n10,2,12,5\n"],
    ["vllm-lengths", '{"prompt_len": 10, "output_len": 2}\n'],
  ])("reads lists of %s, which have no arrivals", async (format, text) => {
    const trace = await read(text);
    expect(trace).toMatchObject({ format, hasArrivals: false, requests: 1 });
    expect([...trace.arrivalSeconds]).toEqual([0]);
  });

  it("reads a vllm bench result, with failed requests counted", async () => {
    const result = {
      date: "20250101-000000",
      total_input_tokens: 30,
      input_lens: [10, 20, 30],
      output_lens: [2, 0, 4],
      start_times: [100.25, 100.5, 101.25],
    };
    const trace = await read(JSON.stringify(result, null, 2));
    expect(trace).toMatchObject({ format: "vllm-result", requests: 2, failedRows: 1 });
    expect([...trace.arrivalSeconds]).toEqual([0, 1]);
    const untimed = await read(JSON.stringify({ ...result, start_times: undefined }));
    expect(untimed.hasArrivals).toBe(false);
  });

  it("keeps the nanoseconds of epoch times in a user's own columns", async () => {
    const text = "ts;in;out\n1700000000000000001;10;2\n1700000000000000250;20;3\n";
    const columns = { arrival: "ts", input: "in", output: "out", timeUnit: "ns" } as const;
    const trace = await read(text, { columns });
    expect(trace.arrivalSeconds[1]).toBeCloseTo(249e-9, 15);
    expect(trace.format).toBe("columns");
  });

  it("reads quoted fields, a byte order mark, spaces and whole numbers written as decimals", async () => {
    const trace = await read('\ufeff"input_length", output_length\n"10", 2.0\n');
    expect([...trace.inputTokens, ...trace.outputTokens]).toEqual([10, 2]);
  });

  it("sorts when asked to, and keeps the order of equal times and their blocks", async () => {
    const line = (timestamp: number, input_length: number, hash: number) =>
      JSON.stringify({ timestamp, input_length, output_length: 1, hash_ids: [hash] });
    const text = [line(2000, 3, 30), line(1000, 1, 10), line(1000, 2, 20)].join("\n");
    const trace = await read(text, { sort: true });
    expect([...trace.arrivalSeconds]).toEqual([0, 0, 1]);
    expect([...trace.inputTokens]).toEqual([1, 2, 3]);
    expect([...(trace.prefixBlocks?.ids ?? [])]).toEqual([1, 2, 0]);
  });

  it("lists 20 malformed rows of a thousand, or leaves them out and counts them", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? `${i + 1},5` : "x,5"));
    const text = `input_length,output_length\n${rows.join("\n")}\n`;
    const error = await errorOf(read(text));
    expect(error.problems).toHaveLength(21);
    expect(error.problems[0]?.path).toBe("t.csv:3");
    expect(error.problems[20]?.message).toBe("500 of 1000 rows malformed, the first 20 listed");
    const lenient = await read(text, { skipMalformed: true });
    expect(lenient).toMatchObject({ requests: 500, malformedRows: 500 });
  });

  it("for all ways to cut the bytes, plain or gzipped, reads the same table", async () => {
    const mooncake = Array.from({ length: 50 }, (_, i) =>
      JSON.stringify({ timestamp: i, input_length: 600, output_length: 2, hash_ids: [i, 1] }),
    ).join("\n");
    for (const text of [AZURE, mooncake]) {
      const whole = await read(text);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 300 }),
          fc.boolean(),
          async (chunkBytes, gzip) => {
            expect(await read(text, { chunkBytes, gzip })).toEqual(whole);
          },
        ),
        { seed: 1, numRuns: 30 },
      );
    }
  });
});

describeWithSharedData("readTrace on published traces", () => {
  // Rows and means as the publishers and the data folder's README give them.
  it.each([
    ["azure2023_conv.csv", 19_366, 1155, 211],
    ["azure2023_code.csv", 8819, 2048, 28],
    ["mooncake_conversation_trace.jsonl", 12_031, 12_035, 343],
    ["vidur_arxiv_summarization_lengths.csv", 28_257, undefined, undefined],
  ])("reads %s whole", async (file, requests, inputMean, outputMean) => {
    const path = sharedDataPath(`traces/${file}`);
    if (path === undefined) throw new Error(`${file} is not in the shared data`);
    const trace = await readTrace(createReadStream(path), { source: file });
    expect(trace.requests).toBe(requests);
    if (inputMean === undefined || outputMean === undefined) return;
    const meanOf = (values: Int32Array) => values.reduce((sum, value) => sum + value, 0) / requests;
    expect(Math.round(meanOf(trace.inputTokens))).toBe(inputMean);
    expect(Math.round(meanOf(trace.outputTokens))).toBe(outputMean);
  });
});
