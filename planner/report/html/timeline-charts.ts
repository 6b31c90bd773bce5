/** Charts of a run over time: load and what came of it by workload, replicas by pool, traffic by region. */
import type { SimulationSummary, TimelineBucket } from "../../metrics/simulation-summary";
import { hasFailures } from "../simulation/failures";
import { type Chart, type ChartMark, type ChartSeries, type ChartWindow, lineChart } from "./chart";

/** In seconds. */
interface Annotations {
  readonly windows: readonly ChartWindow[];
  readonly marks: readonly ChartMark[];
}

interface TimeUnit {
  readonly name: string;
  readonly seconds: number;
}

/** A workload or a pool, and which of its figures is drawn. */
interface Line {
  readonly name: string;
  readonly of: (bucket: TimelineBucket) => number;
}

/** @param timeline at least one bucket */
export function timelineCharts(
  summary: SimulationSummary,
  timeline: readonly TimelineBucket[],
  annotations: Annotations,
): Chart[] {
  const workloads = Object.entries(summary.workloads);
  const pools = Object.entries(summary.pools);
  const draw = (title: string, yLabel: string, lines: readonly Line[]): Chart =>
    overTime(timeline, annotations, { title, yLabel, lines });
  const ofWorkload = (name: string): string => (workloads.length === 1 ? "" : ` of ${name}`);
  const regions = [...new Set(pools.map(([, pool]) => pool.region))];
  const byRegion = regions.map((region): Line => {
    const own = pools.flatMap(([name, pool]) => (pool.region === region ? [name] : []));
    return {
      name: region,
      of: (bucket) =>
        perSecond(
          bucket,
          sum(own, (name) => bucket.pools[name]?.attempts ?? 0),
        ),
    };
  });
  return [
    ...workloads.map(([name, group]) =>
      draw(
        `Requests${ofWorkload(name)}`,
        "per second",
        loadLines(name, hasFailures(group.requests)),
      ),
    ),
    draw(
      "Requests in the system",
      "requests",
      workloads.map(([name]): Line => {
        return { name, of: (bucket) => bucket.workloads[name]?.meanInSystem ?? 0 };
      }),
    ),
    draw(
      "Ready replicas by pool",
      "replicas",
      pools.map(([name]): Line => {
        return { name, of: (bucket) => bucket.pools[name]?.readyReplicas ?? 0 };
      }),
    ),
    draw("Attempts by region", "per second", byRegion),
  ];
}

/** Offered and good (completed, without an SLO) of those that arrive; attempts only where they may be more. */
function loadLines(workload: string, isFailing: boolean): Line[] {
  const line = (
    name: string,
    of: (figures: TimelineBucket["workloads"][string]) => number,
  ): Line => ({
    name,
    of: (bucket) => {
      const figures = bucket.workloads[workload];
      return figures === undefined ? 0 : perSecond(bucket, of(figures));
    },
  });
  return [
    line("offered", ({ offered }) => offered),
    line("good", ({ goodOfArrived, completedOfArrived }) => goodOfArrived ?? completedOfArrived),
    ...(isFailing ? [line("attempts", ({ attempts }) => attempts)] : []),
  ];
}

function overTime(
  timeline: readonly TimelineBucket[],
  { windows, marks }: Annotations,
  chart: { readonly title: string; readonly yLabel: string; readonly lines: readonly Line[] },
): Chart {
  const endSeconds = timeline.at(-1)!.endSeconds;
  const unit = unitFor(endSeconds);
  const series = chart.lines.map(({ name, of }): ChartSeries => {
    const points = timeline.map(
      (bucket) => [bucket.startSeconds / unit.seconds, of(bucket)] as const,
    );
    // The last step is as wide as its bucket.
    return { name, points: [...points, [endSeconds / unit.seconds, points.at(-1)![1]]] };
  });
  const frame = {
    title: chart.title,
    xLabel: `time, ${unit.name}`,
    yLabel: chart.yLabel,
    xMin: timeline[0]!.startSeconds / unit.seconds,
    xMax: endSeconds / unit.seconds,
    windows: windows.map(({ name, from, to }) => {
      return { name, from: from / unit.seconds, to: to / unit.seconds };
    }),
    marks: marks.map(({ label, x }) => ({ label, x: x / unit.seconds })),
  };
  return lineChart(frame, series, true);
}

function unitFor(seconds: number): TimeUnit {
  if (seconds <= 600) return { name: "s", seconds: 1 };
  return seconds <= 3 * 3600 ? { name: "min", seconds: 60 } : { name: "h", seconds: 3600 };
}

function perSecond({ startSeconds, endSeconds }: TimelineBucket, count: number): number {
  return count / (endSeconds - startSeconds);
}

function sum(names: readonly string[], of: (name: string) => number): number {
  return names.reduce((total, name) => total + of(name), 0);
}
