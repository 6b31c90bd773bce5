/**
 * The outside world of a command, in memory: what it writes is kept as text, the terminal is what the test
 * says, the clock moves only when it is read, and Ctrl-C is a call.
 */
import path from "node:path";
import type { InterruptSignal, Io, OutputStream } from "../../bin/io";

export interface MemoryIoOptions {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds that pass between two readings of the clock. */
  readonly clockStepMs?: number;
}

export interface MemoryIo extends Io {
  readonly stdoutText: () => string;
  readonly stderrText: () => string;
  /** Ctrl-C, or another signal. */
  readonly interrupt: (signal?: InterruptSignal) => void;
  /** Codes given to `exitNow`. */
  readonly exits: readonly number[];
  /** Listeners for Ctrl-C that are still there. */
  readonly listenerCount: () => number;
}

export function memoryIo(options: MemoryIoOptions = {}): MemoryIo {
  const out: string[] = [];
  const err: string[] = [];
  const listeners = new Set<(signal: InterruptSignal) => void>();
  const exits: number[] = [];
  let clockMs = 0;
  return {
    stdout: stream(out, options),
    stderr: stream(err, options),
    env: options.env ?? {},
    cwd: options.cwd ?? path.resolve(__dirname, "../.."),
    now() {
      clockMs += options.clockStepMs ?? 1;
      return clockMs;
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exitNow: (code) => exits.push(code),
    stdoutText: () => out.join(""),
    stderrText: () => err.join(""),
    interrupt: (signal = "SIGINT") => {
      for (const listener of [...listeners]) listener(signal);
    },
    exits,
    listenerCount: () => listeners.size,
  };
}

function stream(chunks: string[], options: MemoryIoOptions): OutputStream {
  return {
    write: (text) => chunks.push(text),
    isTTY: options.isTTY ?? false,
    columns: options.columns ?? 80,
  };
}
