/**
 * `capplan trace inspect` shows what is in a request trace; `capplan trace fit` writes the workload
 * that generates traffic like it. Options here, everything else in the library.
 */
import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { findModel } from "../../planner/catalog/lookup";
import { fitYaml } from "../../planner/report/trace/fit-yaml";
import { inspectionReport } from "../../planner/report/trace/inspection-report";
import { wrapWords } from "../../planner/report/wrap-words";
import type { TraceTable } from "../../planner/scenario/trace-table";
import { fitTrace, type TraceFit } from "../../planner/traffic/trace/fit-trace";
import { TRACE_FORMAT_NAMES } from "../../planner/traffic/trace/formats/all-formats";
import {
  type ColumnMapping,
  TIME_UNITS,
  type TimeUnit,
  type TraceFormatName,
} from "../../planner/traffic/trace/formats/trace-format";
import { inspectTrace } from "../../planner/traffic/trace/inspect-trace";
import { UsageError } from "../describe-error";
import { formatByName } from "../format-by-name";
import type { Io } from "../io";
import { openTrace } from "../open-trace";
import { FORMAT_HINT, outputOption } from "../options";
import { type OutputFile, openOutputFile } from "../output-file";
import { refuseOverwriting } from "../refuse-overwriting";
import { type OutputFormat, renderAs, renderJson } from "../render-table";

interface ReadingOptions {
  readonly format?: TraceFormatName;
  readonly columns?: Omit<ColumnMapping, "timeUnit">;
  readonly timeUnit?: TimeUnit;
  readonly skipMalformed?: boolean;
  readonly sort?: boolean;
}

interface InspectOptions extends ReadingOptions {
  readonly output: OutputFormat;
  readonly html?: string;
}

interface FitOptions extends ReadingOptions {
  readonly output?: "yaml" | "json";
  readonly out?: string;
  readonly model?: string;
}

export function configureTrace(command: Command, io: Io): void {
  command.addHelpText("after", FORMATS_HELP);
  withReadingOptions(
    command
      .command("inspect")
      .description("show load, lengths, burstiness and prefix reuse of a trace")
      .argument(
        "<file>",
        "trace: CSV, JSON lines, a vllm bench result or dataset, plain or gzipped",
      ),
  )
    .addOption(outputOption())
    .option("--html <file>", "also write a page with charts")
    .action((file: string, options: InspectOptions) => showInspection(file, options, io));
  withReadingOptions(
    command
      .command("fit")
      .description("write the workload that generates traffic like a trace, and how like it is")
      .argument("<file>", "trace, as for inspect"),
  )
    .addOption(
      new Option(
        "--output <format>",
        "how the workload is written (default: what the name of --out says, or yaml)",
      ).choices(["yaml", "json"]),
    )
    .option("--out <file>", "write to a file instead of stdout")
    .option("--model <name>", "model to write into the workload; no trace tells it")
    .action((file: string, options: FitOptions) => writeFit(file, options, io));
}

const FORMATS = `Formats, recognised by their columns or keys: ${TRACE_FORMAT_NAMES.join(", ")}. Any other CSV or JSON lines: --columns.`;

const FORMATS_HELP = `
${wrapWords(FORMATS, 80).join("\n")}

Examples:
  capplan trace inspect conversation.csv.gz --html conversation.html
  capplan trace fit my.csv --columns arrival=ts,input=in,output=out`;

function withReadingOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <name>", "format, instead of recognising it").choices(
        TRACE_FORMAT_NAMES,
      ),
    )
    .addOption(
      new Option(
        "--columns <mapping>",
        "columns of your own: arrival=NAME,input=NAME,output=NAME (arrival may be left out)",
      ).argParser(columnsOption),
    )
    .addOption(
      new Option("--time-unit <unit>", "unit of the arrival column (default: s)").choices(
        TIME_UNITS,
      ),
    )
    .option("--skip-malformed", "leave malformed rows out and count them, instead of refusing")
    .option("--sort", "put arrivals in order, instead of refusing");
}

/** Reads `arrival=ts,input=in_tok,output=out_tok`. */
function columnsOption(text: string): Omit<ColumnMapping, "timeUnit"> {
  const parts = text.split(",").map((part) => {
    const at = part.indexOf("=");
    return { key: part.slice(0, Math.max(0, at)).trim(), name: part.slice(at + 1).trim() };
  });
  const wrong = parts.find(
    ({ key, name }) => !["arrival", "input", "output"].includes(key) || name === "",
  );
  const keys = parts.map(({ key }) => key);
  const column = (wanted: string) => parts.find(({ key }) => key === wanted)?.name;
  const arrival = column("arrival");
  const input = column("input");
  const output = column("output");
  const isTwice = new Set(keys).size < keys.length;
  if (wrong !== undefined || isTwice || input === undefined || output === undefined) {
    throw new InvalidArgumentError(
      "It must be arrival=NAME,input=NAME,output=NAME, each once; arrival may be left out.",
    );
  }
  return { ...(arrival === undefined ? {} : { arrival }), input, output };
}

function readFile(file: string, options: ReadingOptions, io: Io): Promise<TraceTable> {
  const { columns, timeUnit, format } = options;
  if (columns !== undefined && format !== undefined) {
    throw new UsageError("--columns and --format exclude each other", "give one of them");
  }
  if (timeUnit !== undefined && columns?.arrival === undefined) {
    throw new UsageError("--time-unit needs --columns with an arrival", "add arrival=NAME to it");
  }
  const mapping: ColumnMapping | undefined =
    columns === undefined
      ? undefined
      : { ...columns, ...(timeUnit === undefined ? {} : { timeUnit }) };
  return openTrace(io, file, {
    format,
    columns: mapping,
    skipMalformed: options.skipMalformed ?? false,
    sort: options.sort ?? false,
  });
}

async function showInspection(file: string, options: InspectOptions, io: Io): Promise<void> {
  refuseOverwriting(io, { "--html": options.html }, [{ file, role: "the trace itself" }]);
  // Opened first: a page that cannot be written is known before a long read.
  const page = options.html === undefined ? undefined : openOutputFile(io, options.html);
  await writing(page, async () => {
    const trace = await readFile(file, options, io);
    const inspection = inspectTrace(trace);
    if (page !== undefined) {
      const { traceInspectionPage } =
        require("../../planner/report/html/trace-page") as typeof import("../../planner/report/html/trace-page");
      page.write(traceInspectionPage(trace, inspection));
    }
    if (options.html === "-") return;
    const report = () => inspectionReport(inspection, undefined);
    const data = () => ({ schemaVersion: 1, ...inspection });
    io.stdout.write(renderAs(options.output, { report, data }, io));
  });
  if (options.html !== undefined && options.html !== "-") {
    io.stderr.write(`wrote ${options.html}\n`);
  }
}

async function writeFit(file: string, options: FitOptions, io: Io): Promise<void> {
  refuseOverwriting(io, { "--out": options.out }, [{ file, role: "the trace itself" }]);
  const model = options.model === undefined ? undefined : knownModel(options.model);
  const format = options.output ?? fitFormat(options.out);
  const out = openOutputFile(io, options.out ?? "-");
  await writing(out, async () => {
    const trace = await readFile(file, options, io);
    const fitted = fitTrace(trace);
    const text =
      format === "json"
        ? fitJson(fitted, model)
        : fitYaml(fitted, { name: workloadName(file), model });
    out.write(text);
  });
  if (options.out !== undefined && options.out !== "-") io.stderr.write(`wrote ${options.out}\n`);
}

function fitFormat(file: string | undefined): "yaml" | "json" {
  if (file === undefined || path.extname(file) === "") return "yaml";
  const formats = { ".yaml": "yaml", ".yml": "yaml", ".json": "json" } as const;
  return formatByName("--out", file, formats, FORMAT_HINT);
}

async function writing(file: OutputFile | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    file?.commit();
  } catch (error) {
    file?.discard();
    throw error;
  }
}

function fitJson({ workload, goodness }: TraceFit, model: string | undefined): string {
  const named = model === undefined ? {} : { model };
  return renderJson({ schemaVersion: 1, workload: { ...named, ...workload }, goodness });
}

/** The model's name in the catalog: a workload with another one could not be simulated. */
function knownModel(name: string): string {
  const model = findModel(name);
  if (model.found) return model.row.name;
  throw new UsageError(
    `--model: unknown model "${name}"`,
    model.hint ?? "`capplan catalog models` lists them",
  );
}

/** A name for the workload: the file's, in the characters that names have. */
function workloadName(file: string): string {
  const base = path.basename(file).replace(/(\.(csv|jsonl?|gz|txt|tsv))+$/i, "");
  const name = base
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return /^[a-z]/.test(name) ? name : `trace-${name}`.replace(/-$/, "");
}
