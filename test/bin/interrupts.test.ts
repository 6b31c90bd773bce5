import { describe, expect, it } from "@jest/globals";
import { watchInterrupts } from "../../bin/interrupts";
import { memoryIo } from "../support/memory-io";

describe("watchInterrupts", () => {
  it("leaves Ctrl-C to the system while nothing is finished", () => {
    const io = memoryIo();
    const interrupts = watchInterrupts(io, () => {});
    expect(interrupts.isInterrupted()).toBe(false);
    expect(io.listenerCount()).toBe(0);
  });

  it("stops the run before the next replication once one is finished", () => {
    const io = memoryIo();
    const interrupts = watchInterrupts(io, () => {});
    interrupts.isInterrupted();
    expect(interrupts.isInterrupted()).toBe(false);
    io.interrupt();
    expect(interrupts.isInterrupted()).toBe(true);
    expect(io.exits).toEqual([]);
  });

  it("cleans up and ends at once at the second Ctrl-C", () => {
    const io = memoryIo();
    let cleanUps = 0;
    const interrupts = watchInterrupts(io, () => {
      cleanUps++;
    });
    interrupts.isInterrupted();
    interrupts.isInterrupted();
    io.interrupt();
    expect(cleanUps).toBe(0);
    io.interrupt();
    expect(cleanUps).toBe(1);
    expect(io.exits).toEqual([130]);
  });

  it("gives Ctrl-C back", () => {
    const io = memoryIo();
    const interrupts = watchInterrupts(io, () => {});
    interrupts.isInterrupted();
    interrupts.isInterrupted();
    expect(io.listenerCount()).toBe(1);
    interrupts.stop();
    expect(io.listenerCount()).toBe(0);
  });
});
