/**
 * Names of jobs that are the same wherever and whenever they are asked for: what is run, with what, by which version of the
 * code. Two jobs with one key have one result.
 */
import { createHash } from "node:crypto";
import { plainText } from "../foundation/plain-data";
import type { JobContext } from "./job-context";

const DIGITS = 40;

export class JobKeys {
  /** @param version of the code that runs the jobs: another may give other results */
  constructor(
    readonly version: string,
    readonly kind: string,
    readonly context: JobContext,
  ) {}

  /** `stress-…`, hexadecimal. */
  keyOf(job: unknown): string {
    const parts = [this.version, this.kind, this.context.digest, plainText(job)];
    const digest = createHash("sha256").update(parts.join("\n")).digest("hex");
    return `${this.kind}-${digest.slice(0, DIGITS)}`;
  }
}
