/** The studies' part of a page, with pictures: cost by point of a frontier, by what-if, and replicas over time. */
import type { Frontier } from "../../sizing/studies/frontier";
import type { WhatIfStudy } from "../../sizing/studies/run-what-ifs";
import type { ScalingStudy } from "../../sizing/studies/scaling-study";
import type { SizingStudies } from "../../sizing/studies/sizing-studies";
import { barChart, type Chart, type ChartSeries, lineChart } from "../html/chart";
import type { HtmlBlock, HtmlSection } from "../html/render-html-page";
import { frontierSection, frontierTitle, hasFleet } from "./frontier-report";
import { scalingSections } from "./scaling-report";
import { whatIfSections } from "./what-if-report";

/** Sections for the page of the sizing; a picture stands first in its own. */
export function studiesPageSections({
  frontiers,
  whatIfs,
  scaling,
}: SizingStudies): readonly HtmlSection[] {
  return [
    ...(scaling === null ? [] : withPicture(scalingSections(scaling), replicasChart(scaling))),
    ...(whatIfs === null ? [] : withPicture(whatIfSections(whatIfs), whatIfChart(whatIfs))),
    ...frontiers.flatMap((frontier) =>
      withPicture([frontierSection(frontier)], frontierChart(frontier)),
    ),
  ];
}

function withPicture(
  [first, ...rest]: readonly HtmlSection[],
  chart: Chart | undefined,
): HtmlSection[] {
  if (first === undefined) return [];
  const picture: HtmlBlock[] = chart === undefined ? [] : [{ kind: "chart", chart }];
  return [{ heading: first.heading, blocks: [...picture, ...first.blocks] }, ...rest];
}

function frontierChart(frontier: Frontier): Chart | undefined {
  return costChart(
    frontierTitle(frontier),
    frontier.points.map((point) => ({
      name: point.name,
      usdPerHour: hasFleet(point) ? point.outcome.usdPerHour : null,
    })),
  );
}

function whatIfChart({ base, whatIfs }: WhatIfStudy): Chart {
  return costChart(
    "Cost, what if",
    [{ name: "as it is", outcome: base }, ...whatIfs].map(({ name, outcome }) => ({
      name,
      usdPerHour: outcome.kind === "sized" ? outcome.usdPerHour : null,
    })),
  );
}

/** Without a fleet there is no cost: a dash, not a bar. */
function costChart(
  title: string,
  costs: readonly { readonly name: string; readonly usdPerHour: number | null }[],
): Chart {
  const names = costs.map(({ name }) => name);
  const values = costs.map(({ usdPerHour }) => usdPerHour);
  return barChart({ title, xLabel: "US dollars per hour", names }, [{ name: "cost", values }]);
}

function replicasChart({ variants, simulated }: ScalingStudy): Chart {
  const { fromSeconds, toSeconds } = simulated;
  const unit = toSeconds - fromSeconds <= MINUTES_SECONDS_MAX ? 60 : 3600;
  const series = variants.map(({ name, replicas }): ChartSeries => {
    const points = replicas
      .filter((bucket) => bucket.toSeconds > fromSeconds)
      .map((bucket) => [bucket.fromSeconds / unit, bucket.ready] as const);
    return { name, points };
  });
  return lineChart(
    {
      title: "Replicas that serve",
      xLabel: `time, ${unit === 60 ? "min" : "h"} from the start of the scenario`,
      yLabel: "replicas",
      xMin: fromSeconds / unit,
      xMax: toSeconds / unit,
    },
    series,
    true,
  );
}

const MINUTES_SECONDS_MAX = 3 * 3600;
