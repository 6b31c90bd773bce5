import { describe, expect, it } from "@jest/globals";
import { describeProblem } from "../../../../planner/foundation/errors";
import { readWhatIfs, WHAT_IF_FORMS } from "../../../../planner/sizing/studies/read-what-if";
import { readStudies } from "../../../../planner/sizing/studies/sizing-studies";
import { problemsIn } from "../../../support/scenario-text";
import { SMALL_SIZING, sizingContext } from "../../../support/small-sizing";

const SMALL = sizingContext(SMALL_SIZING);
const changes = (text: string) => readWhatIfs([text], SMALL)[0]!.changes;
const problems = (...texts: string[]): string[] =>
  problemsIn(() => readWhatIfs(texts, SMALL)).map(describeProblem);

describe("readWhatIfs", () => {
  it("reads every form", () => {
    expect(changes("hardware=h100-sxm-80gb, g6.xlarge")).toEqual([
      { kind: "hardware", names: ["h100-sxm-80gb", "g6.xlarge"] },
    ]);
    expect(changes("quantization=bf16,fp8")).toEqual([
      { kind: "quantization", precisions: ["bf16", "fp8"] },
    ]);
    expect(changes("model=llama-3.1-8b-instruct:qwen3-8b")).toEqual([
      { kind: "model", from: "llama-3.1-8b-instruct", to: "qwen3-8b" },
    ]);
    expect(changes("lighter=chat:qwen3-8b:30%")).toEqual([
      { kind: "lighter", workload: "chat", model: "qwen3-8b", share: 0.3 },
    ]);
    expect(changes("regions=us-east-1")).toEqual([{ kind: "regions", names: ["us-east-1"] }]);
    for (const text of ["2x", "x2", "2", "2.0 ×"]) {
      expect(changes(`outputs=${text}`)).toEqual([{ kind: "outputs", factor: 2 }]);
    }
    expect(changes("purchase=spot")).toEqual([{ kind: "purchase", options: ["spot"] }]);
    expect(changes("survive=none")).toEqual([{ kind: "survive", rules: [] }]);
    expect(changes("survive=any-pool,region:us-east-1")).toEqual([
      { kind: "survive", rules: ["any-pool", { region: "us-east-1" }] },
    ]);
    expect(changes("no-prefix-cache")).toEqual([{ kind: "no-prefix-cache" }]);
    expect(WHAT_IF_FORMS).toHaveLength(11);
  });

  it("makes several changes one after the other", () => {
    const [{ context, name }] = readWhatIfs(["rate=2x + rate=3x+survive=any-region"], SMALL) as [
      ReturnType<typeof readWhatIfs>[number],
    ];
    expect(name).toBe("rate=2x + rate=3x+survive=any-region");
    expect(context.spec.workloads["chat"]!.arrivals).toMatchObject({ rate: 72 });
    expect(context.spec.survive).toEqual(["any-region"]);
  });

  it("fails with the problems of all of them at once", () => {
    expect(
      problems(
        "output=2x",
        "outputs=0x",
        "hardware=l40z",
        "quantization=fp9+purchase=spott",
        "model=llama-3.3-70b-instruct:qwen3-8b",
        "model=qwen3-8b",
        "lighter=chatt:qwen3-9b:150%",
        "regions=us-esat-1",
        "survive=any-regoin",
        "no-prefix-cache=1",
        "inputs=",
      ),
    ).toEqual([
      '--what-if output=2x: unknown change "output"; did you mean "outputs"?',
      '--what-if outputs=0x: expected a factor above 0, at most 1000, got "0x"; for example outputs=2x',
      '--what-if hardware=l40z: unknown instance type or accelerator "l40z"; did you mean "l40s"?',
      '--what-if quantization=fp9+purchase=spott: unknown precision "fp9"; did you mean "fp4"?',
      '--what-if quantization=fp9+purchase=spott: unknown purchase option "spott"; did you mean "spot"?',
      "--what-if model=llama-3.3-70b-instruct:qwen3-8b: no workload asks for llama-3.3-70b-instruct; use llama-3.1-8b-instruct",
      '--what-if model=qwen3-8b: expected two models, got "qwen3-8b"; for example model=A:B',
      '--what-if lighter=chatt:qwen3-9b:150%: unknown workload "chatt"; did you mean "chat"?',
      '--what-if lighter=chatt:qwen3-9b:150%: must be at most 1 (100%), got "150%"',
      '--what-if lighter=chatt:qwen3-9b:150%: unknown model "qwen3-9b"; did you mean "qwen3-8b"?',
      '--what-if regions=us-esat-1: unknown region "us-esat-1"; did you mean "us-east-1"?',
      '--what-if survive=any-regoin: unknown loss "any-regoin"; did you mean "any-region"?',
      "--what-if no-prefix-cache=1: no-prefix-cache has no value",
      "--what-if inputs=: inputs needs a value; for example inputs=2x",
    ]);
  });

  it("fails when one is asked twice, or cannot be made to the scenario", () => {
    expect(problems("outputs=2x", "outputs=2x", "lighter=chat:llama-3.1-8b-instruct:10%")).toEqual([
      "--what-if outputs=2x: is asked twice",
      "--what-if lighter=chat:llama-3.1-8b-instruct:10%: workloads.chat: asks llama-3.1-8b-instruct already",
    ]);
  });
});

describe("readStudies", () => {
  const read = (...frontier: string[]) =>
    readStudies({ frontier, whatIf: [], hasVariants: false }, SMALL).frontiers;

  it("reads frontiers with objectives and factors", () => {
    expect(read("latency", "survival", "latency:ttft,chat.tpot@2,0.5")).toEqual([
      { kind: "latency", factors: [0.5, 0.7, 1, 1.4, 2], objectives: [] },
      { kind: "survival" },
      { kind: "latency", factors: [2, 0.5], objectives: ["ttft", "chat.tpot"] },
    ]);
  });

  it("fails with the problems of frontiers and what-ifs at once", () => {
    const written = {
      frontier: ["latncy", "survival:ttft", "latency@0", "latency:chat.e2e"],
      whatIf: ["outputs"],
      hasVariants: true,
    };
    expect(problemsIn(() => readStudies(written, SMALL)).map(describeProblem)).toEqual([
      '--frontier latncy: unknown frontier "latncy"; did you mean "latency"?',
      "--frontier survival:ttft: survival has no objectives and no factors",
      '--frontier latency@0: expected factors above 0, at most 100, got "0"; for example latency@0.5,1,2',
      '--frontier latency:chat.e2e: no objective "chat.e2e" in the scenario; the scenario has ttft, chat.ttft, tpot, chat.tpot',
      "--what-if outputs: outputs needs a value; for example outputs=2x",
    ]);
  });
});
