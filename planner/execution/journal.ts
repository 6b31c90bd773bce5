/**
 * Results that are there already, by key of their job: in memory for as long as an executor lives, or in a file from which
 * a run goes on that was interrupted. The file holds one line of JSON for each result, after one that says what the file is
 * and which version wrote it. It may hold results of several scenarios and kinds of jobs, each line says of which.
 */
import { createHash } from "node:crypto";
import { PlannerError } from "../foundation/errors";
import type { JobKeys } from "./job-keys";

export interface Journal {
  /** Text of the result, as `plainText` makes it. */
  get(key: string): string | undefined;
  /** A file has it when this returns. */
  put(key: string, resultText: string): void;
  close(): void;
}

/** A file that a journal is kept in. */
export interface JournalFile {
  /** For messages. */
  readonly name: string;
  read(): string;
  /** Cuts the file off after so many bytes. */
  truncate(bytes: number): void;
  /** What is appended is on the disk when this returns. */
  append(text: string): void;
  close(): void;
}

const FORMAT = 2;
const CONTEXT_DIGITS = 16;
/** Enough to find what a disk or a hand has changed. */
const DIGEST_DIGITS = 16;

interface Line {
  readonly key: string;
  readonly context: string;
  readonly resultText: string;
}

export function memoryJournal(): Journal {
  const results = new Map<string, string>();
  return {
    get: (key) => results.get(key),
    put: (key, resultText) => results.set(key, resultText),
    close: () => {},
  };
}

export class FileJournal implements Journal {
  /** Results of other contexts, which are kept in the file and not used. */
  readonly others: number;
  private readonly results: Map<string, string>;

  private constructor(
    private readonly file: JournalFile,
    private readonly context: string,
    lines: readonly Line[],
  ) {
    const own = lines.filter((line) => line.context === context);
    this.others = lines.length - own.length;
    this.results = new Map(own.map(({ key, resultText }) => [key, resultText]));
  }

  /**
   * Opens the journal of a file, which may be empty. The end of a line that was cut off by a crash is dropped.
   *
   * @throws PlannerError when the file is no journal, is damaged, or was written by another version
   */
  static open(file: JournalFile, keys: JobKeys): FileJournal {
    const text = file.read();
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const [head, ...lines] = whole.split("\n").slice(0, -1);
    const ownHead = headLine(keys.version);
    // Without a whole line it is empty, its first write was cut off, or it is somebody's file.
    if (head === undefined && !ownHead.startsWith(text)) throw noJournal(file);
    if (head !== undefined) checkHead(file, head, keys.version);
    if (whole.length < text.length) file.truncate(Buffer.byteLength(whole));
    if (head === undefined) file.append(ownHead);
    const parsed = lines.map((line, index) => parseLine(file, line, index + 2));
    return new FileJournal(file, keys.context.digest.slice(0, CONTEXT_DIGITS), parsed);
  }

  /** Results that jobs of this context can be answered with. */
  get size(): number {
    return this.results.size;
  }

  get(key: string): string | undefined {
    return this.results.get(key);
  }

  put(key: string, resultText: string): void {
    const { context } = this;
    const head = `{"key":${JSON.stringify(key)},"context":"${context}","digest":"${digestOf(resultText)}"`;
    this.file.append(`${head},"result":${resultText}}\n`);
    this.results.set(key, resultText);
  }

  close(): void {
    this.file.close();
  }
}

function headLine(version: string): string {
  return `${JSON.stringify({ capplanJournal: FORMAT, version })}\n`;
}

function checkHead(file: JournalFile, line: string, version: string): void {
  const head = parsed(line) as { capplanJournal?: unknown; version?: unknown } | undefined;
  if (head?.capplanJournal === undefined) throw noJournal(file);
  if (head.capplanJournal === FORMAT && head.version === version) return;
  throw new PlannerError([
    {
      code: "conflict",
      path: file.name,
      message: `is a journal of ${typeof head.version === "string" ? `capplan ${head.version}` : "an unknown version"} in format ${String(head.capplanJournal)}, and this is capplan ${version} with format ${FORMAT}: results may differ`,
      hint: "delete it, or name another file",
    },
  ]);
}

function parseLine(file: JournalFile, line: string, number: number): Line {
  const content = parsed(line) as Readonly<Record<string, unknown>> | undefined;
  const { key, context, digest, result } = content ?? {};
  const resultText = JSON.stringify(result ?? null);
  if (typeof key !== "string" || typeof context !== "string" || digest !== digestOf(resultText)) {
    throw new PlannerError([
      {
        code: "malformed-row",
        path: `${file.name}:${number}`,
        message: "is not a line of a journal, or not as it was written",
        hint: "delete the line, and its job is run again",
      },
    ]);
  }
  return { key, context, resultText };
}

/** Of the text that `plainText` makes: parsed and written again it is the same. */
function digestOf(resultText: string): string {
  return createHash("sha256").update(resultText).digest("hex").slice(0, DIGEST_DIGITS);
}

/** undefined when it is no JSON object. */
function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function noJournal(file: JournalFile): PlannerError {
  return new PlannerError([
    {
      code: "conflict",
      path: file.name,
      message: "is there, and is not a journal",
      hint: "name another file",
    },
  ]);
}
