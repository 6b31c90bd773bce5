/**
 * A picture of a lesson: lines over time of several runs, as an SVG file that stands by itself. It is drawn by the
 * charts of the HTML reports, with their colours, on a ground of its own: a page around it may be light or dark.
 */
import type { TimelineBucket } from "../../planner/metrics/simulation-summary";
import { type ChartSeries, type ChartWindow, lineChart } from "../../planner/report/html/chart";
import { PAGE_STYLE } from "../../planner/report/html/page-style";
import { faultWindows } from "../../planner/report/html/timeline-events";
import { faultNames } from "./figures";
import type { Lesson, Line, Picture, Run, RunOf } from "./lesson";

const SECONDS_PER_MINUTE = 60;
/** `1/2`: a legend that is too long is cut into pages, through which nobody can turn in a picture. */
const LEGEND_PAGES = />\d+\/\d+</;

export function renderPicture(lesson: Lesson, picture: Picture, runOf: RunOf): string {
  const [first] = lesson.variants;
  const run = runOf(first!.name);
  const chart = lineChart(
    {
      title: `${lesson.title}: ${picture.title}`,
      xLabel: "time, min",
      yLabel: picture.yLabel,
      xMin: 0,
      xMax: run.scenario.horizon.durationSeconds / SECONDS_PER_MINUTE,
      windows: windowsOf(lesson, run),
    },
    picture.lines.map((line) => seriesOf(line, runOf(line.variant))),
  );
  if (LEGEND_PAGES.test(chart.svg)) {
    throw new Error(`${lesson.scenario}-${picture.name}: the names do not fit in one line`);
  }
  return standAlone(chart.svg);
}

export function timelineOf({ summary }: Run): readonly TimelineBucket[] {
  if (summary.timeline === null) throw new Error("a run of a lesson has a timeline");
  return summary.timeline;
}

/** A point in the middle of each bucket in which requests arrive; what is left after the horizon is not drawn. */
function seriesOf({ name, of }: Line, run: Run): ChartSeries {
  const buckets = timelineOf(run).filter(
    ({ startSeconds }) => startSeconds < run.scenario.horizon.durationSeconds,
  );
  const points = buckets.map((bucket) => {
    const middle = (bucket.startSeconds + bucket.endSeconds) / 2 / SECONDS_PER_MINUTE;
    return [middle, of(bucket)] as const;
  });
  return { name, points };
}

/** The faults that the scenario names (not those that strike at random), and what else the lesson shades. */
function windowsOf({ windows = [] }: Lesson, run: Run): ChartWindow[] {
  const names = faultNames(run.scenario);
  const all = faultWindows(run.summary, timelineOf(run));
  const faults = all.filter(({ name }) => names.includes(name));
  return [...faults, ...windows].map(({ name, from, to }) => ({
    name,
    from: from / SECONDS_PER_MINUTE,
    to: Math.min(to, run.scenario.horizon.durationSeconds) / SECONDS_PER_MINUTE,
  }));
}

/** The colours of a report's page, which a chart refers to, and a ground. */
function standAlone(svg: string): string {
  const end = PAGE_STYLE.indexOf("* {");
  const opening = /^<svg [^>]*>/.exec(svg)?.[0];
  if (end < 0 || opening === undefined) throw new Error("the charts or their style have changed");
  const colors = PAGE_STYLE.slice(0, end).trim();
  const ground = '<rect width="100%" height="100%" rx="6" fill="var(--ground)"></rect>';
  return `${opening}\n<style>\n${colors}\n</style>\n${ground}${svg.slice(opening.length)}\n`;
}
