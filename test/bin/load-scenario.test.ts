import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { builtInScenarios } from "../../planner/scenario/built-in-scenarios";
import { builtInFleets } from "../support/built-in-fleets";
import { runCommand } from "../support/run-command";
import { SMALL_SCENARIO } from "../support/small-scenario";
import { withTemporaryFolder } from "../support/temporary-folder";

const TRACE_SCENARIO = SMALL_SCENARIO.replace("{ rate: 2/s }", "{ trace: TRACE }").replace(
  "    tokens: { input: 500, output: 40 }\n",
  "",
);

/** Validates FILE with the content given, in a folder of its own. */
async function validate(file: string, content: string | Buffer, argument: string | undefined) {
  let result = { exitCode: -1, stdout: "", stderr: "" };
  await withTemporaryFolder(async (cwd) => {
    fs.writeFileSync(path.join(cwd, file), content);
    const argv = ["validate", "--quiet", ...(argument === undefined ? [] : [argument])];
    result = await runCommand(argv, { cwd });
  });
  return result;
}

describe("the scenario of a command", () => {
  it("is ./capplan.yaml when none is given", async () => {
    expect(await validate("capplan.yaml", SMALL_SCENARIO, undefined)).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
  });

  it.each(builtInFleets.map(({ name }) => name))("can be the built-in %s", async (name) => {
    expect(await runCommand(["validate", "--quiet", name])).toMatchObject({ exitCode: 0 });
  });

  it("fails when there is none, and says how to make one and which are built in", async () => {
    await withTemporaryFolder(async (cwd) => {
      const { exitCode, stdout, stderr } = await runCommand(["simulate"], { cwd });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toContain("error: capplan.yaml: no scenario is given");
      expect(stderr).toContain("`capplan init`");
      for (const { name } of builtInScenarios) expect(stderr).toContain(name);
    });
  });

  it("fails for a name that is neither file nor built in, with the nearest", async () => {
    const { exitCode, stderr } = await runCommand(["validate", "chat-single-h10"]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'error: chat-single-h10: no such file, and no built-in scenario of this name; did you mean "chat-single-h100"?\n',
    );
  });

  it("says of a link that it leads nowhere or in a circle", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.symlinkSync("gone.yaml", path.join(cwd, "link.yaml"));
      fs.symlinkSync("circle.yaml", path.join(cwd, "circle.yaml"));
      const errorOf = async (file: string) =>
        (await runCommand(["validate", file], { cwd })).stderr;
      expect(await errorOf("link.yaml")).toBe(
        "error: link.yaml: is a link to a file that is not there\n",
      );
      expect(await errorOf("circle.yaml")).toMatch(/circle\.yaml: too many symbolic links\n$/);
    });
  });

  it.each([
    ["missing.yaml", "", "missing.yaml: no such file"],
    [".", "x", ".: is a folder, not a file; give the file of a scenario in it"],
    ["empty.yaml", " \n", "empty.yaml: the file is empty"],
    ["blank.yaml", Buffer.from([0xef, 0xbb, 0xbf]), "blank.yaml: the file is empty"],
    [
      "binary.yaml",
      Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0xff]),
      "binary.yaml: is not a text file in UTF-8, so not a scenario",
    ],
    [
      "large.yaml",
      Buffer.alloc(9 * 1024 * 1024, 0x20),
      "large.yaml: is 9 MiB large, too large for a scenario (8 MiB at most)",
    ],
  ])("fails for %s with one clear line", async (argument, content, message) => {
    const file = argument === "." || argument.startsWith("missing") ? "other.yaml" : argument;
    const { exitCode, stdout, stderr } = await validate(file, content, argument);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `error: ${message}\n`,
    });
  });

  it("lists every problem of a scenario, each on a line", async () => {
    const bad = SMALL_SCENARIO.replace("rate: 2/s", "rate: -2/s").replace("seed: 3", "sed: 3");
    const { exitCode, stderr } = await validate("bad.yaml", bad, "bad.yaml");
    expect(exitCode).toBe(2);
    const lines = stderr.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^error: (workloads\.chat\.arrivals|sed)/);
  });

  it("reads traces relative to the scenario file, not to the working directory", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.mkdirSync(path.join(cwd, "sub"));
      const rows = Array.from({ length: 20 }, (_, row) => `${row},100,10`);
      const csv = ["arrival,input,output", ...rows].join("\n");
      fs.writeFileSync(path.join(cwd, "sub/trace.csv"), `${csv}\n`);
      const arrivals =
        "trace.csv, columns: { arrival: arrival, input: input, output: output, timeUnit: s }";
      const text = TRACE_SCENARIO.replace("TRACE", arrivals);
      fs.writeFileSync(path.join(cwd, "sub/scenario.yaml"), text);
      const { exitCode, stderr } = await runCommand(["validate", "sub/scenario.yaml"], { cwd });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    });
  });

  it.each([
    [".", "scenario.yaml", "."],
    ["../t.csv", "sub/scenario.yaml", "t.csv"],
    ["t.csv", "sub/scenario.yaml", path.join("sub", "t.csv")],
  ])("names the trace %s of %s as a person would", async (trace, file, shown) => {
    await withTemporaryFolder(async (cwd) => {
      fs.mkdirSync(path.join(cwd, "sub"));
      fs.writeFileSync(path.join(cwd, file), TRACE_SCENARIO.replace("TRACE", trace));
      const { exitCode, stderr } = await runCommand(["validate", file], { cwd });
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^error: [^ ]+: (is a folder|no such file)/);
      expect(stderr.split(": ")[1]).toBe(shown);
      expect(stderr).not.toContain(cwd);
    });
  });

  it("puts a trace in order and leaves malformed rows out when it says so, and counts them", async () => {
    await withTemporaryFolder(async (cwd) => {
      const rows = ["5,100,10", "x,100,10", ...Array.from({ length: 20 }, (_, i) => `${i},100,10`)];
      fs.writeFileSync(path.join(cwd, "t.csv"), `at,in,out\n${rows.join("\n")}\n`);
      const columns = "columns: { arrival: at, input: in, output: out }";
      const scenario = (more: string) =>
        fs.writeFileSync(
          path.join(cwd, "capplan.yaml"),
          TRACE_SCENARIO.replace("TRACE", `t.csv, ${columns}${more}`),
        );
      scenario("");
      const refused = await runCommand(["validate"], { cwd });
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr).toContain("skipMalformed: true beside trace");
      expect(refused.stderr).toContain("sort: true beside trace");
      expect(refused.stderr).not.toContain("--");
      scenario(", sort: true, skipMalformed: true");
      const note = "chat: 1 of 22 rows of t.csv are malformed and left out (skipMalformed)";
      const spaces = /\s+/g;
      const validated = await runCommand(["validate"], { cwd });
      expect(validated.stdout.replace(spaces, " ")).toContain(note);
      const simulated = await runCommand(["simulate", "--output", "json"], { cwd });
      expect(JSON.parse(simulated.stdout).warnings).toContainEqual({
        code: "skipped-rows",
        message: note,
      });
      expect(simulated.stderr.split(note)).toHaveLength(2);
    });
  });

  it("takes lengths from a dataset of prompts, and says in the result that they are estimates", async () => {
    await withTemporaryFolder(async (cwd) => {
      const row = JSON.stringify({ prompt: "word ".repeat(80), output_tokens: 20 });
      fs.writeFileSync(path.join(cwd, "t.jsonl"), `${row}\n`.repeat(50));
      const lengths = SMALL_SCENARIO.replace("{ input: 500, output: 40 }", "{ trace: t.jsonl }");
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), lengths);
      const { stdout, stderr } = await runCommand(["simulate", "--output", "json"], { cwd });
      const { warnings } = JSON.parse(stdout) as { warnings: { code: string; message: string }[] };
      const estimates = warnings.filter(({ code }) => code === "estimated-lengths");
      expect(estimates).toHaveLength(1);
      expect(estimates[0]!.message).toMatch(/^chat: of t\.jsonl, input tokens are estimated/);
      // Said once, not before the run as well.
      expect(stderr.split("are estimated")).toHaveLength(2);
    });
  });

  it("fails for a trace that is not there, and says who names it", async () => {
    const text = TRACE_SCENARIO.replace("TRACE", "nowhere.csv");
    const { exitCode, stderr } = await validate("scenario.yaml", text, "scenario.yaml");
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      "error: nowhere.csv: no such file; named by workloads.chat.arrivals.trace\n",
    );
  });
});
