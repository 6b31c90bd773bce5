/**
 * Opens a trace file for the library's reader, and says plainly why it cannot be opened. The file
 * is streamed; `-` is not a file name here.
 */
import fs from "node:fs";
import type { TraceTable } from "../planner/scenario/trace-table";
import { type ReadTraceOptions, readTrace } from "../planner/traffic/trace/read-trace";
import { displayPath, type Io, resolvePath } from "./io";
import { unreadable, withFileName } from "./read-text-file";

/** Bytes read at a time: larger than the default, for files of gigabytes. */
const CHUNK_BYTES = 1 << 18;

/**
 * Reads the trace in `file`, named as on the command line.
 * @throws PlannerError when the file cannot be opened or is no good trace
 */
export async function openTrace(
  io: Io,
  file: string,
  options: Omit<ReadTraceOptions, "source"> = {},
): Promise<TraceTable> {
  const source = displayPath(io, file);
  const stat = statFile(resolvePath(io, file), source);
  if (stat.isDirectory()) throw unreadable(source, "is a folder, not a file");
  const stream = fs.createReadStream(resolvePath(io, file), { highWaterMark: CHUNK_BYTES });
  try {
    return await readTrace(stream, { ...options, source });
  } catch (error) {
    throw withFileName(error, source);
  } finally {
    stream.destroy();
  }
}

function statFile(path: string, source: string): fs.Stats {
  try {
    return fs.statSync(path);
  } catch (error) {
    throw withFileName(error, source);
  }
}
