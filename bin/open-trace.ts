/**
 * Opens a trace file for the library's reader, and says plainly why it cannot be opened. The file
 * is streamed; `-` is not a file name here.
 */
import fs from "node:fs";
import { PlannerError } from "../planner/foundation/errors";
import type { TraceTable } from "../planner/scenario/trace-table";
import { type ReadTraceOptions, readTrace } from "../planner/traffic/trace/read-trace";
import { displayPath, type Io, resolvePath } from "./io";

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
  if (stat.isDirectory()) throw cannotOpen(source, "is a folder, not a file");
  const stream = fs.createReadStream(resolvePath(io, file), { highWaterMark: CHUNK_BYTES });
  try {
    return await readTrace(stream, { ...options, source });
  } catch (error) {
    throw systemProblem(error, source) ?? error;
  } finally {
    stream.destroy();
  }
}

function statFile(path: string, source: string): fs.Stats {
  try {
    return fs.statSync(path);
  } catch (error) {
    throw systemProblem(error, source) ?? error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "a part of the path is not a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "is a folder, not a file",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the file name is too long",
  EIO: "input/output error while reading",
};

function systemProblem(error: unknown, source: string): PlannerError | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  const reason = typeof code === "string" ? REASONS[code] : undefined;
  return reason === undefined ? undefined : cannotOpen(source, reason);
}

function cannotOpen(source: string, message: string): PlannerError {
  return new PlannerError([{ code: "unreadable-file", path: source, message }]);
}
