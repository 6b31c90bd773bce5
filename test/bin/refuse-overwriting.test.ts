/** No output replaces an input or another output; the files are what they were, and nothing is left beside them. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCommand } from "../support/run-command";
import { SMALL_SCENARIO } from "../support/small-scenario";
import { withTemporaryFolder } from "../support/temporary-folder";

const TRACE = "arrival,input,output\n0,100,10\n1,200,20\n2,300,30\n";

const COLUMNS = ["--columns", "arrival=arrival,input=input,output=output"];
const SELF = "is the scenario itself; choose another file";
const TRACE_OF_SCENARIO = [
  "--set",
  "workloads.chat.arrivals={trace: t.csv, columns: {arrival: arrival, input: input, output: output}}",
  "--set",
  "workloads.chat.tokens=null",
];

describe("an output that is an input or another output", () => {
  it.each([
    [["simulate", "--out", "capplan.yaml"], `--out: capplan.yaml ${SELF}`],
    [["simulate", "capplan.yaml", "--out", "./capplan.yaml"], `--out: ./capplan.yaml ${SELF}`],
    [["simulate", "--out", "link.yaml"], `--out: link.yaml ${SELF}`],
    [["simulate", "link.yaml", "--requests", "capplan.yaml"], `--requests: capplan.yaml ${SELF}`],
    [["simulate", "--trace-events", "capplan.yaml"], `--trace-events: capplan.yaml ${SELF}`],
    [
      ["simulate", ...TRACE_OF_SCENARIO, "--requests", "t.csv"],
      "--requests: t.csv is a trace of the scenario (workloads.chat.arrivals.trace); choose another file",
    ],
    [
      ["simulate", "--requests", "x.csv", "--out", "./x.csv"],
      "--out and --requests name the same file, x.csv; choose another file for one of them",
    ],
    [
      ["trace", "inspect", "t.csv", ...COLUMNS, "--html", "t.csv"],
      "--html: t.csv is the trace itself; choose another file",
    ],
    [
      ["trace", "fit", "t.csv", ...COLUMNS, "--out", "t.csv"],
      "--out: t.csv is the trace itself; choose another file",
    ],
  ])("is refused: %j", async (argv, message) => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
      fs.writeFileSync(path.join(cwd, "t.csv"), TRACE);
      fs.symlinkSync("capplan.yaml", path.join(cwd, "link.yaml"));
      const { exitCode, stdout, stderr } = await runCommand([...argv, ...quietly(argv)], { cwd });
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 2,
        stdout: "",
        stderr: `error: ${message}\n`,
      });
      expect(fs.readdirSync(cwd).sort()).toEqual(["capplan.yaml", "link.yaml", "t.csv"]);
      expect(fs.readFileSync(path.join(cwd, "capplan.yaml"), "utf8")).toBe(SMALL_SCENARIO);
      expect(fs.readFileSync(path.join(cwd, "t.csv"), "utf8")).toBe(TRACE);
    });
  });

  it("is no matter for a device", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
      const argv = ["simulate", "--out", "/dev/null", "--trace-events", "/dev/null", "--quiet"];
      expect((await runCommand(argv, { cwd })).exitCode).toBe(0);
    });
  });
});

function quietly(argv: readonly string[]): string[] {
  return argv[0] === "simulate" ? ["--quiet"] : [];
}
