/**
 * Charts as SVG text: lines over time, distributions, histograms, point clouds, bars. Drawn by echarts
 * without a browser; colours become CSS variables, so that a page has one look in light and dark.
 * echarts is large, and therefore loaded when the first chart is drawn.
 */
import type { EChartsOption } from "echarts";
import { UNKNOWN } from "../report";
import { dropControls, escapeHtml } from "./escape-html";

export interface ChartSeries {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ChartFrame {
  /** Said to screen readers, and the caption of the figure. */
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Logarithmic x axis; values must be above 0. */
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly xMin?: number;
  readonly xMax?: number;
  readonly yMax?: number;
  /** Stretches of x that are shaded, with their name at the top. */
  readonly windows?: readonly ChartWindow[];
  /** Dotted lines across the chart, each with a short label at the top. */
  readonly marks?: readonly ChartMark[];
}

export interface ChartWindow {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

export interface ChartMark {
  readonly label: string;
  readonly x: number;
}

/** A drawn chart, ready to stand in a page. */
export interface Chart {
  readonly title: string;
  readonly svg: string;
}

/** Stand-ins that echarts takes for colours, and the variable that each becomes. */
const INK = "#010101";
const GRID = "#020202";
const WINDOW = "#090909";
const SERIES = ["#030303", "#040404", "#050505", "#060606", "#070707", "#080808"] as const;
const VARIABLES: readonly (readonly [string, string])[] = [
  [INK, "var(--chart-ink)"],
  [GRID, "var(--chart-grid)"],
  [SERIES[0], "var(--chart-1)"],
  [SERIES[1], "var(--chart-2)"],
  [SERIES[2], "var(--chart-3)"],
  [SERIES[3], "var(--chart-4)"],
  [SERIES[4], "var(--chart-5)"],
  [SERIES[5], "var(--chart-6)"],
  [WINDOW, "var(--chart-window)"],
];

const WIDTH = 720;
const HEIGHT = 260;

/** Values over time (or any other increasing x), the area below filled when there is one series. */
export function lineChart(
  frame: ChartFrame,
  series: readonly ChartSeries[],
  step: boolean = false,
): Chart {
  return draw(frame, series, (one, color, index) => ({
    type: "line",
    name: dropControls(one.name),
    data: one.points.map((point) => [...point]),
    showSymbol: false,
    ...(step ? { step: "end" as const } : {}),
    lineStyle: { width: 1.6, color, ...dashes(index) },
    itemStyle: { color },
    ...(series.length === 1 ? { areaStyle: { color, opacity: 0.18 } } : {}),
  }));
}

/** Cumulative distributions: y is the share of values at or below x, in percent. */
export function cdfChart(frame: Omit<ChartFrame, "yMax">, series: readonly ChartSeries[]): Chart {
  const percent = series.map(({ name, points }) => ({
    name,
    points: points.map(([x, share]) => [x, share * 100] as const),
  }));
  return draw({ ...frame, yMax: 100 }, percent, (one, color) => ({
    type: "line",
    name: dropControls(one.name),
    data: one.points.map((point) => [...point]),
    showSymbol: false,
    lineStyle: { width: 1.8, color },
    itemStyle: { color },
  }));
}

/** Bars that touch; each point is the left edge of a bar and its height, and the last edge closes the last bar. */
export function histogramChart(frame: ChartFrame, bars: ChartSeries): Chart {
  return lineChart(frame, [bars], true);
}

export interface BarFrame {
  readonly title: string;
  readonly xLabel: string;
  /** From top to bottom, one bar each. */
  readonly names: readonly string[];
  /** A dotted line across all bars. */
  readonly mark?: ChartMark;
}

/** Lengths by name, in the order of the frame's names. */
export interface BarSeries {
  readonly name: string;
  /** null: there is none, and a dash stands in its place. */
  readonly values: readonly (number | null)[];
}

const BAR_HEIGHT = 24;
const NAME_WIDTH = 270;

/** Bars that lie, the values of several series one behind the other in each; of a single one they are written out. */
export function barChart(frame: BarFrame, series: readonly BarSeries[]): Chart {
  const hasLegend = series.length > 1;
  const top = (hasLegend ? 36 : 16) + (frame.mark === undefined ? 0 : 18);
  const option: EChartsOption = {
    animation: false,
    grid: { left: NAME_WIDTH, right: hasLegend ? 24 : 64, top, bottom: 48 },
    ...(hasLegend ? { legend: legendOf(series) } : {}),
    xAxis: axis(frame.xLabel, 30, false),
    yAxis: {
      type: "category",
      inverse: true,
      data: frame.names.map(dropControls),
      axisLabel: { color: INK, width: NAME_WIDTH - 16, overflow: "truncate" },
      axisLine: { show: true, lineStyle: { color: GRID } },
      axisTick: { show: false },
    },
    series: series.map(({ name, values }, index) => ({
      type: "bar",
      name: dropControls(name),
      stack: "all",
      data: values.map((value) =>
        hasLegend ? (value ?? 0) : { value: value ?? 0, label: barLabel(value) },
      ),
      barMaxWidth: 16,
      itemStyle: { color: SERIES[index % SERIES.length] ?? INK },
      ...(index === 0 && frame.mark !== undefined
        ? { markLine: marksAt([frame.mark], "start") }
        : {}),
    })),
  };
  const height = top + 56 + frame.names.length * BAR_HEIGHT;
  return { title: frame.title, svg: renderSvg(option, frame.title, height) };
}

function barLabel(value: number | null) {
  const formatter = value === null ? UNKNOWN : shortNumber(value);
  return { show: true, position: "right" as const, color: INK, formatter };
}

/** A cloud of points. */
export function scatterChart(frame: ChartFrame, series: readonly ChartSeries[]): Chart {
  return draw(frame, series, (one, color) => ({
    type: "scatter",
    name: dropControls(one.name),
    data: one.points.map((point) => [...point]),
    symbolSize: 3,
    itemStyle: { color, opacity: 0.35 },
  }));
}

type EChartsSeries = Exclude<NonNullable<EChartsOption["series"]>, readonly unknown[]>;

function draw(
  frame: ChartFrame,
  series: readonly ChartSeries[],
  toSeries: (series: ChartSeries, color: string, index: number) => EChartsSeries,
): Chart {
  const option: EChartsOption = {
    animation: false,
    grid: { left: 68, right: 24, top: topMargin(frame, series), bottom: 48 },
    ...(series.length > 1
      ? {
          legend: legendOf(series),
        }
      : {}),
    xAxis: {
      ...axis(frame.xLabel, 30, frame.logX === true),
      ...(frame.xMin === undefined ? {} : { min: frame.xMin }),
      ...(frame.xMax === undefined ? {} : { max: frame.xMax }),
    },
    yAxis: {
      ...axis(frame.yLabel, 52, frame.logY === true),
      ...(frame.yMax === undefined ? {} : { max: frame.yMax }),
    },
    series: [
      ...series.map((one, i) => toSeries(one, SERIES[i % SERIES.length] ?? INK, i)),
      ...annotations(frame),
    ],
  };
  return { title: frame.title, svg: renderSvg(option, frame.title) };
}

function legendOf(series: readonly { readonly name: string }[]) {
  return {
    type: "scroll" as const,
    top: 2,
    textStyle: { color: INK },
    itemHeight: 8,
    icon: "roundRect",
    data: series.map(({ name }) => dropControls(name)),
  };
}

/** Room for the legend, and below it for the names of windows and, beneath them, the labels of marks. */
function topMargin(frame: ChartFrame, series: readonly ChartSeries[]): number {
  const isAnnotated = (frame.windows?.length ?? 0) + (frame.marks?.length ?? 0) > 0;
  return (series.length > 1 ? 36 : 16) + (isAnnotated ? 30 : 0);
}

/** More series than colours are told apart by their dashes. */
function dashes(index: number): { readonly type?: "dashed" | "dotted" } {
  const round = Math.floor(index / SERIES.length);
  if (round === 0) return {};
  return { type: round % 2 === 1 ? "dashed" : "dotted" };
}

/** A series without points that carries the shading and the dotted lines. */
function annotations({ windows = [], marks = [] }: ChartFrame): EChartsSeries[] {
  if (windows.length + marks.length === 0) return [];
  const label = { color: INK, fontSize: 10 };
  return [
    {
      type: "line",
      data: [],
      silent: true,
      markArea: {
        silent: true,
        itemStyle: { color: WINDOW, opacity: 0.22 },
        label: { ...label, position: "top", distance: 16 },
        data: windows.map(({ name, from, to }) => [
          { name: dropControls(name), xAxis: from },
          { xAxis: to },
        ]),
      },
      markLine: marksAt(marks, "insideEndTop"),
    },
  ];
}

function marksAt(marks: readonly ChartMark[], position: "insideEndTop" | "start") {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: INK, type: "dotted" as const, width: 1 },
    label: { color: INK, fontSize: 10, position, rotate: 0, formatter: "{b}" },
    data: marks.map(({ label: name, x }) => ({ name: dropControls(name), xAxis: x })),
  };
}

function axis(name: string, nameGap: number, isLog: boolean) {
  return {
    type: isLog ? ("log" as const) : ("value" as const),
    name: dropControls(name),
    nameLocation: "middle" as const,
    nameGap,
    nameTextStyle: { color: INK },
    axisLabel: { color: INK, hideOverlap: true, formatter: shortNumber },
    axisLine: { show: true, lineStyle: { color: GRID } },
    axisTick: { lineStyle: { color: GRID } },
    splitLine: { lineStyle: { color: GRID } },
  };
}

/** `950`, `12k`, `3.4M`: labels of an axis. */
export function shortNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e9) return `${Number((value / 1e9).toPrecision(3))}G`;
  if (magnitude >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (magnitude >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

function renderSvg(option: EChartsOption, title: string, height: number = HEIGHT): string {
  const echarts = require("echarts") as typeof import("echarts");
  const chart = echarts.init(null, null, {
    renderer: "svg",
    ssr: true,
    width: WIDTH,
    height,
  });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return embed(svg, title);
}

/** Names inside become those of the chart itself: echarts numbers them over the life of the process. */
function embed(svg: string, title: string): string {
  const colored = VARIABLES.reduce(
    (text, [color, variable]) => text.replaceAll(color, variable),
    svg,
  );
  const label = `role="img" aria-label="${escapeHtml(title)}"`;
  return (
    colored
      // Rules for a mouse that passes over, numbered by the process; a page on paper has neither.
      .replace(/<style[\s\S]*?<\/style>/g, "")
      .replace(/ class="[^"]*"| pointer-events="[^"]*"/g, "")
      .replace(/\bzr\d+-/g, `${identifierOf(title)}-`)
      .replace(/^<svg width="\d+" height="\d+"/, `<svg ${label}`)
  );
}

function identifierOf(title: string): string {
  return `chart-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}
