/**
 * What does not fit the context window, from the scenario to the report: cut, counted by workload, and said. The
 * counts of single sources are in `test/planner/traffic/`.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCommand } from "../../support/run-command";
import { withTemporaryFolder } from "../../support/temporary-folder";

const WINDOW = 2000;

const SCENARIO = `
replications: 2
horizon: { duration: 60 s, warmUp: 0 s }
workloads:
  replay:
    model: llama-3.1-8b-instruct
    arrivals: { trace: long.csv }
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 1/s, process: deterministic }
    tokens: { input: 900, output: 100 }
    sessions: { turns: 5, think: 0 s }
  short:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 1/s }
    tokens: { input: 100, output: 10 }
fleet:
  regions:
    us-east-1:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 1, engine: { maxContext: ${WINDOW} } }
`;

/** Input and output of each row: too long by itself, only with its answer, and just fitting. */
const ROWS: readonly (readonly [number, number])[] = [
  [5000, 100],
  [2000, 1],
  [1900, 200],
  [1900, 100],
  [10, 9000],
  [10, 10],
];

interface Summary {
  readonly requests: { readonly offered: number; readonly completed: number };
  readonly workloads: Readonly<
    Record<string, { readonly requests: { readonly offered: number; readonly completed: number } }>
  >;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

async function simulate(): Promise<Summary> {
  let summary: Summary | undefined;
  await withTemporaryFolder(async (cwd) => {
    const rows = ROWS.map(([input, output], i) => `2024-01-01 00:00:0${i}.0,${input},${output}`);
    const csv = ["TIMESTAMP,ContextTokens,GeneratedTokens", ...rows].join("\n");
    fs.writeFileSync(path.join(cwd, "long.csv"), `${csv}\n`);
    fs.writeFileSync(path.join(cwd, "scenario.yaml"), SCENARIO);
    const { exitCode, stdout, stderr } = await runCommand(
      ["simulate", "scenario.yaml", "--output", "json", "--quiet"],
      { cwd },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    summary = JSON.parse(stdout) as Summary;
  });
  return summary!;
}

describe("requests longer than the context window", () => {
  it("are cut, answered and counted, in replays and in sessions", async () => {
    const { warnings, workloads } = await simulate();
    for (const { requests } of Object.values(workloads)) {
      expect(requests.completed).toBe(requests.offered);
    }
    const cut = (code: string) =>
      warnings.filter((warning) => warning.code === code).map(({ message }) => message);
    // Inputs of 5000 and 2000 leave no room for a token. 5000 + 100, 1900 + 200 and 10 + 9000 lose output, while
    // 2000 + 1 wants one token and gets it. Each of two replications counts them.
    expect(cut("clipped-inputs").filter((message) => message.startsWith("replay"))).toEqual([
      `replay: 4 inputs were cut to the context window of 2,000 tokens`,
    ]);
    expect(cut("clipped-outputs").filter((message) => message.startsWith("replay"))).toEqual([
      `replay: 6 outputs were cut to the context window of 2,000 tokens`,
    ]);
    // A session's second turn is 1000 + 900 tokens with 100 to come and fits; the third is 2900 and is its last.
    const sessions = workloads["chat"]!.requests.offered / 3;
    const [message] = cut("clipped-inputs").filter((text) => text.startsWith("chat"));
    const count = Number(/^chat: (\d+) inputs/.exec(message ?? "")?.[1]);
    expect(Math.abs(count / 2 - sessions)).toBeLessThan(2);
    expect(sessions).toBeGreaterThan(50);
    expect(cut("clipped-inputs").some((text) => text.startsWith("short"))).toBe(false);
    expect(cut("clipped-outputs").some((text) => text.startsWith("short"))).toBe(false);
  });
});
