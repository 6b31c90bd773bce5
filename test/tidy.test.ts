/**
 * The rules of the source tree that no other tool checks; each failure names the file and what to do.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";

const root = path.resolve(__dirname, "..");
const LINES_MAX = 450;
/** Tables of the catalog are rows, not code. */
const TABLES = /^planner\/catalog\//;
const BYTES_MAX = 512 * 1024;

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(path.join(root, file)));

const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const sources = files.filter((file) => /^(bin|planner|components|stacks)\/.*\.ts$/.test(file));
const readmes = files.filter((file) => file.endsWith("README.md"));

describe("the source tree", () => {
  it("has files that fit a head", () => {
    const long = sources.filter(
      (file) => !TABLES.test(file) && read(file).split("\n").length > LINES_MAX,
    );
    // The scheduler reads as one piece: its steps share the state of one replica.
    expect(long.filter((file) => file !== "planner/simulation/replica.ts")).toEqual([]);
  });

  it("says at the head of each file what the file is", () => {
    const silent = sources.filter((file) => !/^(#!.*\n)?\/\*\*/.test(read(file)));
    expect(silent).toEqual([]);
  });

  it("has no large blobs", () => {
    const large = files.filter(
      (file) => file !== "package-lock.json" && statSync(path.join(root, file)).size > BYTES_MAX,
    );
    expect(large).toEqual([]);
  });

  it("carries no unfinished marks and no paths of a machine", () => {
    const words = [
      "TO" + "DO",
      "FIX" + "ME",
      "/ro" + "ot/",
      "/ho" + "me/",
      "@ts-" + "ignore",
      "as " + "any\\b(?! )",
    ];
    const marked = files
      .filter(
        (file) => /\.(ts|md|yaml|json|cjs)$|^\.ci\//.test(file) && file !== "package-lock.json",
      )
      .filter((file) => words.some((word) => new RegExp(`(^|\\W)${word}`).test(read(file))));
    expect(marked).toEqual([]);
  });

  it("keeps clocks, consoles and environments out of the planner", () => {
    const impure = sources
      .filter((file) => file.startsWith("planner/"))
      .filter((file) =>
        /\bconsole\.|process\.(env|argv|std)|Date\.now|performance\.now|Math\.random/.test(
          read(file),
        ),
      );
    expect(impure).toEqual([]);
  });

  it("has a README in every top-level folder, and links that lead somewhere", () => {
    for (const folder of ["bin", "planner", "components", "stacks", "test"]) {
      expect(readmes).toContain(`${folder}/README.md`);
    }
    const broken = readmes.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map((match) => path.join(path.dirname(file), match[1]!))
        .filter((target) => !existsSync(path.join(root, target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("has no kind of problem that nothing raises", () => {
    const raised = sources.filter((file) => file !== "planner/foundation/errors.ts").map(read);
    const codes = [...read("planner/foundation/errors.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm)];
    expect(codes.length).toBeGreaterThan(5);
    const unraised = codes.filter((code) => !raised.some((text) => text.includes(`"${code[1]}"`)));
    expect(unraised).toEqual([]);
  });

  it("names the source and date of every figure in the catalog", () => {
    for (const file of files.filter((one) =>
      /^planner\/catalog\/(models|accelerators)-.*\.ts$/.test(one),
    )) {
      expect(read(file)).toMatch(/source/);
      expect(read(file)).toMatch(/20\d\d-\d\d-\d\d|DATE/);
    }
  });

  it("builds a command that can be run as it is", () => {
    const command = path.join(root, "dist/bin/capplan.js");
    // npx runs the file itself, so it needs its first line and its mode.
    expect(read("bin/capplan.ts")).toMatch(/^#!\/usr\/bin\/env node/);
    expect(existsSync(command)).toBe(true);
    expect(statSync(command).mode & 0o111).toBe(0o111);
  });
});
