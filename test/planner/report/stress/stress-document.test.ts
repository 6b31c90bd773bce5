/** What a reader of a game day is told: the verdict first, every case with its reason, nothing left out. */
import { describe, expect, it } from "@jest/globals";
import { renderMarkdown } from "../../../../planner/report/render-markdown";
import { renderTerminal } from "../../../../planner/report/render-terminal";
import { caseListTable } from "../../../../planner/report/stress/case-list";
import { stressDocument } from "../../../../planner/report/stress/stress-document";
import { stressPage } from "../../../../planner/report/stress/stress-page";
import { stressReportSchema } from "../../../../planner/report/stress/stress-schema";
import type { StressReport } from "../../../../planner/stress/stress-report";
import { stressCases } from "../../../../planner/stress/stress-suite";
import { METASTABLE, measures } from "../../stress/case-fixture";
import { fleetScenario } from "../../stress/stress-fixture";
import { caseOf, REPORT } from "./stress-report-fixture";

const HOW = { reproduce: "capplan stress support.yaml --seed 7", allDomains: false };

function text(report: StressReport = REPORT, columns = 80, allDomains = false): string {
  const document = stressDocument(report, { ...HOW, allDomains });
  return renderTerminal(document, { columns, color: false });
}

/** The lines of a section. */
function section(heading: string, shown = text()): string {
  const [, body = ""] = shown.split(`\n${heading}\n`);
  return body.split("\n\n")[0]!;
}

describe("stressDocument", () => {
  it("says first what fails and why", () => {
    expect(text().split("\n").slice(0, 8)).toEqual([
      "Stress test of support",
      "",
      "FAIL: 2 of 4 cases fail.",
      "  peak-2x: chat ttft p95 2.5 s, the limit is 1 s.",
      "  retry-storm: metastable: retries keep it down.",
      "  cold-start: it did not strike.",
      "Without any case: 10.0 requests/s, 9.90/s of them good, 100 % answered; its",
      "  objectives: PASS.",
    ]);
  });

  it("says what the other verdicts mean", () => {
    const answer = (report: Partial<StressReport>): string =>
      text({ ...REPORT, ...report }).split("\n")[2]!;
    const [, passing] = REPORT.cases;
    expect(answer({ verdict: "PASS", cases: [passing!, passing!] })).toBe(
      "PASS: all 2 cases pass.",
    );
    expect(answer({ verdict: "PASS", cases: [passing!] })).toBe("PASS: the case passes.");
    expect(answer({ verdict: "UNCERTAIN" })).toBe(
      "UNCERTAIN: no case fails, and 1 of 4 could not be judged.",
    );
    expect(answer({ verdict: "NOT APPLICABLE", cases: [REPORT.cases[4]!] })).toBe(
      "No verdict: none of the cases applies to this fleet.",
    );
    expect(answer({ interrupted: { finished: 1, asked: 4 } })).toBe(
      "INTERRUPTED: 1 of 4 cases finished.",
    );
  });

  it("fits the terminal, and has every case at any width", () => {
    for (const columns of [44, 60, 80, 120]) {
      const shown = text(REPORT, columns);
      for (const line of shown.split("\n").slice(0, -2)) {
        expect(line.length).toBeLessThanOrEqual(columns);
      }
      for (const { name } of REPORT.cases) {
        expect(shown.replace(/\s+/g, "")).toContain(name);
      }
    }
    // The two tables of figures stand in one piece each.
    expect(text().match(/^ {2}case /gm)).toHaveLength(3);
  });

  it("shows recoveries in words where they have no time, and unknown as unknown", () => {
    const healing = section("Healing");
    expect(healing).toMatch(/^ {2}region-loss:us-east-1 .* 120 s /m);
    expect(healing).toMatch(/^ {2}retry-storm .* metastable /m);
    expect(healing).toMatch(/^ {2}cold-start .* – /m);
    expect(healing).not.toContain("peak-2x");
    const never = caseOf({
      name: "never",
      measured: measures({ recovered: false, recoverySeconds: null }),
    });
    const noDip = caseOf({ name: "harmless", measured: measures({ recoverySeconds: 0 }) });
    const shown = section("Healing", text({ ...REPORT, cases: [never, noDip] }));
    expect(shown).toMatch(/never .* never /);
    expect(shown).toMatch(/harmless .* no dip /);
    expect(section("Scorecard")).toMatch(/cold-start +UNCERTAIN .* – /);
  });

  it("shows of narrow domains the worst, and all of them when asked", () => {
    const worst = text().split("\nBlast radius\n")[1]!.split("\nHeadroom\n")[0]!;
    expect(worst).toContain("worst of 3 replicas");
    expect(worst).toContain("replica-1");
    expect(worst).not.toContain("replica-0");
    expect(worst).toContain("140.0 % !");
    expect(worst).toContain("125.0 % !");
    expect(worst).toContain("none left");
    expect(text()).toContain("nothing is left for llama without us-east-1");
    const all = text(REPORT, 80, true);
    for (const replica of [0, 1, 2]) expect(all).toContain(`replica-${replica}`);
    expect(all).not.toContain("worst of");
  });

  it("says what it was judged by, and warns of what that leaves out", () => {
    expect(section("Judged by").replace(/\s+/g, " ")).toContain(
      "Nothing was asked for, so what every fleet is asked for: back from every fault within the run",
    );
    const given: StressReport = {
      ...REPORT,
      thresholdsFrom: "given",
      thresholds: {
        ...REPORT.thresholds,
        availability: 0.999,
        recoverySeconds: 600,
        recovers: false,
        metastable: false,
        slo: false,
      },
    };
    const shown = text(given).replace(/\s+/g, " ");
    expect(shown).toContain("What was asked for: at least 99.9 % answered; back within 10 min.");
    expect(shown).toContain(
      `retry-storm leaves the fleet metastable, which the thresholds do not ask about: ${METASTABLE.explanation}`,
    );
    expect(text()).not.toContain("do not ask about");
    const noSlo = { ...REPORT, baseline: { ...REPORT.baseline, slo: [] } };
    expect(text(noSlo)).toContain("No workload has objectives");
    const broken = { ...REPORT, baseline: { ...REPORT.baseline, verdict: "FAIL" as const } };
    expect(text(broken)).toContain("breaks its objectives without any case");
  });

  it("gives the reserve in dollars, at least, or says that it is unknown", () => {
    expect(section("Headroom").replace(/\s+/g, " ")).toBe(
      " 40.0 % of the capacity that is paid for at the baseline's peak is not needed then: it is what is left for " +
        "faults and growth. That is at least $40.00 of $100.00 per hour. Left out for want of a price or of work: " +
        "eu-west-1/l4.",
    );
    const headroom = { idleShare: 0.4, usdPerHour: null, idleUsdPerHour: null, leftOut: [] };
    expect(section("Headroom", text({ ...REPORT, headroom }))).toMatch(/unknown:\s+no\s+price/);
    const nothing = { ...headroom, idleShare: null };
    expect(section("Headroom", text({ ...REPORT, headroom: nothing }))).toContain("Not known");
  });

  it("names what does not apply, with the reason", () => {
    expect(section("Not applicable").trim()).toBe(
      "- queue-backlog: no workload is delivered by queue",
    );
  });

  it("is the same document in Markdown", () => {
    const markdown = renderMarkdown(stressDocument(REPORT, HOW));
    expect(markdown).toContain("# Stress test of support");
    expect(markdown).toContain("| retry-storm | FAIL |");
    expect(markdown).toContain("capplan stress support.yaml --seed 7");
  });
});

describe("stressPage", () => {
  const page = stressPage(REPORT, HOW);

  it("has a picture of each case that was run, with its time shaded, and says the same as the text", () => {
    expect(page.match(/<svg /g)).toHaveLength(4);
    expect(page.match(/fault, until back/g)).toHaveLength(3);
    expect(page).toContain("Goodput with retry-storm, mean of 10 s");
    expect(page).toContain("good without the case");
    for (const { name } of REPORT.cases) expect(page).toContain(name);
    expect(page).not.toMatch(/<script|undefined|NaN/);
  });

  it("draws what a load offers beside what is good of it", () => {
    const [first] = page.split("Goodput with region-loss");
    expect(first).toContain("offered");
  });
});

describe("stressReportSchema", () => {
  it("takes the report as it comes out of JSON, and nothing more", () => {
    const json: unknown = JSON.parse(JSON.stringify(REPORT));
    expect(stressReportSchema.parse(json)).toEqual(REPORT);
    expect(() => stressReportSchema.parse({ ...REPORT, more: 1 })).toThrow();
  });
});

describe("caseListTable", () => {
  it("has what each case tests, or why it does not apply", () => {
    const cases = stressCases(fleetScenario({ pools: [{ replicas: 1 }] }));
    const { rows } = caseListTable(cases);
    expect(rows).toHaveLength(cases.length);
    expect(rows[0]).toEqual(["peak-1.5x", cases[0]!.tests]);
    expect(rows.find(([name]) => name === "pool-loss")![1]).toMatchObject({
      text: "not applicable: the fleet is one pool; without it nothing is left to carry on",
    });
  });
});
