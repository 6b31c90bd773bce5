import { describe, expect, it } from "@jest/globals";
import { renderHtmlPage } from "../../../../planner/report/html/render-html-page";
import { renderMarkdown } from "../../../../planner/report/render-markdown";
import { renderTerminal } from "../../../../planner/report/render-terminal";
import type { Report } from "../../../../planner/report/report";
import { studiesData, withStudies } from "../../../../planner/report/sizing/studies-document";
import { studiesPageSections } from "../../../../planner/report/sizing/studies-page";
import { chooseVariant } from "../../../../planner/sizing/studies/choose-variant";
import { expectGolden } from "../../../support/golden";
import { STUDIES } from "../../../support/studies-fixture";

const SIZING: Report = {
  title: "Sizing of small",
  answer: [{ text: "4 replicas for $10.00/hour.", tone: "good" }],
  sections: [],
  warnings: [],
  reproduce: "capplan size small.yaml --seed 1",
};
const REPORT = withStudies(SIZING, STUDIES);
const TEXT = renderTerminal(REPORT, { columns: 80, color: false });

describe("withStudies", () => {
  it("puts the answers of the studies behind that of the sizing", () => {
    expect(REPORT.answer[0]).toEqual(SIZING.answer[0]);
    const answers = REPORT.answer.map(({ text }) => text);
    expect(answers[1]).toBe(
      "Scaling: scheduled, $8.00/hour, 20.0 % less than all replicas all the time; keeps every objective, withstands its losses at every hour.",
    );
    expect(answers[3]).toBe(
      "  Not autoscaled: chat ttft p95 FAIL; could not withstand its losses 10.0 % of the time (us-east-1 lost: 65.0 % of what llama-3.1-8b-instruct would need).",
    );
    expect(answers).toContain("What if outputs=2x: $15.00/hour (+50.0 %), UNCERTAIN.");
    expect(answers).toContain("What if hardware=l4: no fleet keeps the promises.");
    expect(answers.at(-1)).toBe(
      "Cost against survival: from $10.00/hour (nothing) to $20.00/hour (any-pool), +100 %.",
    );
  });

  it("says where the requests were that lag left outside, by the clock", () => {
    expect(TEXT.replace(/\s+/g, " ")).toContain(
      "autoscaled: chat outside of its objectives 62.0 % from wed 07:00 to wed 07:10, 8.0 % of all more than static",
    );
    expect(TEXT.replace(/\s+/g, " ")).toContain("4 from 06:51 to 08:00");
  });

  it("fits 80 columns", () => {
    for (const line of TEXT.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("shows points without a fleet with their reasons", () => {
    expect(TEXT).toMatch(/0\.5 × limits +– .*no fleet/);
    expect(TEXT).toMatch(/any-cloud +– .*not applicable/);
    expect(TEXT.replace(/\s+/g, " ")).toContain("any-cloud: every region is on aws");
    expect(TEXT).not.toMatch(/undefined|NaN|null|Infinity/);
  });

  it("counts from the least demanding point where none is the scenario as it is", () => {
    const [, survival] = STUDIES.frontiers;
    const points = survival!.points.map((point) => ({ ...point, isBase: false }));
    const report = withStudies(SIZING, {
      frontiers: [{ ...survival!, points }],
      whatIfs: null,
      scaling: null,
    });
    const text = renderTerminal(report, { columns: 80, color: false });
    expect(text).toMatch(/nothing +\$10\.00 +– /);
    expect(text).toMatch(/any-pool +\$20\.00 +\+100 %/);
  });

  it("gives the text and the Markdown that were read", () => {
    expectGolden("sizing-studies-80.txt", TEXT);
    expectGolden("sizing-studies.md", renderMarkdown(REPORT));
  });

  it("is the report itself where nothing was asked", () => {
    expect(withStudies(SIZING, { frontiers: [], whatIfs: null, scaling: null })).toEqual(SIZING);
  });
});

describe("studiesData", () => {
  it("has everything but the scenarios of the variants", () => {
    const data = JSON.parse(JSON.stringify(studiesData(STUDIES)));
    expect(data.frontiers).toEqual(JSON.parse(JSON.stringify(STUDIES.frontiers)));
    expect(data.scaling.variants[1]).toMatchObject({ name: "scheduled", usdPerHour: 8 });
    expect(data.scaling.variants[1]).not.toHaveProperty("spec");
  });
});

describe("studiesPageSections", () => {
  it("has a picture of each study", () => {
    const html = renderHtmlPage({ title: "t", sections: studiesPageSections(STUDIES) });
    const captions = [...html.matchAll(/<figcaption>([^<]*)</g)].map(([, text]) => text);
    expect(captions).toEqual([
      "Replicas that serve",
      "Cost, what if",
      "Cost against latency",
      "Cost against survival",
    ]);
    expect(html.match(/<svg /g)).toHaveLength(4);
    expect(html).toContain(">outputs=2x<");
    expect(html).not.toMatch(/NaN|undefined/);
  });

  it("has the same bytes every time", () => {
    const page = (): string =>
      renderHtmlPage({ title: "t", sections: studiesPageSections(STUDIES) });
    expect(page()).toBe(page());
  });
});

describe("chooseVariant", () => {
  const [unscaled, scheduled, autoscaled] = STUDIES.scaling!.variants as [
    (typeof STUDIES.scaling & object)["variants"][number],
    (typeof STUDIES.scaling & object)["variants"][number],
    (typeof STUDIES.scaling & object)["variants"][number],
  ];

  it("takes the cheapest that keeps what all replicas keep", () => {
    expect(chooseVariant([unscaled, scheduled, autoscaled])).toEqual(STUDIES.scaling!.choice);
  });

  it("stays with all replicas where nothing else keeps as much", () => {
    const lost = { ...scheduled, survival: autoscaled.survival };
    expect(chooseVariant([unscaled, lost, autoscaled])).toEqual({
      chosen: "static",
      against: [
        { name: "scheduled", reasons: ["survival"] },
        { name: "autoscaled", reasons: ["objectives", "survival"] },
      ],
    });
  });

  it("takes what has a price before what has none", () => {
    const unpriced = { ...scheduled, usdPerHour: null };
    expect(chooseVariant([unscaled, unpriced]).chosen).toBe("static");
  });
});
