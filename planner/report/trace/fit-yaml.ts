/**
 * A fitted workload as the YAML a person would write: what fits a line stands on one line, and long
 * lists of quantiles or steps fill lines. YAML libraries give each of them a line of its own.
 * For plain keys, numbers, and strings without YAML's special characters, which is what a fit holds.
 */
import { stringify } from "yaml";
import type { TraceFit } from "../../traffic/trace/fit-trace";
import { describeFit } from "./fit-report";

const COLUMNS = 80;

export interface FitYamlOptions {
  /** Key of the workload. */
  readonly name: string;
  /** Undefined leaves a comment in its place: no trace tells the model. */
  readonly model: string | undefined;
}

/** The goodness of fit as comments, and below it `workloads` with the one workload. */
export function fitYaml(fit: TraceFit, options: FitYamlOptions): string {
  const { arrivals } = fit.workload;
  const lines = [
    ...describeFit(fit).map((line) => `# ${line}`.trimEnd()),
    "",
    "workloads:",
    `  ${options.name}:`,
    options.model === undefined
      ? "    # model: add the model (capplan catalog models)"
      : `    model: ${stringify(options.model).trim()}`,
    ...(arrivals === undefined ? [`    # arrivals: add them; ${whyNoArrivals(fit)}`] : []),
    ...writeEntries(fit.workload, 4),
  ];
  return `${lines.join("\n")}\n`;
}

/** What a rate cannot be fitted to. */
function whyNoArrivals({ inspection }: TraceFit): string {
  if (!inspection.hasArrivals) return "this is a list of lengths";
  return inspection.requests === 1
    ? "one request has no rate"
    : "all requests arrive at one time, which is no rate";
}

type Entries = Readonly<Record<string, unknown>>;

function isEntries(value: unknown): value is Entries {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function writeEntries(entries: object, indent: number): string[] {
  return Object.entries(entries).flatMap(([key, value]) => {
    const margin = " ".repeat(indent);
    const line = `${margin}${key}: ${flow(value)}`;
    if (line.length <= COLUMNS) return [line];
    // A map of maps opens up; a list, or a map of plain values, fills lines.
    const isLeaf =
      Array.isArray(value) || !isEntries(value) || !Object.values(value).some(isNested);
    if (!isLeaf) return [`${margin}${key}:`, ...writeEntries(value, indent + 2)];
    return [`${margin}${key}: ${Array.isArray(value) ? "[" : "{"}`, ...filled(value, indent)];
  });
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** The items of a list or map on as few lines as they need; the last ends with the closing bracket. */
function filled(value: unknown, indent: number): string[] {
  const items = Array.isArray(value)
    ? value.map(flow)
    : Object.entries(value as Entries).map(([key, one]) => `${key}: ${flow(one)}`);
  const close = Array.isArray(value) ? " ]" : " }";
  const margin = " ".repeat(indent + 2);
  const lines: string[] = [];
  let line = margin;
  items.forEach((item, i) => {
    const text = `${item}${i === items.length - 1 ? close : ","}`;
    if (line !== margin && line.length + 1 + text.length > COLUMNS) {
      lines.push(line);
      line = margin;
    }
    line += line === margin ? text : ` ${text}`;
  });
  return [...lines, line];
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (!isEntries(value)) return String(value);
  const pairs = Object.entries(value).map(([key, one]) => `${key}: ${flow(one)}`);
  return `{ ${pairs.join(", ")} }`;
}
