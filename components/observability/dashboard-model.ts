/**
 * A dashboard of Grafana as plain data: panels are described by what they show, and laid out two to a line under the
 * heading of their section. Fields are those of Grafana's dashboard JSON model, schema version 39 (Grafana 11 and 12).
 */

/** One line, or several by a label. */
export interface PanelQuery {
  readonly expr: string;
  /** `{{label}}` stands for the value of a label. */
  readonly legend: string;
}

/** A graph over time. */
export interface DashboardPanel {
  readonly title: string;
  /** Name of a unit of Grafana: `s`, `reqps`, `percentunit`, `currencyUSD`, `short`. */
  readonly unit: string;
  readonly queries: readonly PanelQuery[];
  /** @default - none */
  readonly description?: string;
}

/** Panels under a heading. */
export interface DashboardSection {
  readonly title: string;
  readonly panels: readonly DashboardPanel[];
}

/** A dashboard. */
export interface FleetDashboard {
  /** Identity in Grafana, and the name of its file. At most 40 characters. */
  readonly uid: string;
  readonly title: string;
  readonly sections: readonly DashboardSection[];
}

const WIDTH = 12;
const HEIGHT = 8;
const COLUMNS = 2;
/** The variable with which a reader chooses among several Prometheus. */
const DATA_SOURCE = { type: "prometheus", uid: "$datasource" };

/** The JSON model, as Grafana imports it. */
export function dashboardJson(dashboard: FleetDashboard, tags: readonly string[]): string {
  const model = {
    uid: dashboard.uid,
    title: dashboard.title,
    tags: [...tags],
    schemaVersion: 39,
    editable: false,
    timezone: "browser",
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus" }],
    },
    panels: laidOut(dashboard.sections),
  };
  return `${JSON.stringify(model, undefined, 2)}\n`;
}

function laidOut(sections: readonly DashboardSection[]): readonly object[] {
  const panels: object[] = [];
  let y = 0;
  for (const { title, panels: shown } of sections.filter(({ panels: some }) => some.length > 0)) {
    const gridPos = { h: 1, w: WIDTH * COLUMNS, x: 0, y };
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos,
      panels: [],
    });
    y += 1;
    shown.forEach((panel, index) => {
      const place = {
        h: HEIGHT,
        w: WIDTH,
        x: (index % COLUMNS) * WIDTH,
        y: y + Math.floor(index / COLUMNS) * HEIGHT,
      };
      panels.push(graph(panel, panels.length + 1, place));
    });
    y += Math.ceil(shown.length / COLUMNS) * HEIGHT;
  }
  return panels;
}

function graph({ title, unit, queries, description }: DashboardPanel, id: number, gridPos: object) {
  return {
    id,
    type: "timeseries",
    title,
    ...(description === undefined ? {} : { description }),
    datasource: DATA_SOURCE,
    gridPos,
    fieldConfig: { defaults: { unit, min: 0, custom: { showPoints: "never" } }, overrides: [] },
    options: {
      legend: { displayMode: "list", placement: "bottom", showLegend: true },
      tooltip: { mode: "multi", sort: "desc" },
    },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource: DATA_SOURCE,
      expr,
      legendFormat: legend,
      range: true,
    })),
  };
}
