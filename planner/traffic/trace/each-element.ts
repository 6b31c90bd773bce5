/**
 * Splits the bytes of one JSON array into the texts of its elements, streaming. Only quotes, brackets and commas are
 * looked at; whether an element is good JSON is for who takes it to say. The length of an element is bounded, so that
 * an array with a quote too few ends in one clear message and not in all memory.
 */
import { PlannerError, type Problem } from "../../foundation/errors";
import type { Chunks } from "./byte-stream";

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** An element, the line that it begins on, and its number in the array; both from 1. */
type TakeElement = (text: string, line: number, number: number) => void;

/**
 * Calls `take` with each element; one that is missing between commas is an empty text.
 * @param chunks - bytes whose first that is no blank is the opening bracket
 * @throws PlannerError when an element is longer than `elementBytesMax`, or the array does not end, or not last
 */
export async function eachElement(
  chunks: Chunks,
  source: string,
  elementBytesMax: number,
  take: TakeElement,
): Promise<void> {
  const splitter = new ArraySplitter(source, elementBytesMax, take);
  for await (const chunk of chunks) {
    splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }
  splitter.end();
}

class ArraySplitter {
  private place: "before" | "inside" | "after" = "before";
  /** Brackets that are open inside the element. */
  private depth = 0;
  private isInString = false;
  private isEscaped = false;
  private line = 1;
  private number = 1;
  /** Where the element begins that is being read; 0 when only blanks of it were seen. */
  private elementLine = 0;
  private pieces: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly source: string,
    private readonly elementBytesMax: number,
    private readonly take: TakeElement,
  ) {}

  push(buffer: Buffer): void {
    let start = 0;
    for (let i = 0; i < buffer.length; i++) {
      const byte = buffer[i]!;
      if (byte === LINE_FEED) this.line++;
      if (this.isInString) {
        this.passInString(byte);
      } else if (byte <= SPACE) {
        // Blanks begin and end nothing.
      } else if (this.place === "inside") {
        if (this.depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) {
          this.flush(buffer.subarray(start, i), byte === CLOSE_BRACKET);
          start = i + 1;
        } else {
          this.pass(byte);
        }
      } else if (this.place === "before") {
        this.place = "inside";
        start = i + 1;
      } else {
        throw this.problem("text follows the end of the array", this.line);
      }
    }
    if (this.place === "inside") this.keep(buffer.subarray(start));
  }

  end(): void {
    if (this.place === "after") return;
    const message =
      "the array does not end: the file is truncated, or a bracket or quote is missing";
    throw this.problem(message, this.elementLine === 0 ? this.line : this.elementLine);
  }

  private passInString(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === BACKSLASH) this.isEscaped = true;
    else if (byte === QUOTE) this.isInString = false;
  }

  private pass(byte: number): void {
    if (this.elementLine === 0) this.elementLine = this.line;
    if (byte === QUOTE) this.isInString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.depth++;
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && this.depth > 0) this.depth--;
  }

  private flush(rest: Buffer, isLast: boolean): void {
    this.keep(rest);
    // An array may be empty, but not end with a comma.
    const isEmptyArray = isLast && this.number === 1 && this.elementLine === 0;
    if (!isEmptyArray) {
      const [first = rest, ...others] = this.pieces;
      const whole = others.length === 0 ? first : Buffer.concat(this.pieces);
      const text = whole.toString("utf8");
      this.take(text, this.elementLine === 0 ? this.line : this.elementLine, this.number);
    }
    this.number++;
    this.elementLine = 0;
    this.pieces = [];
    this.bytes = 0;
    if (isLast) this.place = "after";
  }

  private keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.bytes += piece.length;
    if (this.bytes <= this.elementBytesMax) return;
    const message = `element ${this.number} of the array is longer than ${this.elementBytesMax / 2 ** 20} MiB; a dataset has one conversation per element`;
    throw this.problem(message, this.elementLine === 0 ? this.line : this.elementLine);
  }

  private problem(message: string, line: number): PlannerError {
    const problem: Problem = { code: "malformed-row", path: `${this.source}:${line}`, message };
    return new PlannerError([problem]);
  }
}
