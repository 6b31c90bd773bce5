import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Command } from "commander";
import {
  addStudyOptions,
  readStudyFlags,
  runStudyFlags,
  type StudyFlags,
  studyArguments,
  studyHelp,
  studyOutput,
} from "../../bin/commands/size-studies";
import { makeProgress } from "../../bin/progress";
import { studiesSchema } from "../../planner/report/sizing/studies-schema";
import { memoryIo } from "../support/memory-io";
import {
  type SizingTools,
  SMALL_SIZING,
  sizeSmall,
  sizingContext,
  sizingTools,
} from "../support/small-sizing";

const SMALL = sizingContext(SMALL_SIZING);
const flags = (...argv: string[]): StudyFlags =>
  addStudyOptions(new Command()).parse(argv, { from: "user" }).opts();

let tools: SizingTools;
beforeAll(async () => {
  tools = await sizingTools();
});
afterAll(async () => await tools.evaluations.close());

describe("options of studies", () => {
  it("are collected, and written again for the command that reproduces them", () => {
    const argv = [
      "--frontier",
      "latency",
      "--what-if",
      "outputs=2x",
      "--what-if",
      "rate=2x",
      "--variants",
    ];
    expect(flags(...argv)).toEqual({
      frontier: ["latency"],
      whatIf: ["outputs=2x", "rate=2x"],
      variants: true,
    });
    expect(studyArguments(flags(...argv))).toEqual(argv);
    expect(studyArguments(flags())).toEqual([]);
  });

  it("ask for nothing when none is given", async () => {
    expect(await readStudyFlags(flags(), SMALL)).toBeUndefined();
  });

  it("are refused before anything is run", async () => {
    const read = readStudyFlags(flags("--what-if", "outputz=2x"), SMALL);
    await expect(read).rejects.toThrow('unknown change "outputz"; did you mean "outputs"?');
  });

  it("are explained in 80 columns", () => {
    const lines = studyHelp().split("\n");
    expect(lines).toContain("  outputs=2x                  longer or shorter answers");
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe("runStudyFlags", () => {
  it("runs what was asked around a sizing, with progress on a terminal only", async () => {
    const io = memoryIo({ isTTY: true, clockStepMs: 500 });
    const base = await sizeSmall(SMALL, tools);
    const asked = await readStudyFlags(
      flags("--what-if", "survive=any-region", "--frontier", "latency@1,2"),
      SMALL,
    );
    const studies = await runStudyFlags(asked!, {
      context: SMALL,
      base,
      ...tools,
      progress: makeProgress(io, false),
      interrupts: { isInterrupted: () => false },
    });
    expect(io.stdoutText()).toBe("");
    expect(io.stderrText()).toContain("of at most 3");
    const output = await studyOutput(studies);
    const report = output.addTo({
      title: "Sizing",
      answer: [],
      sections: [],
      warnings: [],
      reproduce: undefined,
    });
    expect(report.answer.map(({ text }) => text.replace(/\$.*/, "…"))).toEqual([
      "What if survive=any-region: …",
      "Cost against latency: from …",
    ]);
    expect(output.data).toMatchObject({ scaling: null, whatIfs: { whatIfs: [{ change: {} }] } });
    expect(studiesSchema.parse(structuredClone(output.data))).toEqual(output.data);
    expect((await output.pageSections()).map(({ heading }) => heading)).toEqual([
      "What if",
      "Objectives, what if",
      "Cost against latency",
    ]);
  });
});
