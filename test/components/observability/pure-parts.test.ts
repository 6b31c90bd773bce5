/** Laws of what rules, dashboards and the collector are made of. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BURN_WINDOWS, badShareLimit } from "../../../components/observability/burn-rate";
import {
  CONTENT_EVENTS,
  CONTENT_KEYS,
  collectorConfig,
  MASKED_VALUES,
} from "../../../components/observability/collector-config";
import { dashboardJson } from "../../../components/observability/dashboard-model";
import { fleetDashboards } from "../../../components/observability/fleet-dashboards";
import type { LatencyMetric } from "../../../components/observability/objective-args";
import { LATENCY_METRICS } from "../../../components/observability/objective-args";
import { boundWeights, budgetOf } from "../../../components/observability/objective-share";
import { plannedModels } from "../../../components/observability/planned-traffic";
import { LATENCY_HISTOGRAMS, placeOfLimit } from "../../../components/observability/vllm-metrics";
import { checkRules, describeWithPromtool } from "../../support/promtool";
import { rulesArgs } from "./monitoring-fixture";

describe("burn rates", () => {
  it("are those of The Site Reliability Workbook, table 5-8", () => {
    expect(BURN_WINDOWS.map(({ long, short, burnRate }) => [long, short, burnRate])).toEqual([
      ["1h", "5m", 14.4],
      ["6h", "30m", 6],
      ["3d", "6h", 1],
    ]);
  });

  it("can be reached, whatever the budget, and never tell below it", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-5, max: 0.5, noNaN: true }), (budget) => {
        for (const window of BURN_WINDOWS) {
          const limit = badShareLimit(budget, window);
          expect(limit).toBeLessThan(1);
          expect(limit).toBeGreaterThanOrEqual(budget);
        }
      }),
    );
  });

  it("leave as much to burn as a statistic lets through", () => {
    expect((["p50", "p90", "p95", "p99", "p999", "mean"] as const).map(budgetOf)).toEqual([
      0.5,
      0.1,
      0.05,
      0.01,
      0.001,
      undefined,
    ]);
  });
});

describe("the share of requests that miss a limit", () => {
  /** What Prometheus would compute of a histogram of these durations. */
  const share = (
    metric: LatencyMetric,
    limitSeconds: number,
    bound: "certain" | "estimate",
    durations: readonly number[],
  ) =>
    1 -
    boundWeights({ metric, statistic: "p95", limitSeconds }, bound)
      .map(
        ({ boundSeconds, weight }) =>
          weight * durations.filter((one) => one <= boundSeconds).length,
      )
      .reduce((sum, one) => sum + one, 0) /
      durations.length;

  it("is never more than there are when it is certain, and exact on a boundary", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...LATENCY_METRICS),
        fc.double({ min: 0.002, max: 80, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (metric, limitSeconds, durations) => {
          const late = (limit: number) =>
            durations.filter((one) => one > limit).length / durations.length;
          const certain = share(metric, limitSeconds, "certain", durations);
          expect(certain).toBeLessThanOrEqual(late(limitSeconds) + 1e-9);
          expect(share(metric, limitSeconds, "estimate", durations)).toBeGreaterThanOrEqual(
            certain - 1e-9,
          );
          const { aboveSeconds } = placeOfLimit(LATENCY_HISTOGRAMS[metric], limitSeconds)!;
          for (const bound of ["certain", "estimate"] as const) {
            expect(share(metric, aboveSeconds, bound, durations)).toBeCloseTo(
              late(aboveSeconds),
              9,
            );
          }
        },
      ),
    );
  });

  it("is exact for requests that are spread evenly inside a bucket, when it is estimated", () => {
    // 1.5 thousandths apart between the boundaries 1 s and 2.5 s.
    const even = Array.from({ length: 1000 }, (_, index) => 1 + 0.0015 * (index + 1));
    expect(share("ttft", 2, "estimate", even)).toBeCloseTo(1 / 3, 2);
    expect(share("ttft", 2, "certain", even)).toBe(0);
  });

  it("has boundaries in ascending order, and none above the last", () => {
    for (const histogram of Object.values(LATENCY_HISTOGRAMS)) {
      const { boundsSeconds } = histogram;
      expect(boundsSeconds).toEqual([...boundsSeconds].sort((one, other) => one - other));
      expect(placeOfLimit(histogram, boundsSeconds.at(-1)! * 1.01)).toBeUndefined();
      expect(placeOfLimit(histogram, boundsSeconds[0]! / 2)).toEqual({
        belowSeconds: 0,
        aboveSeconds: boundsSeconds[0],
      });
    }
  });
});

describe("plannedModels", () => {
  const of = (workloads: (typeof rulesArgs)["workloads"]) =>
    plannedModels({ ...rulesArgs, workloads });

  it("adds rates, weighs lengths by them, and shares that add up to 1", () => {
    const planned = { requestsPerSecond: 3, promptTokensMean: 100, outputTokensMean: 10 };
    const models = of({
      one: { servedModel: "llama", planned },
      two: {
        servedModel: "llama",
        planned: { ...planned, requestsPerSecond: 1, promptTokensMean: 500 },
      },
      three: { servedModel: "qwen", planned },
    });
    expect(models).toMatchObject([
      {
        servedModel: "llama",
        workloads: ["one", "two"],
        requestsPerSecond: 4,
        promptTokensMean: 200,
      },
      { servedModel: "qwen", requestsPerSecond: 3, promptTokensMean: 100 },
    ]);
    expect(models.map(({ share }) => share)).toEqual([4 / 7, 3 / 7]);
  });

  it("knows nothing of a model when one of its workloads says nothing", () => {
    const [model] = of({
      one: { servedModel: "llama", planned: { requestsPerSecond: 3, promptTokensMean: 100 } },
      two: { servedModel: "llama" },
    });
    expect(model).toMatchObject({
      requestsPerSecond: undefined,
      promptTokensMean: undefined,
      share: undefined,
    });
  });
});

describe("the collector", () => {
  const removed = (key: string) => CONTENT_KEYS.some((pattern) => new RegExp(pattern).test(key));
  const config = JSON.stringify(collectorConfig({ endpoint: "" }, "https://a"));

  it.each([
    "gen_ai.prompt",
    "gen_ai.prompt.0.content",
    "gen_ai.completion",
    "gen_ai.completion.0.tool_calls.0.arguments",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "llm.input_messages.0.message.content",
    "llm.prompts",
    "input.value",
    "output.value",
    "retrieval.documents.0.document.content",
    "traceloop.entity.input",
    "http.request.body.content",
  ])("takes %s out", (key) => {
    expect(removed(key)).toBe(true);
  });

  it.each([
    "gen_ai.usage.prompt_tokens",
    "gen_ai.usage.input_tokens",
    "gen_ai.request.model",
    "gen_ai.response.finish_reasons",
    "gen_ai.prompt_cache.hit",
    "gen_ai.latency.time_to_first_token",
    "http.request.method",
    "llm.model_name",
    "input.mime_type",
  ])("leaves %s in", (key) => {
    expect(removed(key)).toBe(false);
  });

  it.each(["gen_ai.user.message", "gen_ai.choice", "gen_ai.content.prompt"])(
    "drops event %s",
    (name) => {
      expect(new RegExp(CONTENT_EVENTS).test(name)).toBe(true);
      expect(new RegExp(CONTENT_EVENTS).test("exception")).toBe(false);
    },
  );

  it.each([
    ["write to jane.doe@example.com", true],
    ["card 4111 1111 1111 1111", true],
    ["AKIAIOSFODNN7EXAMPLE", true],
    ["hf_abcdefghijklmnopqrstuvwxyz", true],
    ["eyJhbGciOi.eyJzdWIiOi.SflKxwRJ", true],
    ["llama-3.1-70b took 1234 ms", false],
  ])("masks what is in %j: %s", (text, isMasked) => {
    expect(MASKED_VALUES.some((pattern) => new RegExp(pattern).test(text))).toBe(isMasked);
  });

  it("has traces only, and cleans all of them before they leave, by default", () => {
    const { service, processors } = collectorConfig({ endpoint: "" }, "https://a");
    expect(Object.keys(service.pipelines)).toEqual(["traces"]);
    expect(service.pipelines.traces.processors).toEqual([
      "memory_limiter",
      "probabilistic_sampler",
      "filter/content",
      "transform/content",
      "redaction",
      "batch",
    ]);
    expect(Object.keys(processors)).toEqual(
      expect.arrayContaining([...service.pipelines.traces.processors]),
    );
    expect(config).toContain("gen_ai");
  });

  it("keeps prompts when a caller says so, and masks them even then", () => {
    const { service } = collectorConfig({ endpoint: "", hasPrompts: true }, "https://a");
    expect(service.pipelines.traces.processors).toEqual([
      "memory_limiter",
      "probabilistic_sampler",
      "redaction",
      "batch",
    ]);
  });

  it("has no dollar that the collector would read as a variable", () => {
    expect(config.replaceAll("$$", "")).not.toContain("$");
  });
});

describe("fleetDashboards", () => {
  const dashboards = fleetDashboards(rulesArgs);
  interface Panel {
    readonly id: number;
    readonly type: string;
    readonly gridPos: {
      readonly x: number;
      readonly y: number;
      readonly w: number;
      readonly h: number;
    };
    readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
  }
  const panelsOf = (index: number): readonly Panel[] =>
    JSON.parse(dashboardJson(dashboards[index]!, [])).panels;
  const all = dashboards.flatMap((_, index) => panelsOf(index));

  it("show what was planned beside what is", () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual([
      "capplan-latency",
      "capplan-load",
      "capplan-plan",
      "capplan-gpu",
    ]);
    const exprs = all.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    for (const expected of [
      "vector(2)",
      "vector(500)",
      "vector(40)",
      "vector(10)",
      "vector(55)",
      "vector(900)",
    ]) {
      expect(exprs).toContain(expected);
    }
  });

  it("have panels that do not overlap, with identifiers of their own", () => {
    dashboards.forEach((_, index) => {
      const panels = panelsOf(index);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from(
          { length: w * h },
          (_cell, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`,
        ),
      );
      expect(new Set(cells).size).toBe(cells.length);
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    });
  });

  it("have a queue's and a gateway's panels only where there are any", () => {
    const { gateway: _gateway, queues: _queues, ...bare } = rulesArgs;
    const titles = fleetDashboards(bare)
      .flatMap(({ sections }) => sections)
      .filter(({ panels }) => panels.length > 0)
      .map(({ title }) => title);
    expect(titles).not.toContain("Gateway");
    expect(titles).not.toContain("Queues");
  });

  describeWithPromtool("in Prometheus", () => {
    it("have queries that it can read", () => {
      const rules = all
        .flatMap(({ targets = [] }) => targets)
        .map(({ expr }, index) => ({ record: `panel:${index}`, expr }));
      expect(rules.length).toBeGreaterThan(40);
      expect(checkRules(JSON.stringify({ groups: [{ name: "panels", rules }] }))).toBe("");
    });
  });
});
