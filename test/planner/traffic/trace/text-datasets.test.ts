/** Datasets of `vllm bench`: text without arrivals, of which lengths are estimated. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { eachElement } from "../../../../planner/traffic/trace/each-element";
import { estimateTokens } from "../../../../planner/traffic/trace/estimate-tokens";
import { readTrace } from "../../../../planner/traffic/trace/read-trace";
import { errorOf, read } from "./trace-fixture";

const turn = (value: unknown, from = "human") => ({ from, value });
const conversation = (...values: readonly unknown[]) => ({
  id: "x",
  conversations: values.map((value) => turn(value)),
});

const DATASET = [
  // 40 and 8 characters; what follows the first two turns is not read.
  conversation("a".repeat(40), 'say "[{,"', "and on"),
  conversation("only one turn"),
  { id: "none", conversations: [] },
  conversation("a question", ""),
  conversation("ü\n".repeat(20), "b".repeat(400)),
];

async function elementsOf(text: string, chunkBytes = 1 << 16) {
  const found: { readonly text: string; readonly line: number; readonly number: number }[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = Buffer.from(text);
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      yield bytes.subarray(start, start + chunkBytes);
    }
  }
  await eachElement(chunks(), "t.json", 1 << 20, (element, line, number) => {
    found.push({ text: element, line, number });
  });
  return found;
}

describe("a ShareGPT dataset", () => {
  it.each([
    ["on one line", JSON.stringify(DATASET)],
    ["pretty-printed", JSON.stringify(DATASET, null, 2)],
    ["one conversation a line", `[\n${DATASET.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`],
  ])("gives prompts and answers of the first two turns, %s", async (_, text) => {
    for (const options of [
      {},
      { chunkBytes: 7 },
      { gzip: true },
      { format: "sharegpt" } as const,
    ]) {
      const trace = await read(text, options);
      expect(trace).toMatchObject({
        format: "sharegpt",
        hasArrivals: false,
        requests: 2,
        malformedRows: 0,
        unansweredRows: 3,
        estimatedLengths: { of: "input and output", charactersPerToken: 4 },
      });
      expect([...trace.inputTokens]).toEqual([10, 10]);
      expect([...trace.outputTokens]).toEqual([2, 100]);
    }
  });

  it("says which conversations are malformed, by line and number, or counts them", async () => {
    const text = [
      `[${JSON.stringify(conversation("a", "b"))},`,
      '{"conversations": "no"},',
      "7, {nonsense},",
      `${JSON.stringify(conversation("a", 5))}, ${JSON.stringify(conversation(null, "b"))},`,
      '{"conversations": ["a", "b"]},',
      "]",
    ].join("\n");
    const { problems } = await errorOf(read(text));
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      't.csv:2: conversation 2: conversations: must be a list of turns, got "no"',
      't.csv:3: conversation 3: not a JSON object: "7"',
      't.csv:3: conversation 4: not a JSON object: "{nonsense}"',
      "t.csv:4: conversation 5: conversations[1].value: must be text, got 5",
      "t.csv:4: conversation 6: conversations[0].value: must be text, got null",
      "t.csv:5: conversation 7: conversations[0].value: must be text, got nothing",
      "t.csv:6: conversation 8: not a JSON object: nothing",
      "t.csv: 7 of 8 rows malformed",
    ]);
    const lenient = await read(text, { skipMalformed: true });
    expect(lenient).toMatchObject({ requests: 1, malformedRows: 7 });
  });

  it("is read in memory that does not grow with it", async () => {
    const one = `${JSON.stringify(conversation("a".repeat(4000), "b".repeat(4000)))},\n`;
    const chunk = Buffer.from(one.repeat(100));
    const chunks = 200;
    let heldMax = 0;
    async function* dataset(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("[");
      for (let i = 0; i < chunks; i++) {
        yield Buffer.from(chunk);
        heldMax = Math.max(heldMax, process.memoryUsage().arrayBuffers);
      }
      yield Buffer.from(`${one.trim().slice(0, -1)}]`);
    }
    const before = process.memoryUsage().arrayBuffers;
    const trace = await readTrace(dataset(), { source: "t.json" });
    expect(trace.requests).toBe(100 * chunks + 1);
    // 160 MB went through; some of them wait for the garbage collector.
    expect(heldMax - before).toBeLessThan(80 << 20);
  });
});

describe("a custom dataset of vllm bench", () => {
  it("gives estimated inputs and the outputs that it states", async () => {
    const text = '{"prompt": "What is the capital?", "output_tokens": 10}\n';
    const trace = await read(`${text}{"prompt": "東京都は", "output_tokens": 7.0}\n`);
    expect(trace).toMatchObject({
      format: "vllm-custom",
      hasArrivals: false,
      estimatedLengths: { of: "input" },
    });
    expect([...trace.inputTokens]).toEqual([5, 3]);
    expect([...trace.outputTokens]).toEqual([10, 7]);
  });

  it("takes no unknown output for any length", async () => {
    const text =
      '{"prompt": "a", "output_tokens": 10}\n{"prompt": "b"}\n{"prompt": "", "output_tokens": 1}\n';
    const { problems } = await errorOf(read(text));
    expect(problems.slice(0, 2).map(({ path, message }) => `${path}: ${message}`)).toEqual([
      "t.csv:2: output_tokens: must be a whole number of tokens, got nothing",
      "t.csv:3: prompt: must be text, got nothing",
    ]);
  });
});

describe("eachElement", () => {
  it("for all arrays, layouts and ways to cut the bytes, gives the elements and their lines", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.constantFrom(0, 2),
        fc.integer({ min: 1, max: 40 }),
        async (values, indent, chunkBytes) => {
          const text = JSON.stringify(values, null, indent);
          const found = await elementsOf(text, chunkBytes);
          expect(found.map((one) => JSON.parse(one.text))).toEqual(JSON.parse(text));
          expect(found.map(({ number }) => number)).toEqual(values.map((_, i) => i + 1));
          const lines = values.map(
            (_, i) => JSON.stringify(values.slice(0, i + 1), null, indent).split("\n").length,
          );
          // An element ends on the line before the closing bracket of an array that ends with it.
          found.forEach(({ line, text: element }, i) => {
            const height = element.trim().split("\n").length;
            expect(line).toBe(indent === 0 ? 1 : (lines[i] ?? 0) - height);
          });
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("estimateTokens", () => {
  it.each([
    ["", 0],
    ["a", 1],
    ["x".repeat(4000), 1000],
    ["語".repeat(300), 200],
    ["한국어", 2],
    ["héllo wörld!", 3],
  ])("of %j is %d", (text, tokens) => {
    expect(estimateTokens(text)).toBe(tokens);
  });
});
