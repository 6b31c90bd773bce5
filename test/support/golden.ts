/**
 * Compares a text with the file `test/golden/files/NAME`. `UPDATE_GOLDEN=1` writes the files; a changed one
 * is to be read before it is committed.
 */
import fs from "node:fs";
import path from "node:path";
import { expect } from "@jest/globals";

const GOLDEN_FOLDER = path.resolve(__dirname, "../golden/files");

export function expectGolden(name: string, text: string): void {
  const file = path.join(GOLDEN_FOLDER, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    fs.mkdirSync(GOLDEN_FOLDER, { recursive: true });
    fs.writeFileSync(file, text);
    return;
  }
  if (!fs.existsSync(file)) throw new Error(`no golden file ${name}: run with UPDATE_GOLDEN=1`);
  expect(text).toBe(fs.readFileSync(file, "utf8"));
}
