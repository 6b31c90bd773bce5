import { describe, expect, it } from "@jest/globals";
import { watchInterrupts } from "../../bin/interrupts";
import { memoryIo } from "../support/memory-io";

describe("watchInterrupts", () => {
  it("listens from the start, and stops the run at the first Ctrl-C", () => {
    const io = memoryIo();
    const interrupts = watchInterrupts(io, () => {});
    expect(interrupts.isInterrupted()).toBe(false);
    io.interrupt();
    expect(interrupts.isInterrupted()).toBe(true);
    expect(io.exits).toEqual([]);
  });

  it("cleans up and ends at once at the second Ctrl-C", () => {
    const io = memoryIo();
    let cleanUps = 0;
    watchInterrupts(io, () => {
      cleanUps++;
    });
    io.interrupt();
    expect(cleanUps).toBe(0);
    io.interrupt();
    expect(cleanUps).toBe(1);
    expect(io.exits).toEqual([130]);
  });

  it("ends as the first signal asks: 143 after SIGTERM", () => {
    const io = memoryIo();
    const interrupts = watchInterrupts(io, () => {});
    io.interrupt("SIGTERM");
    expect(interrupts.isInterrupted()).toBe(true);
    expect(interrupts.exitCode()).toBe(143);
    io.interrupt("SIGINT");
    expect(io.exits).toEqual([143]);
  });

  it("gives Ctrl-C back", () => {
    const io = memoryIo();
    const interrupts = watchInterrupts(io, () => {});
    expect(io.listenerCount()).toBe(1);
    interrupts.stop();
    expect(io.listenerCount()).toBe(0);
  });
});
