import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import stringWidth from "string-width";
import { makeProgress } from "../../bin/progress";
import { memoryIo } from "../support/memory-io";

const HALF = { fractionDone: 0.5, requestsDone: 400_000, label: "replication 2 of 3" };

/** Where cli-progress starts a line anew: the cursor goes to the first column. */
const LINE_START = "\u001b[1G";

/** Text of the last line drawn, without control sequences. */
function lastLine(text: string): string {
  return stripVTControlCharacters(text.split(LINE_START).at(-1)!);
}

describe("makeProgress", () => {
  // cli-progress reads the system's clock and sets timers.
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

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
    const progress = makeProgress(io, false);
    progress.update({ ...HALF, fractionDone: 0.3, requestsDone: 240_000 });
    // One second between two readings of the clock: 240,000 requests in 1 s; the time left is not known yet.
    expect(lastLine(io.stderrText())).toMatch(/^[█░]{20} {2}30 % {2}240,000 requests\/s/);
    jest.advanceTimersByTime(1000);
    progress.update(HALF);
    // 0.2 in one second: 2.5 s for the other half, rounded up.
    expect(lastLine(io.stderrText())).toMatch(
      /^█{10}░{10} {2}50 % {2}3 s left {2}200,000 requests\/s {2}replication 2 of 3$/,
    );
    expect(io.stdoutText()).toBe("");
    progress.clear();
  });

  it("shows nothing for a run that is over within 300 ms", () => {
    const io = memoryIo({ isTTY: true, clockStepMs: 20 });
    const progress = makeProgress(io, false);
    for (let call = 0; call < 14; call++) progress.update(HALF);
    progress.clear();
    expect(io.stderrText()).toBe("");
  });

  it("redraws at most ten times a second", () => {
    const io = memoryIo({ isTTY: true, clockStepMs: 1 });
    const progress = makeProgress(io, false);
    for (let call = 0; call < 2300; call++) {
      progress.update({ ...HALF, fractionDone: call / 2300 });
      jest.advanceTimersByTime(1);
    }
    const drawn = io.stderrText().split(LINE_START).length - 1;
    expect(drawn).toBeGreaterThan(8);
    expect(drawn).toBeLessThanOrEqual(21);
  });

  it("takes its line away, shows the cursor again, and leaves no timer and no listener behind", () => {
    const listeners = process.listenerCount("SIGINT");
    const io = memoryIo({ isTTY: true, clockStepMs: 1000 });
    const progress = makeProgress(io, false);
    progress.update(HALF);
    expect(io.stderrText()).toContain("\u001b[?25l");
    expect(process.listenerCount("SIGINT")).toBe(listeners);
    progress.clear();
    expect(io.stderrText()).toContain("\u001b[?25h");
    expect(io.stderrText().endsWith(`${LINE_START}\u001b[2K`)).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([20, 40, 80, 200])("stays on one line at %d columns", (columns) => {
    const io = memoryIo({ isTTY: true, columns, clockStepMs: 1000 });
    const progress = makeProgress(io, false);
    progress.update(HALF);
    expect(stringWidth(lastLine(io.stderrText()))).toBeLessThan(columns);
    progress.clear();
  });
});
