import { describe, expect, it } from "@jest/globals";
import type { SimulationSummary } from "../../../../planner/metrics/simulation-summary";
import { lineChart } from "../../../../planner/report/html/chart";
import { simulationPage } from "../../../../planner/report/html/simulation-page";
import {
  eventTable,
  faultWindows,
  marksOf,
  noteworthyEvents,
} from "../../../../planner/report/html/timeline-events";
import { FAILING_SUMMARY, SUMMARY } from "../../../support/summary-fixture";

const OPTIONS = { reproduce: "capplan simulate chat.yaml --set name='<b>'" };

const TIMELINE: NonNullable<SimulationSummary["timeline"]> = Array.from({ length: 60 }, (_, i) => ({
  startSeconds: i * 20,
  endSeconds: (i + 1) * 20,
  workloads: Object.fromEntries(
    Object.keys(SUMMARY.workloads).map((name) => [
      name,
      {
        offered: 800,
        completedOfArrived: 790,
        goodOfArrived: name === "support-chat" ? 780 : null,
        touchedOfArrived: 10,
        attempts: 900,
        completed: 800,
        rejected: 0,
        timedOut: 0,
        failed: 0,
        outputTokens: 1000,
        ttftMsP50: 240,
        ttftMsP95: 500,
        meanInSystem: 40,
      },
    ]),
  ),
  pools: Object.fromEntries(
    Object.keys(SUMMARY.pools).map((name) => [
      name,
      { readyReplicas: 2, paidReplicas: 2, attempts: 400 },
    ]),
  ),
}));

const FAILING: SimulationSummary = { ...FAILING_SUMMARY, timeline: TIMELINE };
const [FIRST] = TIMELINE;

function withEvents(first: SimulationSummary["control"]["first"]): SimulationSummary {
  return { ...FAILING, control: { counts: {}, first } };
}

describe("simulationPage", () => {
  it("draws load by workload, requests in the system, replicas by pool and attempts by region", () => {
    const html = simulationPage(FAILING, OPTIONS);
    expect([...html.matchAll(/<figcaption>([^<]*)</g)].map((match) => match[1])).toEqual([
      "Requests of support-chat",
      "Requests of contract-review",
      "Requests in the system",
      "Ready replicas by pool",
      "Attempts by region",
    ]);
    expect(html).toContain("<h2>Resilience</h2>");
    expect(html).not.toContain("<h2>Timeline");
    expect(html).toContain("name=&#39;&lt;b&gt;&#39;");
  });

  it("shades faults and marks events only where there are any", () => {
    expect(simulationPage(FAILING, OPTIONS)).toContain('fill="var(--chart-window)"');
    expect(simulationPage({ ...SUMMARY, timeline: TIMELINE }, OPTIONS)).not.toContain(
      'fill="var(--chart-window)"',
    );
  });

  it("draws attempts only where something failed", () => {
    const legend = (summary: SimulationSummary): boolean =>
      simulationPage(summary, OPTIONS).includes(">attempts</text>");
    expect(legend(FAILING)).toBe(true);
    expect(legend({ ...SUMMARY, timeline: TIMELINE })).toBe(false);
  });

  it("has no charts without a timeline", () => {
    expect(simulationPage(SUMMARY, OPTIONS)).not.toContain("<svg");
    expect(simulationPage({ ...SUMMARY, timeline: [] }, OPTIONS)).not.toContain("<svg");
  });

  it("is the same page each time", () => {
    expect(simulationPage(FAILING, OPTIONS)).toBe(simulationPage(FAILING, OPTIONS));
  });
});

describe("faultWindows", () => {
  it("spans a fault from start to end, or to the end of the run", () => {
    expect(faultWindows(FAILING, TIMELINE)).toEqual([{ name: "region-loss", from: 600, to: 900 }]);
    const open = FAILING.control.first.filter(({ kind }) => kind !== "fault-end");
    expect(faultWindows(withEvents(open), TIMELINE)).toEqual([
      { name: "region-loss", from: 600, to: 1200 },
    ]);
  });

  it("joins occurrences that overlap, and leaves out what starts after the timeline", () => {
    const at = (seconds: number, kind: "fault-start" | "fault-end", fault = "spot") => {
      return { seconds, kind, fault, replicas: 1 } as const;
    };
    const summary = withEvents([
      at(100, "fault-start"),
      at(150, "fault-start"),
      at(200, "fault-end"),
      at(300, "fault-end"),
      at(400, "fault-start"),
      at(410, "fault-end"),
      at(1190, "fault-start"),
      at(1200, "fault-start", "late"),
      at(1300, "fault-end"),
    ]);
    expect(faultWindows(summary, TIMELINE)).toEqual([
      { name: "spot", from: 100, to: 300 },
      { name: "spot", from: 400, to: 410 },
      { name: "spot", from: 1190, to: 1200 },
    ]);
  });
});

describe("noteworthyEvents", () => {
  it("are numbered and listed, with those of one pool in one bucket as one", () => {
    const events = noteworthyEvents(FAILING, TIMELINE);
    expect(marksOf(events)).toEqual([
      { label: "1", x: 603 },
      { label: "2", x: 630 },
      { label: "3", x: 700 },
    ]);
    expect(eventTable(events)).toMatchObject([
      {
        table: {
          rows: [
            ["1", "10 min 3 s", "us-east-1/h100: 2 replicas ejected by a gateway"],
            [
              "2",
              "10 min 30 s",
              "DNS health check: us-east-1 is unhealthy for llama-3.1-70b-instruct",
            ],
            ["3", "11 min 40 s", "eu-west-1/h100: scaled from 2 to 4"],
          ],
        },
      },
    ]);
    expect(eventTable([])).toEqual([]);
  });

  it("tell notices, returns and health, one bucket from the next", () => {
    const pool = "us-east-1/h100";
    const summary = withEvents([
      { seconds: 10, kind: "spot-notice", pool, replicas: 2 },
      { seconds: 12, kind: "spot-notice", pool, replicas: 1 },
      { seconds: 20, kind: "returned", pool, replica: 1 },
      { seconds: 41, kind: "returned", pool, replica: 1 },
      { seconds: 50, kind: "region-healthy", region: "us-east-1", model: "m" },
      { seconds: 60, kind: "replica-ready", pool, replica: 1 },
    ]);
    const events = noteworthyEvents(summary, TIMELINE);
    expect(events.map(({ seconds, text, count }) => [seconds, text(count)])).toEqual([
      [10, "us-east-1/h100: notice for 3 spot replicas"],
      [20, "us-east-1/h100: 1 replica taken back by a gateway"],
      [41, "us-east-1/h100: 1 replica taken back by a gateway"],
      [50, "DNS health check: us-east-1 is healthy again for m"],
    ]);
  });

  it("are at most thirty, and none after the timeline", () => {
    const pool = "us-east-1/h100";
    const summary = withEvents(
      Array.from({ length: 50 }, (_, i) => {
        return { seconds: i * 30, kind: "scaled", pool, from: i, to: i + 1 } as const;
      }),
    );
    expect(noteworthyEvents(summary, TIMELINE)).toHaveLength(30);
    const last = noteworthyEvents(summary, [{ ...FIRST!, endSeconds: 100 }]);
    expect(last.map(({ seconds }) => seconds)).toEqual([0, 30, 60, 90]);
  });
});

describe("charts of many series", () => {
  const frame = { title: "Many", xLabel: "time", yLabel: "replicas" };
  const series = (count: number) =>
    Array.from({ length: count }, (_, i) => {
      return { name: `pool ${i}`, points: [[0, i] as const, [1, i + 1] as const] };
    });

  it("have six colours, and dashes beyond", () => {
    const { svg } = lineChart(frame, series(6));
    for (const color of [1, 2, 3, 4, 5, 6]) expect(svg).toContain(`var(--chart-${color})`);
    expect(svg).not.toContain("stroke-dasharray");
    expect(lineChart(frame, series(7)).svg).toContain("stroke-dasharray");
  });
});
