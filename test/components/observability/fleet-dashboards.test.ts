import { describe, expect, it } from "@jest/globals";
import { dashboardJson } from "../../../components/observability/dashboard-model";
import { fleetDashboards } from "../../../components/observability/fleet-dashboards";
import { checkRules, describeWithPromtool } from "../../support/promtool";
import { rulesArgs } from "./monitoring-fixture";

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
    const panel = { title: "a", unit: "s", queries: [] };
    const odd = { title: "odd", panels: [panel, panel, panel] };
    const ragged = dashboardJson({ uid: "a", title: "a", sections: [odd, odd] }, []);
    const shown = [...dashboards.map((_, index) => panelsOf(index)), JSON.parse(ragged).panels];
    shown.forEach((panels: readonly Panel[]) => {
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
