/**
 * Every command and snippet of the top README, run as it stands there; what it prints must be what the README
 * shows. A line `…` in the README stands for lines left out. UPDATE_GOLDEN=1 writes the outputs anew.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type MemoryIo, memoryIo } from "./support/memory-io";
import { runCommandIn } from "./support/run-command";
import { sharedDataPath } from "./support/shared-data";

const README = path.resolve(__dirname, "../README.md");
const TRACE = "AzureLLMInferenceTrace_conv.csv";
/** Shown of a longer output. */
const LINES_SHOWN = 40;

interface Example {
  readonly commands: readonly string[];
  readonly shown: string;
}

const text = readFileSync(README, "utf8");
const examples: Example[] = [
  ...text.matchAll(/```sh\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g),
].map((match) => ({ commands: match[1]!.trim().split("\n"), shown: match[2]! }));
/** The commands build on each other, so they share a folder. */
const folder = mkdtempSync(path.join(os.tmpdir(), "capplan-readme-"));

/** What a terminal would show of one command after the other. */
async function run(commands: readonly string[]): Promise<string> {
  let shown = "";
  for (const command of commands) {
    const argv = command
      .replace(/^npm install && /, "")
      .replace(/^npx capplan /, "")
      .split(" ");
    const io: MemoryIo = memoryIo({ cwd: folder });
    const { stdout, stderr, exitCode } = await runCommandIn(io, argv);
    shown += stdout;
    if (exitCode !== 0) shown += stderr;
  }
  return shown;
}

/** The first lines, and that there are more. */
function shorten(output: string): string {
  const lines = output.trimEnd().split("\n");
  const shown = lines.length > LINES_SHOWN ? [...lines.slice(0, LINES_SHOWN - 1), "…"] : lines;
  return `${shown.join("\n")}\n`;
}

describe("the README", () => {
  beforeAll(() => {
    const trace = sharedDataPath("traces/azure2023_conv.csv");
    if (trace !== undefined) copyFileSync(trace, path.join(folder, TRACE));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("begins with two commands: one installs and runs, one tests", () => {
    expect(examples[0]!.commands).toEqual(["npm install && npx capplan simulate chat-single-h100"]);
    expect(examples[1]!.commands).toEqual(["npm test"]);
  });

  for (const example of examples) {
    if (example.commands[0] === "npm test") continue;
    const name = example.commands.join("; ");
    if (name.includes(TRACE) && sharedDataPath("traces/azure2023_conv.csv") === undefined) {
      it.skip(`${name} (skipped: shared data folder not present)`, () => {});
      continue;
    }
    it(`shows what is printed by ${name}`, async () => {
      const printed = shorten(await run(example.commands));
      if (process.env["UPDATE_GOLDEN"] === "1") {
        const before = `\`\`\`sh\n${example.commands.join("\n")}\n\`\`\`\n\n\`\`\`text\n`;
        const current = readFileSync(README, "utf8");
        writeFileSync(
          README,
          current.replace(`${before}${example.shown}`, () => before + printed),
        );
        return;
      }
      expect(printed).toBe(example.shown);
    });
  }

  it("has a library snippet that runs", async () => {
    const snippet = /```js\n([\s\S]*?)```/.exec(text)![1]!;
    const lines: unknown[] = [];
    const library: unknown = await import("../planner");
    const runSnippet = new Function("require", "console", snippet) as (
      require: (name: string) => unknown,
      console: { log: (line: unknown) => void },
    ) => void;
    await new Promise<void>((resolve) => {
      const log = (line: unknown): void => {
        lines.push(line);
        resolve();
      };
      runSnippet((name) => (name === "capplan" ? library : undefined), { log });
    });
    expect(lines[0]).toBeGreaterThan(0);
  });

  it("names every exit code", () => {
    const codes = readFileSync(path.resolve(__dirname, "../bin/exit-codes.ts"), "utf8");
    for (const match of codes.matchAll(/: (\d+),/g)) {
      expect(text).toMatch(new RegExp(`(^|\\s)${match[1]} `, "m"));
    }
  });
});
