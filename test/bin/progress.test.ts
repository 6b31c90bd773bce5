import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { makeProgress } from "../../bin/progress";
import { textWidth } from "../../planner/report/text-width";
import { memoryIo } from "../support/memory-io";

const HALF = { fractionDone: 0.5, requestsDone: 400_000, label: "replication 2 of 3" };

/** Text of the last line drawn, without control sequences. */
function lastLine(text: string): string {
  return stripVTControlCharacters(text.split("\r").at(-1)!);
}

describe("makeProgress", () => {
  it("writes nothing when stderr is no terminal, and nothing with --quiet", () => {
    for (const [isTTY, isQuiet] of [
      [false, false],
      [true, true],
    ] as const) {
      const io = memoryIo({ isTTY, clockStepMs: 1000 });
      const progress = makeProgress(io, isQuiet);
      progress.update(HALF);
      progress.clear();
      expect(io.stderrText()).toBe("");
    }
  });

  it("shows how far, how fast and how long, on stderr only", () => {
    const io = memoryIo({ isTTY: true, clockStepMs: 1000 });
    makeProgress(io, false).update(HALF);
    // One second between two readings of the clock: 400,000 requests in 1 s, and as long again to go.
    expect(lastLine(io.stderrText())).toContain("50 %  1 s left  400,000 requests/s");
    expect(io.stdoutText()).toBe("");
  });

  it("shows nothing for a run that is over at once, and redraws at most ten times a second", () => {
    const io = memoryIo({ isTTY: true, clockStepMs: 20 });
    const progress = makeProgress(io, false);
    for (let call = 0; call < 10; call++) progress.update(HALF);
    expect(io.stderrText()).toBe("");
    for (let call = 0; call < 50; call++) progress.update(HALF);
    expect(io.stderrText().split("\r").length - 1).toBeLessThanOrEqual(11);
  });

  it("takes its line away", () => {
    const io = memoryIo({ isTTY: true, clockStepMs: 1000 });
    const progress = makeProgress(io, false);
    progress.update(HALF);
    progress.clear();
    expect(io.stderrText().endsWith("\r\u001b[K")).toBe(true);
  });

  it.each([20, 40, 80, 200])("stays on one line at %d columns", (columns) => {
    const io = memoryIo({ isTTY: true, columns, clockStepMs: 1000 });
    makeProgress(io, false).update(HALF);
    expect(textWidth(lastLine(io.stderrText()))).toBeLessThan(columns);
  });
});
