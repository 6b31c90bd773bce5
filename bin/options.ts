/**
 * Readers of option values that several commands share. Each says what is allowed when it refuses, and
 * commander puts the option's name in front.
 */
import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "./describe-error";
import { formatByName } from "./format-by-name";
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

/**
 * Reads the address of a Redis. What is refused is not shown: it may hold a password, and one with signs that mean
 * something in an address is the likeliest mistake.
 */
export function redisUrlOption(text: string): string {
  if (isRedisUrl(text)) return text;
  throw new UsageError(
    "the address of Redis must be redis://HOST:PORT, or rediss:// for TLS, with USER:PASSWORD@ in front and /DB behind if needed",
    "in a user or password, write % as %25, # as %23, / as %2F, ? as %3F and @ as %40",
  );
}

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
  return (
    (protocol === "redis:" || protocol === "rediss:") &&
    hostname !== "" &&
    /^(\/\d*)?$/.test(pathname) &&
    // A client takes further settings from there, a password among them.
    search === "" &&
    hash === "" &&
    isEncoded(username) &&
    isEncoded(password)
  );
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

const RESULT_FORMATS: Readonly<Record<string, OutputFormat>> = {
  ".json": "json",
  ".md": "markdown",
  ".markdown": "markdown",
  ".txt": "table",
};

/** What to do about a file whose name says no format. */
export const FORMAT_HINT = "--output says the format of a file with any other name";

/** The same of a command with `--html FILE`. */
export const PAGE_HINT = `--html writes a page, and ${FORMAT_HINT}`;

/** Options as they are given: without `--output`, the name of `--out` says the format. */
export type WithoutFormat<Options extends { readonly output: OutputFormat }> = Omit<
  Options,
  "output"
> & { readonly output?: OutputFormat };

/**
 * The same options with the format in which the result is written.
 *
 * @param hint what to do about a name that says no format
 * @throws UsageError when the file's name says none: a table in a file that is named as a page helps nobody
 */
export function withFormat<T extends { readonly output?: OutputFormat; readonly out?: string }>(
  options: T,
  hint = FORMAT_HINT,
): T & { readonly output: OutputFormat } {
  return { ...options, output: options.output ?? formatOfFile(options.out, hint) };
}

function formatOfFile(file: string | undefined, hint: string): OutputFormat {
  if (file === undefined || path.extname(file) === "") return "table";
  return formatByName("--out", file, RESULT_FORMATS, hint);
}

/** Refuses a command line that would write two things to stdout. */
export function refuseTwoOnStdout(files: Readonly<Record<string, string | undefined>>): void {
  const onStdout = Object.entries(files).filter(([, file]) => file === "-");
  if (onStdout.length < 2) return;
  const names = onStdout.map(([name]) => name).join(" and ");
  throw new UsageError(`${names} cannot both be written to stdout`, "give one of them a file name");
}
