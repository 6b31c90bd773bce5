/**
 * Readers of option values that several commands share. Each says what is allowed when it refuses, and
 * commander puts the option's name in front.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "./describe-error";
import { OUTPUT_FORMATS, type OutputFormat } from "./render-table";

/** Reads a whole number from `min` to `max`. */
export function integerOption(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text.trim()) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** Reads a number greater than 0. */
export function positiveOption(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError("It must be a number greater than 0.");
  }
  return value;
}

/** Collects the `path=value` of `--set`, which may be given many times; the scenario's reader checks them. */
export function overrideOption(text: string, earlier: readonly string[] = []): string[] {
  return [...earlier, text];
}

/** The option `--output`, which every command with a result has. */
export function outputOption(): Option {
  return new Option("--output <format>", "how the result is written")
    .choices(OUTPUT_FORMATS)
    .default("table");
}

/** The same for a command with `--out FILE`: without it, the name of the file decides. */
export function fileOutputOption(): Option {
  return new Option(
    "--output <format>",
    "how the result is written (default: what the name of --out says, or table)",
  ).choices(OUTPUT_FORMATS);
}

/** More threads than any machine has cores. */
export const JOBS_MAX = 256;

/**
 * Options of a command that runs many simulations: where they run, and what is kept of them (open-executor.ts).
 *
 * @param runs what they are called in the help: `cases`
 */
export function addExecutorOptions(command: Command, runs: string): Command {
  return command
    .option(
      "--jobs <n>",
      `${runs} run at once on this machine (default: one per core)`,
      integerOption(1, JOBS_MAX),
    )
    .addOption(
      new Option(
        "--executor <url>",
        `run ${runs} on every \`capplan worker\` of this Redis: redis://HOST:PORT/DB`,
      )
        .argParser(redisUrlOption)
        .conflicts("jobs"),
    )
    .option(
      "--journal <file>",
      "keep what is finished in a file, and go on from it when the command is run again",
    );
}

/** Reads the address of a Redis. */
export function redisUrlOption(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isRedis = url?.protocol === "redis:" || url?.protocol === "rediss:";
  if (url === undefined || !isRedis || url.hostname === "" || !/^(\/\d*)?$/.test(url.pathname)) {
    throw new InvalidArgumentError(
      "It must be redis://HOST:PORT, or rediss:// for TLS, with USER:PASSWORD@ in front and /DB behind if needed.",
    );
  }
  return text;
}

/** The format asked for, or the one that the name of the file suggests. */
export function outputFormat(
  given: OutputFormat | undefined,
  file: string | undefined,
): OutputFormat {
  if (given !== undefined) return given;
  if (file?.endsWith(".json") === true) return "json";
  return file?.endsWith(".md") === true ? "markdown" : "table";
}

/** Refuses a command line that would write two things to stdout. */
export function refuseTwoOnStdout(files: Readonly<Record<string, string | undefined>>): void {
  const onStdout = Object.entries(files).filter(([, file]) => file === "-");
  if (onStdout.length < 2) return;
  const names = onStdout.map(([name]) => name).join(" and ");
  throw new UsageError(`${names} cannot both be written to stdout`, "give one of them a file name");
}
