/**
 * Prometheus' own tool that checks files of rules and plays series through them. Where there is none the tests that need
 * it skip, and say so.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "@jest/globals";

const COMMAND = "promtool";

const isThere = spawnSync(COMMAND, ["--version"]).status === 0;

/** A suite that needs the tool. */
export function describeWithPromtool(name: string, tests: () => void): void {
  if (isThere) {
    describe(name, tests);
    return;
  }
  describe(name, () => {
    it.skip(`(skipped: no ${COMMAND} here; apt-get install prometheus)`, () => {});
  });
}

/** A series by its text and its values, in promtool's notation: `0+60x100`. */
export interface PlayedSeries {
  readonly series: string;
  readonly values: string;
}

/** What is played, and when to look. */
export interface PlayedCase {
  readonly series: readonly PlayedSeries[];
  /** Time between two values, and between two evaluations. @default "1m" */
  readonly interval?: string;
  /** When alerts are looked at, such as `2h`. */
  readonly at: string;
}

/** What the tool says of a file of rules: nothing when it is right. */
export function checkRules(rules: string): string {
  return withFiles({ "rules.yml": rules }, (folder) => {
    const { status, stdout, stderr } = run(["check", "rules", "rules.yml"], folder);
    return status === 0 ? "" : `${stdout}${stderr}`;
  });
}

/**
 * Whether an alert fires, by what the tool says when it is told that none does. Labels are given when it does: what the
 * tool prints of the alert.
 */
export function firing(
  rules: string,
  alert: string,
  { series, interval = "1m", at }: PlayedCase,
): string | undefined {
  const test = {
    rule_files: ["rules.yml"],
    evaluation_interval: interval,
    tests: [
      {
        interval,
        input_series: series,
        alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: [] }],
      },
    ],
  };
  return withFiles({ "rules.yml": rules, "test.yml": JSON.stringify(test) }, (folder) => {
    const { status, stdout, stderr } = run(["test", "rules", "test.yml"], folder);
    if (status === 0) return undefined;
    const said = `${stdout}${stderr}`;
    if (!said.includes(`alertname: ${alert}`)) throw new Error(`${COMMAND}: ${said}`);
    return said.slice(said.indexOf("got:"));
  });
}

function run(args: readonly string[], cwd: string) {
  return spawnSync(COMMAND, [...args], { cwd, encoding: "utf8" });
}

function withFiles<Result>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Result,
): Result {
  const folder = mkdtempSync(path.join(tmpdir(), "capplan-rules-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
