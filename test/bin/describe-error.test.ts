import { describe, expect, it } from "@jest/globals";
import { describeError, reportError, UsageError } from "../../bin/describe-error";
import { EXIT } from "../../bin/exit-codes";
import { InvariantViolation, PlannerError } from "../../planner/foundation/errors";
import { memoryIo } from "../support/memory-io";

const TWO_PROBLEMS = new PlannerError([
  { code: "missing", path: "fleet", message: "is missing", hint: "see `capplan init`" },
  { code: "invalid-value", path: "workloads.chat.arrivals.rate", message: "must be > 0, got -5" },
]);

describe("reportError", () => {
  it("prints every problem on a line of its own and means exit code 2", () => {
    const io = memoryIo();
    expect(reportError(TWO_PROBLEMS, io)).toBe(EXIT.badInput);
    expect(io.stderrText()).toBe(
      "error: fleet: is missing; see `capplan init`\n" +
        "error: workloads.chat.arrivals.rate: must be > 0, got -5\n",
    );
    expect(io.stdoutText()).toBe("");
  });

  it("colours the label on a terminal, not otherwise, and not with NO_COLOR", () => {
    const red = "\u001b[31m";
    const text = (options: Parameters<typeof memoryIo>[0]): string => {
      const io = memoryIo(options);
      reportError(new UsageError("no"), io);
      return io.stderrText();
    };
    expect(text({ isTTY: true })).toContain(red);
    expect(text({ isTTY: true, env: { NO_COLOR: "1" } })).not.toContain(red);
    expect(text({ isTTY: false })).not.toContain(red);
    expect(text({ isTTY: false, env: { FORCE_COLOR: "1" } })).toContain(red);
  });

  it("shows no stack of a bug, and says how to report it", () => {
    const io = memoryIo();
    expect(reportError(new TypeError("x is undefined"), io)).toBe(EXIT.bug);
    expect(io.stderrText()).toMatch(/^error: unexpected: x is undefined\n/);
    expect(io.stderrText()).toContain("CAPPLAN_DEBUG=1");
    expect(io.stderrText()).not.toMatch(/\n\s+at /);
  });

  it("shows the stack of a bug with CAPPLAN_DEBUG=1", () => {
    const io = memoryIo({ env: { CAPPLAN_DEBUG: "1" } });
    reportError(new TypeError("x is undefined"), io);
    expect(io.stderrText()).toMatch(/\n\s+at /);
  });

  it("names a broken invariant as one", () => {
    const { lines, exitCode } = describeError(
      new InvariantViolation("blocks add up", { free: -1 }),
    );
    expect(lines).toEqual(['broken invariant: blocks add up: {"free":-1}']);
    expect(exitCode).toBe(EXIT.bug);
  });

  it("keeps an error on one line and its control characters off the terminal", () => {
    const path = "a\u001b[2Jb";
    const error = new PlannerError([{ code: "unknown-key", path, message: "first\nsecond" }]);
    expect(describeError(error).lines).toEqual(["a\\u001b[2Jb: first second"]);
  });

  it("shows at most 100 problems, and how many more there are", () => {
    const problem = { code: "malformed-row", path: "t.csv:2", message: "bad" } as const;
    const { lines } = describeError(new PlannerError(Array(250).fill(problem)));
    expect(lines).toHaveLength(101);
    expect(lines[100]).toBe("and 150 more problems of the same input");
  });

  it("takes an error of the file system for bad input, with its path", () => {
    const error = Object.assign(new Error("ENOSPC: …"), { code: "ENOSPC", path: "/tmp/out.json" });
    expect(describeError(error)).toEqual({
      lines: ["/tmp/out.json: no space left on device"],
      exitCode: EXIT.badInput,
    });
  });
});
