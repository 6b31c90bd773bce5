/**
 * Everything a command touches of the outside world, as one value that is passed in: streams, terminal,
 * environment, clock, working directory and Ctrl-C. Tests run commands with one made in memory
 * (test/support/memory-io.ts). Results go to `stdout`, everything else to `stderr`.
 */
import path from "node:path";

export interface OutputStream {
  write(text: string): unknown;
  readonly isTTY: boolean;
  /** Width of the terminal in characters; 80 when it is no terminal. */
  readonly columns: number;
}

/** Ctrl-C, or what `kill`, a cluster or a CI job sends to end a process. */
export type InterruptSignal = "SIGINT" | "SIGTERM";

export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path that relative file names are resolved against. */
  readonly cwd: string;
  /** Milliseconds since some fixed moment; for rates and time left, never for results. */
  now(): number;
  /** Calls `listener` at each Ctrl-C and each request to end (SIGTERM) until the returned function is called. */
  onInterrupt(listener: (signal: InterruptSignal) => void): () => void;
  /** Ends the process at once; only for a second signal. */
  exitNow(code: number): void;
}

/** Whether text for `stream` may carry colour: NO_COLOR wins, then FORCE_COLOR, then whether it is a terminal. */
export function hasColor(io: Io, stream: OutputStream): boolean {
  if (isSet(io.env["NO_COLOR"])) return false;
  const forced = io.env["FORCE_COLOR"];
  if (isSet(forced)) return forced !== "0" && forced !== "false";
  return stream.isTTY && io.env["TERM"] !== "dumb";
}

/** `file` as an absolute path; relative ones start at the working directory. */
export function resolvePath(io: Io, file: string): string {
  return path.resolve(io.cwd, file);
}

/** `file` as it is best shown to a person: relative to the working directory when it lies in it. */
export function displayPath(io: Io, file: string): string {
  const relative = path.relative(io.cwd, path.resolve(io.cwd, file));
  return relative === "" || relative.startsWith("..") || path.isAbsolute(relative)
    ? file
    : relative;
}

/** The real process. */
export function processIo(): Io {
  return {
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    now: () => performance.now(),
    onInterrupt(listener) {
      process.on("SIGINT", listener).on("SIGTERM", listener);
      return () => process.off("SIGINT", listener).off("SIGTERM", listener);
    },
    exitNow: (code) => process.exit(code),
  };
}

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  return {
    write: (text) => stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.isTTY && stream.columns > 0 ? stream.columns : 80;
    },
  };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
