/** Runs one command line in memory and says what came of it. */
import { runCapplan } from "../../bin/program";
import { type MemoryIo, type MemoryIoOptions, memoryIo } from "./memory-io";

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCommand(
  argv: readonly string[],
  options: MemoryIoOptions = {},
): Promise<CommandResult> {
  return await runCommandIn(memoryIo(options), argv);
}

export async function runCommandIn(io: MemoryIo, argv: readonly string[]): Promise<CommandResult> {
  const exitCode = await runCapplan(argv, io);
  return { exitCode, stdout: io.stdoutText(), stderr: io.stderrText() };
}
