/** Series as vLLM, Envoy and others would tell them, in promtool's notation. */
import {
  LATENCY_HISTOGRAMS,
  type LatencyHistogram,
} from "../../../components/observability/vllm-metrics";
import type { PlayedSeries } from "../../support/promtool";

/** Long enough for every window. */
const STEPS = 6000;

const written = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(",");

/** A counter that grows by as much in each step. */
export function counter(
  name: string,
  labels: Readonly<Record<string, string>>,
  perStep: number,
): PlayedSeries {
  return { series: `${name}{${written(labels)}}`, values: `0+${perStep}x${STEPS}` };
}

/** A gauge that stays. */
export function gauge(
  name: string,
  labels: Readonly<Record<string, string>>,
  value: number,
): PlayedSeries {
  return { series: `${name}{${written(labels)}}`, values: `${value}+0x${STEPS}` };
}

/** Python's way of writing a number: 1.0, 2.5. */
const python = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** A histogram to which each step adds a request of every one of these durations, seconds. */
export function histogram(
  { name, boundsSeconds }: LatencyHistogram,
  labels: Readonly<Record<string, string>>,
  durations: readonly number[],
): readonly PlayedSeries[] {
  const upTo = (bound: number) => durations.filter((duration) => duration <= bound).length;
  return [
    ...boundsSeconds.map((bound) =>
      counter(`${name}_bucket`, { ...labels, le: python(bound) }, upTo(bound)),
    ),
    counter(`${name}_bucket`, { ...labels, le: "+Inf" }, durations.length),
    counter(`${name}_count`, labels, durations.length),
    counter(
      `${name}_sum`,
      labels,
      durations.reduce((sum, duration) => sum + duration, 0),
    ),
  ];
}

/** TTFTs of a model: so many good ones and so many bad ones a step. */
export const latencies = (
  metric: keyof typeof LATENCY_HISTOGRAMS,
  labels: Readonly<Record<string, string>>,
  ...groups: readonly { readonly count: number; readonly seconds: number }[]
): readonly PlayedSeries[] =>
  histogram(
    LATENCY_HISTOGRAMS[metric],
    labels,
    groups.flatMap(({ count, seconds }) => Array.from({ length: count }, () => seconds)),
  );
