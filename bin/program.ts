/**
 * The commands of `capplan` and how a command line is run: commander for the grammar, one line for each
 * error, and an exit code. Only the command that is asked for is loaded: start-up time is part of the answer
 * time.
 */
import { Command, CommanderError } from "commander";
import { reportError } from "./describe-error";
import { EndWith } from "./end-with";
import { EXIT, type ExitCode } from "./exit-codes";
import type { Io } from "./io";
import { packageVersion } from "./package-root";

/** Adds options, arguments and the action to a command. */
type ConfigureCommand = (command: Command, io: Io) => void;

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => ConfigureCommand;
}

/** In the order of a planner's work, which is the order of the help. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: "init",
    summary: "write a commented scenario to start from",
    load: () => (require("./commands/init") as typeof import("./commands/init")).configureInit,
  },
  {
    name: "validate",
    summary: "check a scenario and print every value it resolves to",
    load: () =>
      (require("./commands/validate") as typeof import("./commands/validate")).configureValidate,
  },
  {
    name: "simulate",
    summary: "show what a fleet does under its traffic",
    load: () =>
      (require("./commands/simulate") as typeof import("./commands/simulate")).configureSimulate,
  },
  {
    name: "size",
    summary: "find the cheapest fleet that keeps its promises, and write its plan",
    load: () => (require("./commands/size") as typeof import("./commands/size")).configureSize,
  },
  {
    name: "stress",
    summary: "try a fleet against overload and failures before it is deployed",
    load: () =>
      (require("./commands/stress") as typeof import("./commands/stress")).configureStress,
  },
  {
    name: "diff",
    summary: "show what changed between two plans, what it costs, and why",
    load: () => (require("./commands/diff") as typeof import("./commands/diff")).configureDiff,
  },
  {
    name: "stacks",
    summary: "write the Pulumi stack configuration files that deploy a plan",
    load: () =>
      (require("./commands/stacks") as typeof import("./commands/stacks")).configureStacks,
  },
  {
    name: "worker",
    summary: "run simulations that other machines ask for through Redis",
    load: () =>
      (require("./commands/worker") as typeof import("./commands/worker")).configureWorker,
  },
  {
    name: "trace",
    summary: "look into a request trace, or fit a workload to it",
    load: () => (require("./commands/trace") as typeof import("./commands/trace")).configureTrace,
  },
  {
    name: "catalog",
    summary: "list accelerators, models, instance types, regions and profiles",
    load: () =>
      (require("./commands/catalog") as typeof import("./commands/catalog")).configureCatalog,
  },
  {
    name: "schema",
    summary: "print the JSON Schema of a scenario, a result or a plan",
    load: () =>
      (require("./commands/schema") as typeof import("./commands/schema")).configureSchema,
  },
];

/** Runs one command line; every error is on stderr when the promise resolves. It never rejects. */
export async function runCapplan(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    await createProgram(io, argv).parseAsync(argv, { from: "user" });
    return EXIT.success;
  } catch (error) {
    if (error instanceof EndWith) return error.exitCode;
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.success : EXIT.badInput;
    }
    return reportError(error, io);
  }
}

/**
 * The program with all its commands.
 *
 * @param argv when given, only the command it names is loaded; the others are known by name and summary
 */
export function createProgram(io: Io, argv?: readonly string[]): Command {
  const program = new Command("capplan");
  program
    .description(
      "Capacity planner for serving language models on GPUs: the fleet that is simulated is the fleet that is deployed.",
    )
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) =>
        write(oneLineUsageError(text, () => commandNames(program, argv))),
    })
    .addHelpText("after", HELP_END);
  const wanted = wantedCommands(argv);
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.summary);
    if (wanted === undefined || wanted.has(entry.name)) entry.load()(command, io);
  }
  return program;
}

const HELP_END = `
Exit codes: 0 done, 1 bug, 2 bad usage or input, 3 no feasible plan,
4 a check failed (of size; with --fail-on-slo, --fail-on, --exit-code),
130 interrupted, 143 terminated.

Start with:
  capplan init        write ./capplan.yaml
  capplan simulate    run it`;

/** Words of the command line before the options of the command: `help simulate`, `--version`, `trace inspect`. */
function wantedCommands(argv: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return argv === undefined ? undefined : new Set(argv.filter((word) => !word.startsWith("-")));
}

/** The commands that the first word could be followed by, or that it could have been. */
function commandNames(program: Command, argv: readonly string[] = []): string[] {
  const parent = program.commands.find(
    (command) => command.name() === argv[0] && command.commands.length > 0,
  );
  return (parent ?? program).commands.map((command) => command.name());
}

/** Commander writes its suggestion on a line of its own; here an error is one line, hint last. */
function oneLineUsageError(text: string, commands: () => readonly string[]): string {
  const [message = "", ...rest] = text.trim().split("\n");
  const suggestion = rest
    .join(" ")
    .trim()
    .replace(/^\((.*)\)$/, "$1")
    .replace(/^Did you mean/, "did you mean");
  const isUnknownCommand = suggestion === "" && message.startsWith("error: unknown command");
  const hint = isUnknownCommand ? `the commands are ${commands().join(", ")}` : suggestion;
  const sentence = message
    .replace(/\.$/, "")
    .replace(/\. (\S)/, (_, first: string) => `; ${first.toLowerCase()}`);
  return hint === "" ? `${sentence}\n` : `${sentence}; ${hint}\n`;
}
