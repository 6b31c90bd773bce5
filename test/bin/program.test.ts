import { describe, expect, it } from "@jest/globals";
import { createProgram } from "../../bin/program";
import { memoryIo } from "../support/memory-io";
import { runCommand } from "../support/run-command";

describe("capplan", () => {
  it("prints its help on stdout and ends with 0", async () => {
    const { exitCode, stdout, stderr } = await runCommand(["--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Usage: capplan [options] [command]");
    expect(stderr).toBe("");
  });

  it("prints its help on stderr and ends with 2 when nothing is asked", async () => {
    const { exitCode, stdout, stderr } = await runCommand([]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Usage: capplan");
  });

  it("prints the version of package.json", async () => {
    const { exitCode, stdout } = await runCommand(["--version"]);
    const { version } = require("../../package.json") as { readonly version: string };
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`${version}\n`);
  });

  it.each([
    [
      ["bogus"],
      "error: unknown command 'bogus'; the commands are init, validate, simulate, size, stress, diff, stacks, worker, trace, catalog, schema\n",
    ],
    [["trace", "bogus"], "error: unknown command 'bogus'; the commands are inspect, fit\n"],
    [
      ["simulate", "--trace-events-seconds", "5"],
      "error: --trace-events-seconds needs --trace-events; add the file to write\n",
    ],
    [["simlate"], "error: unknown command 'simlate'; did you mean simulate?\n"],
    [
      ["simulate", "--replicatons", "1"],
      "error: unknown option '--replicatons'; did you mean --replications?\n",
    ],
    [
      ["simulate", "--seed", "x"],
      "error: option '--seed <n>' argument 'x' is invalid; it must be a whole number from 0 to 4294967295\n",
    ],
    [
      ["simulate", "--output", "xml"],
      "error: option '--output <format>' argument 'xml' is invalid; allowed choices are table, json, markdown\n",
    ],
    [["simulate", "--seed"], "error: option '--seed <n>' argument missing\n"],
    [["schema"], "error: missing required argument 'what'\n"],
    [
      ["validate", "a", "b"],
      "error: too many arguments for 'validate'; expected 1 argument but got 2\n",
    ],
  ])("says in one line what is wrong with %j, and ends with 2", async (argv, message) => {
    const { exitCode, stdout, stderr } = await runCommand(argv);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: "", stderr: message });
  });

  it("has help with a description for every command and every option", () => {
    for (const command of createProgram(memoryIo()).commands) {
      expect(command.description()).not.toBe("");
      for (const option of command.options) expect(option.description).not.toBe("");
      for (const argument of command.registeredArguments) {
        expect(argument.description).not.toBe("");
      }
    }
  });

  it("keeps every help text within 80 columns", async () => {
    const { commands } = createProgram(memoryIo());
    const paths = commands.flatMap((command) => [
      [command.name()],
      ...command.commands.map((inner) => [command.name(), inner.name()]),
    ]);
    expect(paths).toContainEqual(["trace", "inspect"]);
    for (const words of [[], ...paths]) {
      const { stdout } = await runCommand([...words, "--help"]);
      expect(stdout).toContain("Usage: capplan");
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });
});
