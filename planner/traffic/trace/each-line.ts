/**
 * Splits bytes into lines, streaming. The length of a line is bounded, so that a file without line
 * feeds ends in one clear message and not in all memory.
 */
import { PlannerError } from "../../foundation/errors";
import type { Chunks } from "./byte-stream";

const LINE_FEED = 0x0a;

/**
 * Calls `take` with each line, without its line feed, and its number from 1.
 * @throws PlannerError when a line is longer than `lineBytesMax`
 */
export async function eachLine(
  chunks: Chunks,
  source: string,
  lineBytesMax: number,
  take: (text: string, line: number) => void,
): Promise<void> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  let line = 1;
  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = buffer.indexOf(LINE_FEED); end >= 0; end = buffer.indexOf(LINE_FEED, start)) {
      if (bytes + end - start > lineBytesMax) throw lineTooLong(source, line, lineBytesMax);
      if (bytes === 0) {
        take(buffer.toString("utf8", start, end), line);
      } else {
        pieces.push(buffer.subarray(start, end));
        take(Buffer.concat(pieces).toString("utf8"), line);
        pieces = [];
        bytes = 0;
      }
      line++;
      start = end + 1;
    }
    if (start === buffer.length) continue;
    pieces.push(buffer.subarray(start));
    bytes += buffer.length - start;
    if (bytes > lineBytesMax) throw lineTooLong(source, line, lineBytesMax);
  }
  if (bytes > 0) take(Buffer.concat(pieces).toString("utf8"), line);
}

function lineTooLong(source: string, line: number, lineBytesMax: number): PlannerError {
  const message = `the line is longer than ${lineBytesMax / 2 ** 20} MiB; a trace has one request per line`;
  return new PlannerError([{ code: "malformed-row", path: `${source}:${line}`, message }]);
}
