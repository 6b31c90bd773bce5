/** The report of a sizing: each figure of the fixture where a reader looks for it, and nothing that is not known as 0. */
import { describe, expect, it } from "@jest/globals";
import { renderMarkdown } from "../../../../planner/report/render-markdown";
import { renderTerminal } from "../../../../planner/report/render-terminal";
import { sizingDocument } from "../../../../planner/report/sizing/sizing-document";
import { sizingPage } from "../../../../planner/report/sizing/sizing-page";
import type { FleetReport, SizingReport } from "../../../../planner/report/sizing/sizing-report";
import { sizingJsonSchema, sizingSchema } from "../../../../planner/report/sizing/sizing-schema";
import { studiesData } from "../../../../planner/report/sizing/studies-document";
import { expectGolden } from "../../../support/golden";
import { STUDIES } from "../../../support/studies-fixture";
import { INFEASIBLE, SIZED, VERIFIED } from "./sizing-report-fixture";

const HOW = { reproduce: "capplan size shop.yaml --seed 7", explains: false };

function textOf(report: SizingReport, explains = false): string {
  const document = sizingDocument(report, { ...HOW, explains });
  return renderTerminal(document, { columns: 80, color: false });
}

const answerOf = (report: SizingReport): string[] =>
  sizingDocument(report, HOW).answer.map(({ text }) => text);

describe("the report of a sizing", () => {
  it("says first whether it holds, what it costs, how far from the least, and what a little less breaks", () => {
    expect(answerOf(SIZED)).toEqual([
      "PASS: the fleet keeps every objective.",
      // 6 × 2 + 10 × 1 accelerators.
      "16 replicas on 22 accelerators in 2 regions: $120.00 per hour, $87,600 a month for accelerators, and $400.00 a month for the services around the clusters.",
      "No fleet of the search costs less than $114.00 per hour: at most 5.0 % could be saved.",
      "Tightest promise: chat ttft p95 (peak, us-east-1 lost), up to 940 ms of 1.00 s, 6.0 % to spare.",
      "Used up: search.quotas.us-east-1.p5.48xlarge.",
      "Next cheaper: $118.00 per hour with us-west-2/chat 10 → 9; then it breaks (us-west-2, us-east-1 lost: chat ttft p95: 1100 ms, 1000 ms allowed), and in 1 more case.",
    ]);
  });

  it("shows each region with its pools, each pool by the ways it is bought", () => {
    const rows = textOf(SIZED)
      .split("\n")
      .map((line) => line.trim().replace(/ {2,}/g, " | "));
    expect(rows).toContain("us-east-1 | $100.00");
    expect(rows).toContain("· chat | 6 × 2 | 1 × p5.48xlarge reserved-1y | $40.00");
    expect(rows).toContain("1 × p5.48xlarge on-demand | $60.00");
    expect(rows).toContain("· chat | 10 × 1 | 10 × g6e.xlarge on-demand | $20.00");
    expect(rows).toContain("together | $88,000");
    // Without what their names have in common, the dearest last.
    expect(rows).toContain("p5-48xlarge-tp2 | bought | 12.0 | 12.5 | 20.0 | $0.350");
    expect(rows).toContain("g6-xlarge | never | 4.00");
  });

  it("fits 80 columns, and is the golden text", () => {
    const text = textOf(SIZED, true);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expectGolden("sizing.txt", text);
    expect(renderMarkdown(sizingDocument(SIZED, HOW))).toContain("| · chat |");
  });

  it("explains by kind of reason, places together", () => {
    const text = textOf(SIZED, true);
    expect(text).toContain("- g6-xlarge in us-east-1 and us-west-2: chat tpot p95: 81 ms");
    expect(text).toContain("- p5-48xlarge-tp2 in us-west-2: none is left");
    expect(text.indexOf("Cannot run:")).toBeLessThan(text.indexOf("Quotas leave nothing of it:"));
    expect(textOf(SIZED)).toContain("4 options were left out: --explain says why each");
  });

  it("says of a fleet that was interrupted that it was not verified, and of one without a bound that it is not known", () => {
    const unknown = { usdPerHour: null, gap: null, gapWithChanges: null };
    const report: FleetReport = {
      ...SIZED,
      isInterrupted: true,
      verdict: "UNCERTAIN",
      lowerBound: unknown,
      margins: [],
      cases: [],
      nextCheaper: null,
    };
    expect(answerOf(report)[0]).toMatch(/^INTERRUPTED: .* was not verified\.$/);
    expect(answerOf(report)[2]).toBe("How far that is from the least possible is not known.");
    expect(textOf(report)).not.toContain("Case:");
  });

  it("calls a fleet the cheapest only without a gap, and counts changes in where they cost", () => {
    const least = { usdPerHour: 119.9999999, gap: 1e-9, gapWithChanges: null };
    const boundOf = (lowerBound: object): string | undefined =>
      answerOf({ ...SIZED, lowerBound: { ...SIZED.lowerBound!, ...lowerBound } })[2];
    expect(boundOf(least)).toBe("It is the cheapest: no fleet of the search costs less.");
    const changed = { usdPerHour: 90, gap: 0.25, gapWithChanges: 0 };
    expect(boundOf(changed)).toBe(
      "No fleet of the search costs less than $90.00 per hour: at most 25.0 % could be saved, and nothing when what changes cost is counted in.",
    );
    expect(boundOf({ ...changed, gapWithChanges: 0.1 })).toMatch(/, and at most 10\.0 % when what/);
  });

  it("says what changes against the plan that was there", () => {
    const change = {
      from: "old.plan.json",
      beforeUsdPerHour: null,
      usdPerReplicaHour: 1,
      pools: [
        { pool: "us-east-1/chat", before: 6, after: 6 },
        { pool: "us-west-2/chat", before: 0, after: 10 },
      ],
    };
    const text = textOf({ ...SIZED, change });
    expect(text).toMatch(/us-west-2\/chat +none +10\n/);
    expect(text).toContain("old.plan.json costs unknown");
    const same = { ...change, pools: change.pools.slice(0, 1) };
    expect(textOf({ ...SIZED, change: same })).toContain("Nothing changes.");
  });

  it("says of a given fleet what it breaks, also of quotas, and of an unknown price that it is unknown", () => {
    const cost = { ...VERIFIED.cost, usdPerHour: null, usdPerMonth: null, totalUsdPerMonth: null };
    const pools = VERIFIED.pools.map((pool) => ({ ...pool, purchases: [], usdPerHour: null }));
    const answer = answerOf({ ...VERIFIED, cost, pools });
    expect(answer[0]).toBe("FAIL: the fleet breaks an objective in 1 of 1 case.");
    expect(answer[1]).toContain("what it costs is not known");
    expect(answer.at(-1)).toBe(
      "Over the quota: search.quotas.us-east-1.p5.48xlarge is 1, the fleet needs 1,200.",
    );
    expect(textOf({ ...VERIFIED, cost, pools })).toContain("unknown");
    expect(textOf({ ...VERIFIED, cost, pools })).not.toContain("$0.00");
  });

  it("names what conflicts where there is no fleet, each with what would do", () => {
    const answer = answerOf(INFEASIBLE);
    expect(answer).toEqual([
      "INFEASIBLE: no fleet keeps the promises. 2 demands conflict, and each of them is needed for that: give way in one.",
      "  survive[0]: the loss of any-region must break no objective; leave it out.",
      "  search.quotas.us-east-1.p5.48xlarge: at most 1 p5.48xlarge in us-east-1; at least 2 needed.",
    ]);
    expect(textOf(INFEASIBLE, true)).toContain("Why options for llama-3.1-8b-instruct");
  });
});

describe("the page of a sizing", () => {
  it("has a picture of cost, of margins and of options, and escapes what it is given", () => {
    const page = sizingPage({ ...SIZED, scenario: { name: "<shop>" } }, HOW);
    expect(page.match(/<svg/g)).toHaveLength(3);
    expect(page).toContain("Cost by region");
    expect(page).toContain("chat ttft p95 (peak, us-east-1 lost)");
    expect(page).toContain("&lt;shop&gt;");
    expect(page).not.toContain("<shop>");
  });

  it("has no pictures where there is no fleet", () => {
    expect(sizingPage(INFEASIBLE, HOW)).not.toContain("<svg");
  });
});

describe("sizingSchema", () => {
  it("takes every kind of answer and gives it back unchanged", () => {
    for (const report of [SIZED, VERIFIED, INFEASIBLE]) {
      expect(sizingSchema.parse(structuredClone(report))).toEqual(report);
    }
  });

  it("takes what was asked around it", () => {
    const data = { ...SIZED, studies: studiesData(STUDIES) };
    expect(sizingSchema.parse(structuredClone(data))).toEqual(data);
    const { scaling: _, ...without } = data.studies;
    expect(sizingSchema.safeParse({ ...SIZED, studies: without }).success).toBe(false);
  });

  it("refuses a key that is not in the contract, and an unknown figure as 0 that is left out", () => {
    expect(sizingSchema.safeParse({ ...SIZED, costs: {} }).success).toBe(false);
    const { nextCheaper: _, ...without } = SIZED;
    expect(sizingSchema.safeParse(without).success).toBe(false);
  });

  it("is JSON Schema of both answers", () => {
    const schema = sizingJsonSchema();
    expect(schema["title"]).toBe("capplan sizing");
    expect((schema["oneOf"] ?? schema["anyOf"]) as unknown[]).toHaveLength(2);
  });
});
