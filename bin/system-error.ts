/**
 * Errors of the file system in words: those that say something about the user's files and machine, not about
 * this program.
 */
import { isNativeError } from "node:util/types";

export interface SystemError extends Error {
  readonly code: string;
  /** The file, as it was opened; an error of reading or writing an open file has none. */
  readonly path?: string;
}

const MESSAGES: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "a part of the path is not a folder",
  ENOSPC: "no space left on device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be too large",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  EEXIST: "already exists",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the file name is too long",
  EIO: "input/output error",
};

export function isSystemError(error: unknown): error is SystemError {
  return (
    isNativeError(error) &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code in MESSAGES
  );
}

export function systemMessage({ code }: SystemError): string {
  return MESSAGES[code] ?? code;
}
