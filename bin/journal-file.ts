/**
 * A journal on the disk: read once, then only appended to. What is appended is on the disk before anybody hears of it, so
 * that neither a kill nor a power failure loses a result that was counted.
 */
import fs from "node:fs";
import type { JournalFile } from "../planner/execution/journal";
import { UsageError } from "./describe-error";
import { type Io, resolvePath } from "./io";
import { checkWritable } from "./output-file";
import { unreadable } from "./read-text-file";

/**
 * @param name as given on the command line, relative to the working directory
 * @throws UsageError or PlannerError when it is no file, or cannot be written
 */
export function openJournalFile(io: Io, name: string): JournalFile {
  if (name === "-" || name === "") {
    throw new UsageError("--journal: a journal is a file, not a stream", "give a file name");
  }
  const target = resolvePath(io, name);
  if (checkWritable(name, target)?.isFile() === false) {
    throw unreadable(name, "is a device or a pipe, and a journal is a file");
  }
  const descriptor = fs.openSync(target, "a+");
  return {
    name,
    read: () => fs.readFileSync(descriptor, "utf8"),
    truncate: (bytes) => fs.ftruncateSync(descriptor, bytes),
    append(text) {
      fs.writeFileSync(descriptor, text);
      fs.fsyncSync(descriptor);
    },
    close: () => fs.closeSync(descriptor),
  };
}
