/**
 * What happens when stdout or stderr cannot be written to. A reader that goes away early (`capplan … | head`) ends
 * the output without an error; a full disk is one line on stderr and exit code 2, not a stack trace.
 */
import fs from "node:fs";
import { describeError } from "./describe-error";
import { EXIT } from "./exit-codes";

/** Listens for write errors of the process from now on; the command runs to its end, so that its files are kept. */
export function watchOutputErrors(): void {
  const failed = new Set<string>();
  for (const [name, stream] of [
    ["stdout", process.stdout],
    ["stderr", process.stderr],
  ] as const) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || failed.has(name)) return;
      if (failed.size === 0) {
        // Last of all: the command itself may end with a result that nobody got.
        process.once("exit", () => {
          process.exitCode = EXIT.badInput;
        });
      }
      failed.add(name);
      if (name === "stdout")
        sayOnStderr(`error: stdout: ${describeError(error).lines.join(" ")}\n`);
    });
  }
}

/** Past the stream, whose own errors arrive here too; where stderr is gone as well, the exit code says it. */
function sayOnStderr(line: string): void {
  try {
    fs.writeSync(process.stderr.fd, line);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}
