/**
 * Where the measured data lies that tests and benches compare with: a folder beside the repository, which
 * is not always there. Nothing of it is copied into the project.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { describe } from "@jest/globals";

const SHARED_DATA = path.resolve(__dirname, "../..", "../shared/data");

/** Path of a file of the shared data, or undefined when the folder or the file is not there. */
export function sharedDataPath(relative: string): string | undefined {
  const file = path.join(SHARED_DATA, relative);
  return existsSync(file) ? file : undefined;
}

/** A suite that needs the shared data; without it the suite is skipped and says so. */
export function describeWithSharedData(name: string, suite: () => void): void {
  if (existsSync(SHARED_DATA)) describe(name, suite);
  else describe.skip(`${name} (skipped: shared data folder not present)`, suite);
}
