/**
 * A file that appears whole or not at all: text goes to a temporary file beside the target, which takes the
 * target's place on `commit`. Opened before the work starts, so that a target that cannot be written is
 * known at once; an existing file keeps its content until then. `-` is stdout.
 */
import fs from "node:fs";
import path from "node:path";
import { type Io, resolvePath } from "./io";
import { unreadable, withFileName } from "./read-text-file";
import { isSystemError } from "./system-error";

export interface OutputFile {
  /** Text is buffered; it is in the file after `commit`. */
  write(text: string): void;
  /** Remembers this place for `rewind`. */
  mark(): void;
  /** Takes back what was written since `mark`; false where that cannot be, as on stdout. */
  rewind(): boolean;
  /** Puts the file in its place. */
  commit(): void;
  /** Leaves everything as it was. Does nothing after `commit`. */
  discard(): void;
}

/** Several files that appear together, or not at all. */
export class OutputFiles {
  private readonly files: OutputFile[] = [];

  add(file: OutputFile): OutputFile {
    this.files.push(file);
    return file;
  }

  commit(): void {
    for (const file of this.files) file.commit();
  }

  /** Does nothing after `commit`. */
  discard(): void {
    for (const file of this.files) file.discard();
  }
}

const BUFFER_CHARACTERS = 1 << 16;

/**
 * @param file name as given on the command line, relative to the working directory
 * @throws PlannerError when the target is a folder, its folder is missing, or either is read-only
 */
export function openOutputFile(io: Io, file: string): OutputFile {
  if (file === "-") return stdoutFile(io);
  if (file === "") throw unreadable(file, "the file name is empty");
  const target = followLink(resolvePath(io, file));
  const existing = checkWritable(file, target);
  // A device or a pipe (/dev/null, /dev/fd/3) cannot be replaced: it is written to as it is.
  const isSpecial = existing !== undefined && !existing.isFile();
  return isSpecial
    ? new DirectFile(file, fs.openSync(target, "w"))
    : new ReplacingFile(file, target, existing?.mode);
}

/**
 * @param file name as given, for messages
 * @param target where it lies
 * @returns the file that is there already
 * @throws PlannerError when no file can be written there
 */
export function checkWritable(file: string, target: string): fs.Stats | undefined {
  const existing = fs.statSync(target, { throwIfNoEntry: false });
  if (existing?.isDirectory() === true) {
    throw unreadable(file, "is a folder, not a file", "give a file name in it");
  }
  const folder = path.dirname(target);
  const folderStat = fs.statSync(folder, { throwIfNoEntry: false });
  if (folderStat === undefined) {
    throw unreadable(file, "cannot be written: its folder does not exist", "create it first");
  }
  if (!folderStat.isDirectory()) {
    throw unreadable(file, "cannot be written: a part of the path is not a folder");
  }
  if (existing !== undefined && !isWritable(target)) throw unreadable(file, "is read-only");
  if (existing === undefined && !isWritable(folder)) {
    throw unreadable(file, "cannot be written: its folder is read-only");
  }
  return existing;
}

/** The file behind a symbolic link, so that the link stays a link. */
function followLink(target: string): string {
  return fs.lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true &&
    fs.existsSync(target)
    ? fs.realpathSync(target)
    : target;
}

function isWritable(target: string): boolean {
  try {
    fs.accessSync(target, fs.constants.W_OK);
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function stdoutFile(io: Io): OutputFile {
  return {
    write: (text) => io.stdout.write(text),
    mark: () => {},
    rewind: () => false,
    commit: () => {},
    discard: () => {},
  };
}

class DirectFile implements OutputFile {
  protected readonly descriptor: number;
  private buffer = "";
  protected isOpen = true;

  /** @param file name as given, for messages */
  constructor(
    protected readonly file: string,
    descriptor: number,
  ) {
    this.descriptor = descriptor;
  }

  write(text: string): void {
    this.buffer += text;
    if (this.buffer.length >= BUFFER_CHARACTERS) this.flush();
  }

  mark(): void {}

  rewind(): boolean {
    return false;
  }

  commit(): void {
    this.flush();
    this.close();
  }

  discard(): void {
    this.close();
  }

  protected flush(): void {
    try {
      fs.writeFileSync(this.descriptor, this.buffer);
    } catch (error) {
      // The error of an open file does not say which file it is.
      throw withFileName(error, this.file);
    }
    this.buffer = "";
  }

  protected close(): void {
    if (this.isOpen) fs.closeSync(this.descriptor);
    this.isOpen = false;
  }
}

class ReplacingFile extends DirectFile {
  private readonly target: string;
  private readonly temporary: string;
  private markedBytes = 0;

  constructor(file: string, target: string, mode: number | undefined) {
    const temporary = path.join(
      path.dirname(target),
      `.${path.basename(target)}.${process.pid}.partial`,
    );
    super(file, fs.openSync(temporary, "w", mode));
    this.target = target;
    this.temporary = temporary;
  }

  override mark(): void {
    this.flush();
    this.markedBytes = fs.fstatSync(this.descriptor).size;
  }

  override rewind(): boolean {
    this.flush();
    fs.ftruncateSync(this.descriptor, this.markedBytes);
    return true;
  }

  override commit(): void {
    super.commit();
    try {
      fs.renameSync(this.temporary, this.target);
    } catch (error) {
      fs.rmSync(this.temporary, { force: true });
      throw withFileName(error, this.file);
    }
  }

  override discard(): void {
    if (!this.isOpen) return;
    super.discard();
    fs.rmSync(this.temporary, { force: true });
  }
}
