/** A folder that is there for one test and gone after it. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** Runs `use` with the path of a fresh folder, and removes the folder whatever happens. */
export async function withTemporaryFolder(
  use: (folder: string) => void | Promise<void>,
): Promise<void> {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "capplan-test-")));
  try {
    await use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
