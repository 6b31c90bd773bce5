import { describe, expect, it } from "@jest/globals";
import {
  cdfChart,
  lineChart,
  scatterChart,
  shortNumber,
} from "../../../../planner/report/html/chart";
import { escapeHtml } from "../../../../planner/report/html/escape-html";
import { renderHtmlPage } from "../../../../planner/report/html/render-html-page";
import { traceInspectionPage } from "../../../../planner/report/html/trace-page";
import { paragraph, table } from "../../../../planner/report/report";
import { inspectTrace } from "../../../../planner/traffic/trace/inspect-trace";
import { tableOf } from "../../traffic/trace/trace-fixture";

const ATTACK = `"><script>alert('x')</script>&\u0000`;

describe("renderHtmlPage", () => {
  it("escapes every text it is given", () => {
    const frame = { title: ATTACK, xLabel: ATTACK, yLabel: ATTACK };
    const html = renderHtmlPage({
      title: ATTACK,
      answer: [ATTACK],
      warnings: [ATTACK],
      sections: [
        {
          heading: ATTACK,
          blocks: [
            paragraph(ATTACK),
            { kind: "list", items: [ATTACK] },
            table([{ header: ATTACK, align: "left" }], [[ATTACK], [{ text: ATTACK, tone: "bad" }]]),
            {
              kind: "chart",
              chart: scatterChart(frame, [{ name: ATTACK, points: [[1, 2]] }]),
            },
          ],
        },
      ],
    });
    expect(html).not.toContain("<script");
    expect(html).not.toContain('"><s');
    expect(html).not.toContain("\u0000");
  });

  it("asks nothing of the network and runs nothing", () => {
    const html = renderHtmlPage({ title: "t", sections: [] });
    expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(html).not.toMatch(/<script|<link|<img|url\(|@import/);
  });
});

describe("charts", () => {
  const frame = { title: "Rate", xLabel: "time", yLabel: "requests/s" };
  const series = [{ name: "requests", points: [[0, 1] as const, [1, 3] as const] }];

  it("take their colours from the page, for light and dark", () => {
    const { svg } = lineChart(frame, series);
    expect(svg).toContain("var(--chart-1)");
    expect(svg).not.toMatch(/#0[1-5]0[1-5]0[1-5]/);
    expect(svg).toContain('role="img" aria-label="Rate"');
  });

  it("are the same text each time, however many were drawn before", () => {
    const first = lineChart(frame, series).svg;
    cdfChart({ title: "other", xLabel: "x", yLabel: "%" }, series);
    expect(lineChart(frame, series).svg).toBe(first);
  });

  it("label axes in short numbers", () => {
    expect([0, 0.25, 950, 12_000, 3_400_000, 2e9].map(shortNumber)).toEqual([
      "0",
      "0.25",
      "950",
      "12k",
      "3.4M",
      "2G",
    ]);
  });
});

describe("traceInspectionPage", () => {
  it("draws load, lengths and gaps, with the file name escaped", () => {
    const trace = tableOf([0, 1, 2, 4, 9], [10, 20, 30, 20, 10], [1, 2, 3, 4, 5], {
      source: "<b>.csv",
    });
    const html = traceInspectionPage(trace, inspectTrace(trace));
    expect(html.match(/<svg /g)).toHaveLength(5);
    expect(html).toContain("<h1>Trace &lt;b&gt;.csv</h1>");
    expect(html).toContain("Gaps between arrivals");
  });

  it("draws lengths only when there are no arrivals", () => {
    const trace = tableOf([0, 0], [10, 20], [1, 2], { hasArrivals: false });
    const html = traceInspectionPage(trace, inspectTrace(trace));
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html).toContain("no arrival times");
  });
});

describe("escapeHtml", () => {
  it("keeps line feeds and tabs and drops other control characters", () => {
    expect(escapeHtml("a\tb\nc\u001b[31m")).toBe("a\tb\nc[31m");
  });
});
