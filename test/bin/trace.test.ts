import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { runCapplan } from "../../bin/program";
import { workloadSpec } from "../../planner/scenario/workload-spec";
import { memoryIo } from "../support/memory-io";
import { describeWithSharedData, sharedDataPath } from "../support/shared-data";
import { withTemporaryFolder } from "../support/temporary-folder";

const ROWS = Array.from(
  { length: 200 },
  (_, i) => `${i * 0.5},${100 + (i % 7) * 10},${5 + (i % 3)}`,
);
const TRACE = `arrival_s,prompt_tokens,output_tokens\n${ROWS.join("\n")}\n`;

/** Runs a command line in a folder with the given files. */
async function run(files: Readonly<Record<string, string | Uint8Array>>, ...argv: string[]) {
  const result = { code: -1, out: "", err: "", written: {} as Record<string, string> };
  await withTemporaryFolder(async (folder) => {
    for (const [name, content] of Object.entries(files)) {
      fs.writeFileSync(path.join(folder, name), content);
    }
    const io = memoryIo({ cwd: folder });
    result.code = await runCapplan(["trace", ...argv], io);
    result.out = io.stdoutText();
    result.err = io.stderrText();
    for (const name of fs.readdirSync(folder)) {
      if (!(name in files)) {
        result.written[name] = fs.readFileSync(path.join(folder, name), "utf8");
      }
    }
  });
  return result;
}

describe("capplan trace inspect", () => {
  it("shows load and lengths within 80 columns", async () => {
    const { code, out, err } = await run({ "t.csv": TRACE }, "inspect", "t.csv");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("200 requests in 99.5 s: 2.00 per second");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("writes the same as JSON and Markdown, from a gzipped file", async () => {
    const files = { "t.csv.gz": gzipSync(TRACE) };
    const json = await run(files, "inspect", "t.csv.gz", "--output", "json");
    expect(JSON.parse(json.out)).toMatchObject({
      schemaVersion: 1,
      requests: 200,
      arrivals: { requestsPerSecond: 2 },
    });
    const markdown = await run(files, "inspect", "t.csv.gz", "--output", "markdown");
    expect(markdown.out).toMatch(/^# Trace t\.csv\.gz/);
  });

  it("writes a page with charts beside the text", async () => {
    const { code, out, err, written } = await run(
      { "t.csv": TRACE },
      ...["inspect", "t.csv", "--html", "page.html"],
    );
    expect(code).toBe(0);
    expect(out).toContain("Lengths");
    expect(err).toBe("wrote page.html\n");
    expect(written["page.html"]).toMatch(/^<!doctype html>[\s\S]*<svg /);
  });

  it("leaves no page behind when the trace is bad", async () => {
    const { code, written } = await run({ "t.csv": "" }, "inspect", "t.csv", "--html", "page.html");
    expect({ code, written }).toEqual({ code: 2, written: {} });
  });

  it("reads columns of the user's own", async () => {
    const text = "ts,in,out\n0,10,2\n1500,20,3\n";
    const columns = ["--columns", "arrival=ts,input=in,output=out", "--time-unit", "ms"];
    const { out } = await run(
      { "t.csv": text },
      "inspect",
      "t.csv",
      ...columns,
      "--output",
      "json",
    );
    expect(JSON.parse(out).arrivals.durationSeconds).toBe(1.5);
  });

  it.each([
    [
      "one request",
      ["5,10,2"],
      /^1 request, at one time; median 10[\s\S]*one request has no rate/m,
    ],
    [
      "requests at one time",
      ["5,10,2", "5,20,3"],
      /^2 requests, all at one time; median 15[\s\S]*all requests arrive at one time/m,
    ],
  ])("tells %s from a list of lengths", async (_, rows, says) => {
    const text = `arrival_s,prompt_tokens,output_tokens\n${rows.join("\n")}\n`;
    const { code, out } = await run({ "t.csv": text }, "inspect", "t.csv");
    expect(code).toBe(0);
    expect(out).toMatch(says);
    expect(out).not.toContain("lengths only");
  });

  it("says that lengths are estimates and what has no answer, within 80 columns", async () => {
    const turns = (...values: string[]) => ({ conversations: values.map((value) => ({ value })) });
    const dataset = JSON.stringify([turns("What is it?", "It is what it is."), turns("Well?")]);
    for (const command of ["inspect", "fit"]) {
      const { code, out } = await run({ "t.json": dataset }, command, "t.json");
      expect(code).toBe(0);
      const words = out.replace(/[\s#]+/g, " ");
      expect(words).toContain("1 request, lengths only");
      expect(words).toContain("input and output tokens are estimated from text, at 4 characters");
      expect(words).toContain("English has up to 20% more or fewer, code up to 45% more");
      expect(words).toContain("1 conversation without a prompt and its answer left out");
      for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("shows what was left out", async () => {
    const { code, out } = await run(
      { "t.csv": `${TRACE}x,1,1\n` },
      ...["inspect", "t.csv", "--skip-malformed"],
    );
    expect(code).toBe(0);
    expect(out).toContain("1 malformed row left out");
  });

  it.each([
    ["a missing file", ["inspect", "none.csv"], /^error: none\.csv: no such file\n$/],
    ["a folder", ["inspect", "."], /^error: \.: is a folder, not a file\n$/],
    [
      "a malformed row",
      ["inspect", "bad.csv"],
      /^error: bad\.csv:2: input_length: .*"x"\nerror: bad\.csv: 1 of 1 rows malformed; .*--skip-malformed\n$/,
    ],
    ["half a mapping", ["inspect", "t.csv", "--columns", "input=a"], /arrival may be left out/],
    [
      "a unit without a mapping",
      ["inspect", "t.csv", "--time-unit", "ms"],
      /--time-unit needs --columns/,
    ],
    [
      "a mapping and a format",
      ["inspect", "t.csv", "--columns", "input=a,output=b", "--format", "azure"],
      /--columns and --format exclude each other/,
    ],
    ["an unknown format", ["inspect", "t.csv", "--format", "azur"], /--format/],
    [
      "a name without a format",
      ["fit", "t.csv", "--out", "w.md"],
      /--out w\.md: .*\.yaml, \.yml, \.json/,
    ],
  ])("fails on %s with exit code 2 and no stack", async (_, argv, says) => {
    const files = { "t.csv": TRACE, "bad.csv": "input_length,output_length\nx,1\n" };
    const { code, out, err } = await run(files, ...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(says);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe("capplan trace fit", () => {
  it("writes JSON into a file that is named so", async () => {
    const { code, written } = await run({ "t.csv": TRACE }, "fit", "t.csv", "--out", "w.json");
    expect(code).toBe(0);
    expect(JSON.parse(written["w.json"]!)).toHaveProperty("workload.tokens");
  });

  it("writes a workload that the scenario schema takes", async () => {
    const { code, out } = await run(
      { "My trace.csv": TRACE },
      "fit",
      "My trace.csv",
      "--model",
      "llama-3.1-8b-instruct",
    );
    expect(code).toBe(0);
    const { workloads } = parse(out);
    expect(Object.keys(workloads)).toEqual(["my-trace"]);
    expect(workloadSpec.safeParse(workloads["my-trace"]).error).toBeUndefined();
    expect(out).toContain("# ");
  });

  it("refuses a model that nobody knows, with the nearest name, and writes nothing", async () => {
    const { code, out, err, written } = await run(
      { "t.csv": TRACE },
      ...["fit", "t.csv", "--model", "llama-3.1-8b-instruc", "--out", "fit.yaml"],
    );
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(
      'error: --model: unknown model "llama-3.1-8b-instruc"; did you mean "llama-3.1-8b-instruct"?\n',
    );
    expect(written["fit.yaml"]).toBeUndefined();
  });

  it("writes JSON with the goodness of fit to a file", async () => {
    const { out, err, written } = await run(
      { "t.csv": TRACE },
      ...["fit", "t.csv", "--output", "json", "--out", "fit.json"],
    );
    expect({ out, err }).toEqual({ out: "", err: "wrote fit.json\n" });
    const { workload, goodness } = JSON.parse(written["fit.json"] ?? "");
    expect(workload.arrivals.rate).toBe("2/s");
    expect(goodness.input.traceMean).toBeCloseTo(goodness.input.fitMean, -1);
  });

  it("gives the same bytes twice", async () => {
    const first = await run({ "t.csv": TRACE }, "fit", "t.csv");
    expect((await run({ "t.csv": TRACE }, "fit", "t.csv")).out).toBe(first.out);
  });
});

describeWithSharedData("capplan trace on published traces", () => {
  it.each(["azure2023_code.csv", "mooncake_conversation_trace.jsonl"])(
    "shows %s within 80 columns",
    async (file) => {
      const io = memoryIo();
      const code = await runCapplan(
        ["trace", "inspect", sharedDataPath(`traces/${file}`) ?? ""],
        io,
      );
      expect(code).toBe(0);
      for (const line of io.stdoutText().split("\n").slice(1)) {
        expect(line.length).toBeLessThanOrEqual(80);
      }
    },
  );
});
