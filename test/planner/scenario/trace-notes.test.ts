/** What a reader must know of the traces of a scenario: rows left out, lengths that nobody counted. */
import { describe, expect, it } from "@jest/globals";
import { scenarioNotes } from "../../../planner/scenario/scenario-notes";
import { estimateOf } from "../../../planner/traffic/trace/estimate-tokens";
import { resolveSmall } from "../../support/scenario-text";

describe("notes about a trace", () => {
  it("say that lengths are estimates, and which conversations are left out", () => {
    const scenario = resolveSmall(["workloads.chat.arrivals={trace: small.csv}"]);
    const [workload] = scenario.workloads;
    if (workload?.arrivals.kind !== "trace") throw new Error("no replay");
    const estimatedLengths = estimateOf("input");
    const trace = { ...workload.arrivals.trace, unansweredRows: 7, estimatedLengths };
    const tokens = { kind: "pairs", trace } as const;
    expect(scenarioNotes({ ...scenario, workloads: [{ ...workload, tokens }] })).toEqual([
      {
        code: "skipped-rows",
        about: "chat",
        // The trace has three requests.
        message:
          "7 of 10 conversations of small.csv have no prompt with an answer and are left out",
      },
      {
        code: "estimated-lengths",
        about: "chat",
        message:
          "of small.csv, input tokens are estimated from text, at 4 characters per token (1.5 of Chinese, Japanese and Korean): English has up to 20% more or fewer, code up to 45% more",
      },
    ]);
  });
});
