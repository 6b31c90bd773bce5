import { describe, expect, it } from "@jest/globals";
import stringWidth from "string-width";
import type { SimulationSummary } from "../../../planner/metrics/simulation-summary";
import { renderMarkdown } from "../../../planner/report/render-markdown";
import { renderTerminal } from "../../../planner/report/render-terminal";
import { simulationReport } from "../../../planner/report/simulation-report";
import { expectGolden } from "../../support/golden";
import {
  groupSummary,
  latencyBlock,
  SATURATED_SUMMARY,
  SUMMARY,
  UNKNOWN_COST,
} from "../../support/summary-fixture";

const REPRODUCE = "capplan simulate support-assistant.yaml --seed 7";

function terminal(summary: SimulationSummary, columns = 80): string {
  const report = simulationReport(summary, { reproduce: REPRODUCE });
  return renderTerminal(report, { columns, color: false });
}

const TIMELINE: SimulationSummary["timeline"] = [0, 1, 2, 3].map((index) => ({
  startSeconds: index * 300,
  endSeconds: (index + 1) * 300,
  workloads: Object.fromEntries(
    Object.keys(SUMMARY.workloads).map((name) => [
      name,
      {
        offered: 12_000,
        completedOfArrived: 12_000,
        goodOfArrived: 11_500 - 900 * index,
        touchedOfArrived: 300 * index,
        attempts: 12_000 + 1500 * index,
        completed: 12_000 - index,
        rejected: 30 * index,
        timedOut: 20 * index,
        failed: 10 * index,
        outputTokens: 2_532_000,
        ttftMsP50: 240 + index,
        ttftMsP95: index === 2 ? null : 612,
        meanInSystem: 40 * index,
      },
    ]),
  ),
  pools: {
    "eu-west-1/h100": { readyReplicas: 2 + index, paidReplicas: 3 + index, attempts: 3_000 },
    "us-east-1/h100": { readyReplicas: 6 - index, paidReplicas: 6, attempts: 9_000 },
  },
}));

describe("simulationReport on a terminal", () => {
  it("reads as the golden at 80 columns", () => {
    expectGolden("simulate-80.txt", terminal({ ...SUMMARY, timeline: TIMELINE }));
  });

  it("reads as the golden at 44 columns", () => {
    expectGolden("simulate-44.txt", terminal(SUMMARY, 44));
  });

  it("gives the verdict first, with each missed objective and by how much", () => {
    const lines = terminal(SUMMARY).split("\n");
    expect(lines[2]).toBe("FAIL: 1 of 3 objectives is not met, 1 is uncertain.");
    expect(lines[3]).toContain("failed: support-chat tpot p95: 42.8 ms (limit 40.0 ms, 7.0 %");
    expect(lines[5]).toContain("uncertain: contract-review e2e p99: 29.4 s, may be");
  });

  it("lists what failed before what is uncertain, whatever the order of the objectives", () => {
    const text = terminal({ ...SUMMARY, slo: SUMMARY.slo.toReversed() });
    expect(text.indexOf("failed: support-chat")).toBeGreaterThan(0);
    expect(text.indexOf("failed: support-chat")).toBeLessThan(text.indexOf("uncertain: contract"));
  });

  it("says that nothing was measured, instead of margins and rates", () => {
    const requests = { ...SUMMARY.requests, offered: 0, completed: 0, rejected: 0 };
    const slo = SUMMARY.slo.map((result) => ({
      ...result,
      valueMs: null,
      lowMs: null,
      highMs: null,
      attainment: null,
      verdict: "UNCERTAIN" as const,
    }));
    const lines = terminal({ ...SUMMARY, verdict: "UNCERTAIN", requests, slo }, 140).split("\n");
    expect(lines.slice(2, 6).join(" ").replace(/ +/g, " ")).toContain(
      "UNCERTAIN: nothing was measured: no request arrived after the warm-up of 5 min; lengthen horizon.duration. 8 replicas on 32 accelerators;",
    );
  });

  it("says what share of the load has an objective, where some has none", () => {
    const other = groupSummary(10, 1);
    const without = { ...other, throughput: { ...other.throughput, goodputRps: null } };
    const workloads = { ...SUMMARY.workloads, "contract-review": without };
    const text = terminal({ ...SUMMARY, workloads }, 140).replace(/\s+/g, " ");
    expect(text).toContain("50.0/s, 47.0/s within their SLO of the 40.0/s that have one;");
  });

  it("says of ITL that its value is of gaps and its share of requests, and of nothing else", () => {
    const note = /within is the share of requests whose mean gap/;
    const [first, ...others] = SUMMARY.slo;
    const gaps = { ...first!, objective: "itl p95" };
    expect(terminal({ ...SUMMARY, slo: [gaps, ...others] }, 200)).toMatch(note);
    expect(terminal(SUMMARY, 200)).not.toMatch(note);
  });

  it("says when in the week the run starts, where that matters", () => {
    // 17 h 30 min after Monday 00:00.
    expect(terminal(SUMMARY)).toContain("3 replications of 20 min from mon 17:30 UTC, of which");
    expect(terminal({ ...SUMMARY, horizonStartSeconds: null })).toContain(
      "3 replications of 20 min, of which",
    );
  });

  it("names the objective with the least to spare when all are met", () => {
    const slo = SUMMARY.slo.slice(0, 1);
    expect(terminal({ ...SUMMARY, verdict: "PASS", slo })).toContain(
      "PASS: the objective is met; support-chat ttft p95 at 612 ms of 800 ms (23.5 %",
    );
  });

  it("says plainly that a workload is saturated, offered against completed, and prints no latency", () => {
    const text = terminal(SATURATED_SUMMARY);
    expect(text).toContain("SATURATED: support-chat is offered 50.0 requests/s and 31.3 complete.");
    expect(text).not.toMatch(/TTFT \(m?s\)/);
  });

  it("prints an unknown price as unknown and a partial total as at least", () => {
    expect(terminal(SUMMARY)).toContain("at least $98.32");
    const text = terminal({ ...SUMMARY, cost: UNKNOWN_COST });
    expect(text).toContain("cost unknown");
    expect(text).not.toContain("$");
  });

  it("marks what is estimated, and says what is idle and whose nothing is", () => {
    const [name, pool] = Object.entries(SUMMARY.cost.byPool).at(-1)!;
    const parts = pool.parts.map((part) => ({
      ...part,
      purchase: "spot" as const,
      kind: "estimated" as const,
      date: "2025-06-28",
    }));
    const cost = {
      ...SUMMARY.cost,
      idleUsdPerHour: 24.58,
      estimatedUsdPerHour: 98.32,
      unallocatedUsdPerHour: 9.832,
      byPool: { [name]: { ...pool, parts } },
      services: {
        ...SUMMARY.cost.services,
        lines: SUMMARY.cost.services.lines.map((line) => ({
          ...line,
          usdPerMonth: 80,
          kind: "estimated" as const,
        })),
      },
    };
    const text = terminal({ ...SUMMARY, cost }).replaceAll(/\n {2}(?! )/g, " ");
    expect(text).toContain("at least $98.32 per hour, partly estimated.");
    expect(text).toContain("estimated 2025-06-28");
    expect(text).toContain("$24.58 per hour (25.0 %) is for accelerators on which no replica is.");
    expect(text).toContain("$98.32 per hour (100 %) is at estimated prices.");
    expect(text).toContain("$9.83 per hour (10.0 %) is for pools that answered nobody.");
    expect(text).toContain("≈ $80.00");
  });

  it("leaves out groups with a single member", () => {
    expect(terminal(SUMMARY)).not.toContain("\nTenants\n");
    const tenants = { acme: groupSummary(30, 1), zenith: groupSummary(20, 1) };
    expect(terminal({ ...SUMMARY, tenants })).toContain("\nTenants\n");
  });

  it("writes a latency in seconds when it is typically longer than one", () => {
    const latency = { ...SUMMARY.latency, ttftMs: latencyBlock(4000, false) };
    const text = terminal({ ...SUMMARY, latency });
    expect(text).toMatch(/TTFT \(s\) +4\.00 +3\.20 +6\.00 +8\.00 +12\.0 +18\.0/);
  });

  it("says that it was interrupted, and after how many replications", () => {
    const interrupted = { finished: 2, asked: 3 };
    expect(terminal({ ...SUMMARY, interrupted })).toContain(
      "INTERRUPTED: made from 2 of 3 replications.",
    );
  });

  it("ends with the command that reproduces it, on one line", () => {
    expect(terminal(SUMMARY, 40).trimEnd().endsWith(`Reproduce\n  ${REPRODUCE}`)).toBe(true);
  });

  it.each([44, 60, 80, 120])("stays within %d columns but for the command", (columns) => {
    const lines = terminal({ ...SUMMARY, timeline: TIMELINE }, columns).split("\n");
    for (const line of lines.filter((text) => !text.includes(REPRODUCE))) {
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it("holds colour codes only when asked for", () => {
    const report = simulationReport(SUMMARY, { reproduce: REPRODUCE });
    const csi = "\u001b";
    expect(renderTerminal(report, { columns: 80, color: false })).not.toContain(csi);
    expect(renderTerminal(report, { columns: 80, color: true })).toContain(`${csi}[31mFAIL`);
  });
});

describe("simulationReport as Markdown", () => {
  const markdown = renderMarkdown(simulationReport(SUMMARY, { reproduce: REPRODUCE }));

  it("reads as the golden", () => {
    expectGolden("simulate.md", markdown);
  });

  it("has no blank beside the asterisks of bold text, where Markdown does not take them", () => {
    const bold = markdown.split("\n").filter((line) => line.includes("**"));
    expect(bold).toHaveLength(3);
    for (const line of bold) expect(line).toMatch(/^\*\*\S.*\S\*\*( {2})?$/);
  });

  it("writes tables whose rows all have as many cells as their header", () => {
    const tables = markdown.split("\n\n").filter((block) => block.startsWith("|"));
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) {
      const cells = table.split("\n").map((row) => row.split(/(?<!\\)\|/).length);
      expect(new Set(cells).size).toBe(1);
    }
  });

  it("escapes what a name could turn into markup", () => {
    const scenario = { ...SUMMARY.scenario, name: "a|b*c <img>" };
    const text = renderMarkdown(
      simulationReport({ ...SUMMARY, scenario }, { reproduce: REPRODUCE }),
    );
    expect(text).toContain("# Simulation of a|b\\*c \\<img\\>");
  });
});
