/** Who measures requests: rules and dashboards of a workload read its metrics, and only those. */
import { describe, expect, it } from "@jest/globals";
import type { FleetMonitoringArgs, FleetRulesArgs } from "../../../components/observability";
import { checkFleetMonitoring } from "../../../components/observability/check-fleet-monitoring";
import { driftRuleGroups } from "../../../components/observability/drift-rules";
import { latencySections } from "../../../components/observability/latency-dashboard";
import { objectiveRuleGroups } from "../../../components/observability/objective-rules";
import { requestMetrics } from "../../../components/observability/request-metrics";
import { ruleContext } from "../../../components/observability/rule-context";
import { rulesArgs } from "./monitoring-fixture";

const { chat, ...others } = rulesArgs.workloads;
const measuredBy = (by: "engine" | "picker"): FleetRulesArgs => ({
  ...rulesArgs,
  gateway: { ...rulesArgs.gateway!, namespace: "entrance" },
  workloads: { chat: { ...chat!, measuredBy: by } },
  pools: { h100: rulesArgs.pools["h100"]! },
});

/** Every expression that is made of a workload's requests. */
function expressionsOf(args: FleetRulesArgs): readonly string[] {
  const context = ruleContext(args);
  const groups = [...objectiveRuleGroups(context), ...driftRuleGroups(context)];
  return [
    ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...latencySections(context).flatMap(({ panels }) =>
      panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
    ),
  ];
}

const seriesIn = (expressions: readonly string[], prefix: RegExp): readonly string[] =>
  expressions.flatMap((expr) => [...expr.matchAll(prefix)].map(([name]) => name));

describe("requests that are measured by", () => {
  it("the picker are read from it alone, in its namespace", () => {
    const expressions = expressionsOf(measuredBy("picker"));
    expect(seriesIn(expressions, /vllm:\w+/g)).toEqual([]);
    // Names of llm-d's router 0.10 (docs/metrics.md).
    expect(new Set(seriesIn(expressions, /llm_d_epp_\w+/g))).toEqual(
      new Set(
        [
          ["request_ttft_seconds", "_bucket", "_count"],
          ["request_duration_seconds", "_bucket", "_count"],
          ["request_streaming_tpot_seconds", "_bucket", "_sum", "_count"],
          ["request_input_tokens", "_sum", "_count"],
          ["request_output_tokens", "_sum", "_count"],
        ].flatMap(([name, ...parts]) => parts.map((part) => `llm_d_epp_${name}${part}`)),
      ),
    );
    for (const expr of expressions.filter((one) => one.includes("llm_d_epp_"))) {
      expect(expr).toContain('namespace="entrance"');
      expect(expr).not.toContain('namespace="serving",model_name');
    }
  });

  it("the engine are read from it alone", () => {
    const expressions = expressionsOf(measuredBy("engine"));
    expect(seriesIn(expressions, /llm_d_epp_\w+/g)).toEqual([]);
    expect(seriesIn(expressions, /vllm:\w+/g).length).toBeGreaterThan(5);
  });

  it("a histogram whose boundaries ascend", () => {
    for (const by of ["engine", "picker"] as const) {
      const histograms = Object.values(requestMetrics(by).latencies);
      expect(histograms.length).toBeGreaterThan(3);
      for (const { boundsSeconds } of histograms) {
        expect(boundsSeconds).toEqual([...new Set(boundsSeconds)].sort((a, b) => a - b));
      }
    }
  });
});

describe("what measures nothing is refused:", () => {
  const args: FleetMonitoringArgs = {
    ...rulesArgs,
    backend: { kind: "kube-prometheus-stack" },
    workloads: { ...others, chat: { ...chat!, measuredBy: "picker" } },
  };
  const paths = (some: FleetMonitoringArgs) => checkFleetMonitoring(some).map(({ path }) => path);

  it("nothing of what does", () => {
    expect(paths(args)).toEqual([]);
  });

  it("a time that is spent inside of two engines", () => {
    const objectives = [{ metric: "queueTime", statistic: "mean", limitSeconds: 1 }] as const;
    const workloads = { ...args.workloads, chat: { ...args.workloads["chat"]!, objectives } };
    expect(paths({ ...args, workloads })).toEqual(["workloads.chat.objectives[0].metric"]);
  });

  it("a limit beyond the boundaries of who measures", () => {
    const objectives = [{ metric: "tpot", statistic: "p95", limitSeconds: 2.5 }] as const;
    const workloads = { ...args.workloads, chat: { ...args.workloads["chat"]!, objectives } };
    expect(paths({ ...args, workloads })).toEqual(["workloads.chat.objectives[0].limitSeconds"]);
  });

  it("a picker that is not watched", () => {
    const gateway = { name: "support", namespace: "serving" };
    expect(paths({ ...args, gateway })).toEqual(["workloads.chat.measuredBy"]);
  });

  it("two who measure one model", () => {
    const workloads = { ...args.workloads, again: { servedModel: "llama" } };
    expect(paths({ ...args, workloads }).toSorted()).toEqual([
      "workloads.again.measuredBy",
      "workloads.chat.measuredBy",
    ]);
  });
});
