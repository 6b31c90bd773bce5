import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { describeError } from "../../bin/describe-error";
import { openOutputFile } from "../../bin/output-file";
import { memoryIo } from "../support/memory-io";
import { withTemporaryFolder } from "../support/temporary-folder";

describe("openOutputFile", () => {
  it("keeps an existing file until commit, and leaves nothing else behind", async () => {
    await withTemporaryFolder((cwd) => {
      const target = path.join(cwd, "out.json");
      fs.writeFileSync(target, "before");
      const file = openOutputFile(memoryIo({ cwd }), "out.json");
      file.write("after");
      expect(fs.readFileSync(target, "utf8")).toBe("before");
      file.commit();
      expect(fs.readFileSync(target, "utf8")).toBe("after");
      expect(fs.readdirSync(cwd)).toEqual(["out.json"]);
    });
  });

  it("leaves everything as it was after discard", async () => {
    await withTemporaryFolder((cwd) => {
      fs.writeFileSync(path.join(cwd, "out.json"), "before");
      const file = openOutputFile(memoryIo({ cwd }), "out.json");
      file.write("x".repeat(200_000));
      file.discard();
      expect(fs.readdirSync(cwd)).toEqual(["out.json"]);
      expect(fs.readFileSync(path.join(cwd, "out.json"), "utf8")).toBe("before");
    });
  });

  it("writes texts longer than its buffer in order", async () => {
    await withTemporaryFolder((cwd) => {
      const file = openOutputFile(memoryIo({ cwd }), "rows.csv");
      let expected = "";
      for (let row = 0; row < 40_000; row++) {
        file.write(`${row},é\n`);
        expected += `${row},é\n`;
      }
      file.commit();
      file.discard();
      expect(fs.readFileSync(path.join(cwd, "rows.csv"), "utf8")).toBe(expected);
    });
  });

  it("keeps the mode of the file it replaces, and a link a link", async () => {
    await withTemporaryFolder((cwd) => {
      fs.writeFileSync(path.join(cwd, "real.json"), "before", { mode: 0o600 });
      fs.symlinkSync("real.json", path.join(cwd, "link.json"));
      const file = openOutputFile(memoryIo({ cwd }), "link.json");
      file.write("after");
      file.commit();
      expect(fs.lstatSync(path.join(cwd, "link.json")).isSymbolicLink()).toBe(true);
      expect(fs.readFileSync(path.join(cwd, "real.json"), "utf8")).toBe("after");
      expect(fs.statSync(path.join(cwd, "real.json")).mode & 0o777).toBe(0o600);
    });
  });

  it("writes to stdout for -", () => {
    const io = memoryIo();
    const file = openOutputFile(io, "-");
    file.write("text");
    file.commit();
    expect(io.stdoutText()).toBe("text");
  });

  it("fails before the work when the target is a folder or its folder is missing", async () => {
    await withTemporaryFolder((cwd) => {
      const io = memoryIo({ cwd });
      fs.mkdirSync(path.join(cwd, "folder"));
      expect(() => openOutputFile(io, "folder")).toThrow("folder: is a folder, not a file");
      expect(() => openOutputFile(io, "missing/out.json")).toThrow(
        "missing/out.json: cannot be written: its folder does not exist; create it first",
      );
      expect(() => openOutputFile(io, "")).toThrow("the file name is empty");
      expect(fs.readdirSync(cwd)).toEqual(["folder"]);
    });
  });

  const full = "/dev/full";
  (fs.existsSync(full) ? it : it.skip)(
    "says which file has no space left (needs /dev/full)",
    () => {
      const file = openOutputFile(memoryIo(), full);
      file.write("text");
      expect(linesOf(() => file.commit())).toEqual(["/dev/full: no space left on device"]);
      file.discard();
    },
  );
});

/** What is printed of the error that `work` throws. */
function linesOf(work: () => void): readonly string[] {
  try {
    work();
  } catch (error) {
    return describeError(error).lines;
  }
  return [];
}
