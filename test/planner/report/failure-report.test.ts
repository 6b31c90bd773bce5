/** What the report of a simulation says of failures, faults, queues and scaling, and where it says nothing of them. */
import { describe, expect, it } from "@jest/globals";
import stringWidth from "string-width";
import type {
  FaultResilience,
  SimulationSummary,
} from "../../../planner/metrics/simulation-summary";
import { renderMarkdown } from "../../../planner/report/render-markdown";
import { renderTerminal } from "../../../planner/report/render-terminal";
import { simulationReport } from "../../../planner/report/simulation-report";
import { FAILING_SUMMARY, REGION_LOSS, SUMMARY } from "../../support/summary-fixture";

const REPRODUCE = "capplan simulate support-assistant.yaml --seed 7";

function terminal(summary: SimulationSummary, columns = 140): string {
  const report = simulationReport(summary, { reproduce: REPRODUCE });
  return renderTerminal(report, { columns, color: false });
}

function answer(summary: SimulationSummary): string {
  const lines = simulationReport(summary, { reproduce: REPRODUCE }).answer;
  return lines.map(({ text }) => text).join("\n");
}

/** Cells of a row that begins with `name`, in the section of that heading. */
function row(summary: SimulationSummary, heading: string, name: string): readonly string[] {
  const text = terminal(summary, 200);
  const section = text.split(`\n${heading}\n`)[1]!.split("\n\n");
  const line = section
    .flatMap((block) => block.split("\n"))
    .find((one) => one.trim().startsWith(name));
  return line!.trim().split(/ {2,}/);
}

function withFaults(...resilience: readonly FaultResilience[]): SimulationSummary {
  return { ...FAILING_SUMMARY, resilience };
}

describe("the report of a run without failures", () => {
  it("says nothing of failures, faults and queues", () => {
    const text = terminal(SUMMARY);
    for (const word of ["Failures", "Resilience", "Queues", "vailab", "retries", "mean ready"]) {
      expect(text).not.toContain(word);
    }
    expect(terminal({ ...SUMMARY, resilience: [] })).toBe(text);
  });
});

describe("the answer of a run with failures", () => {
  it("tells availability with the outcomes and the main reason of each", () => {
    expect(answer(FAILING_SUMMARY)).toContain(
      "Availability 97.2 %: 700 refused (mostly overflow), 250 timed out (client-timeout), 50 failed (replica-lost).",
    );
  });

  it("says that a fault was survived, how fast and how far it reached", () => {
    expect(answer(FAILING_SUMMARY)).toContain(
      "Recovered from region-loss in 120 s; it touched 28.3 % of the requests meanwhile.",
    );
    const slower = { ...REGION_LOSS, fault: "zone-loss", recoverySeconds: 240 };
    expect(answer(withFaults(REGION_LOSS, slower))).toContain(
      "Recovered from all 2 faults, the slowest (zone-loss) in 240 s.",
    );
    expect(answer(withFaults({ ...REGION_LOSS, recoverySeconds: 0 }))).toContain(
      "Recovered from region-loss without a dip;",
    );
  });

  it("names each fault from which it did not come back", () => {
    const lost = { ...REGION_LOSS, recoverySeconds: null, recovered: false };
    const sometimes = { ...REGION_LOSS, fault: "zone-loss", recovered: false };
    const text = answer(withFaults(lost, sometimes));
    expect(text).toContain("NOT RECOVERED from region-loss before the end.");
    expect(text).toContain("NOT RECOVERED from zone-loss in every run before the end.");
    expect(text).not.toContain("Recovered from");
  });

  it("explains a metastable failure", () => {
    const metastable = {
      explanation: "retries keep it down",
      offeredRequestsPerSecond: 10,
      attemptsPerSecond: 30,
      capacityRequestsPerSecond: 12,
    };
    const stuck = { ...REGION_LOSS, recoverySeconds: null, recovered: false, metastable };
    const summary = withFaults(stuck);
    expect(answer(summary)).toContain("METASTABLE after region-loss: retries keep it down.");
    expect(terminal(summary)).toContain(
      "- region-loss left a metastable failure: retries keep it down",
    );
  });

  it("claims nothing where it is not known", () => {
    const unknown = { ...REGION_LOSS, recoverySeconds: null, recovered: null };
    const said = answer(withFaults(unknown));
    expect(said).toContain("Cannot say whether the fleet recovered from region-loss");
    expect(said).not.toContain("Recovered from");
  });

  it("counts the replicas that were paid for, on average", () => {
    // 2 + 1.5 and 6 + 1.5, each on four accelerators.
    expect(answer(FAILING_SUMMARY)).toContain("on average 11 replicas on 44 accelerators;");
  });
});

describe("the sections of a run with failures", () => {
  it("lists availability, retries, hedges and fallbacks by workload", () => {
    expect(row(FAILING_SUMMARY, "Failures", "support-chat")).toEqual([
      ...[
        "support-chat",
        "97.2 %",
        "97.0 % – 97.4 %",
        "5,300",
        "4,100",
        "900",
        "12",
        "350",
        "1.0 %",
      ],
    ]);
  });

  it("lists reasons in the order of outcomes, and the steps of chains that broke", () => {
    const text = terminal(FAILING_SUMMARY).replace(/ {2,}/g, "|");
    const lines = [
      "support-chat|rejected|rate-limited|10|< 0.1 %",
      "support-chat|rejected|overflow|690|1.9 %",
      "support-chat|timed out|client-timeout|250|0.7 %",
      "support-chat|failed|replica-lost|50|0.1 %",
      "support-chat|retrieve|20|0.1 %",
      "support-chat|answer|30|0.1 %",
    ];
    const places = lines.map((line) => text.indexOf(line));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("has a row for each fault, with what is not known as a dash", () => {
    expect(row(FAILING_SUMMARY, "Resilience", "region-loss")).toEqual([
      ...["region-loss", "10 min", "15 min", "28.3 %", "100 %", "13.7 %", "91.2 %"],
      ...["30.0 s", "80.0 s", "120 s"],
    ]);
    const often = {
      ...REGION_LOSS,
      occurrences: 4,
      endSeconds: null,
      detectSeconds: null,
      shiftSeconds: null,
      recovered: false,
    };
    expect(row(withFaults(often), "Resilience", "region-loss")).toEqual([
      ...["region-loss", "10 min", "the end", "4", "28.3 %", "100 %", "13.7 %", "91.2 %"],
      ...["–", "–", "120 s, not always"],
    ]);
    const never = { ...REGION_LOSS, recovered: false, recoverySeconds: null };
    expect(row(withFaults(never), "Resilience", "region-loss").at(-1)).toBe("no");
  });

  it("states the resolution and what recovered means", () => {
    expect(terminal(FAILING_SUMMARY).replace(/\s+/g, " ")).toContain(
      "Measured in steps of 20 s, from the start of the fault. Recovered: good requests are within 5.0 % of what is expected without the fault, and stay so for 3 steps;",
    );
  });

  it("has a row for the queues of each region", () => {
    expect(row(FAILING_SUMMARY, "Queues", "us-east-1")).toEqual([
      ...["us-east-1", "9,000", "9,120", "8,960", "30", "0", "10", "412", "95.5 s"],
    ]);
  });

  it("shows the replicas that were ready, paid for and spot where they changed", () => {
    const text = terminal(FAILING_SUMMARY).replace(/ {2,}/g, "|");
    expect(text).toContain("|eu-west-1/h100|2|3.25|3.50|40.0 %\n");
    const rounding = Object.entries(SUMMARY.pools).map(([name, pool]) => {
      return [name, { ...pool, readyReplicas: pool.replicas - 1e-9 }];
    });
    expect(terminal({ ...SUMMARY, pools: Object.fromEntries(rounding) })).toBe(terminal(SUMMARY));
  });

  it("adds the availability of groups of which one failed", () => {
    expect(row(FAILING_SUMMARY, "Workloads", "support-chat").at(-1)).toBe("97.2 %");
    expect(terminal(FAILING_SUMMARY).split("\nRegions\n")[1]!.split("\n\n")[0]).not.toContain(
      "available",
    );
  });

  it.each([44, 60, 80, 120])("stays within %d columns but for the command", (columns) => {
    const lines = terminal(FAILING_SUMMARY, columns).split("\n");
    for (const line of lines.filter((text) => !text.includes(REPRODUCE))) {
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  it("is the same in Markdown", () => {
    const report = simulationReport(FAILING_SUMMARY, { reproduce: REPRODUCE });
    const markdown = renderMarkdown(report);
    expect(markdown).toContain("## Resilience");
    expect(markdown).toContain("| region-loss | 10 min | 15 min | 28.3 % |");
  });
});
