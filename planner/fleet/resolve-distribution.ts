/**
 * From a distribution as written to the one that is sampled: moments and pairs of quantiles become parameters.
 * Lognormal: sigma² = ln(1 + cv²), median = mean / √(1 + cv²); or sigma = ln(p99 / p50) / z(0.99).
 */

import type { Distribution } from "../foundation/distributions";
import type { Problem } from "../foundation/errors";
import type { DistributionSpec } from "./distribution-spec";

/** 99th percentile of the standard normal distribution. */
const Z_99 = 2.3263478740408408;

/** The distribution, or undefined after its problems were added to `problems`. */
export function resolveDistribution(
  spec: DistributionSpec,
  path: string,
  problems: Problem[],
): Distribution | undefined {
  if (typeof spec === "number") return { kind: "constant", value: spec };
  if ("constant" in spec) return { kind: "constant", value: spec.constant };
  if ("exponential" in spec) return { kind: "exponential", mean: spec.exponential.mean };
  if ("gamma" in spec) {
    const { mean, cv, max = Number.POSITIVE_INFINITY } = spec.gamma;
    return { kind: "gamma", mean, cv, max };
  }
  if ("uniform" in spec) {
    const { min, max } = spec.uniform;
    return ordered(min, max, `${path}.uniform`, problems)
      ? { kind: "uniform", min, max }
      : undefined;
  }
  if ("normal" in spec) {
    const { mean, sd, min = 0, max = Number.POSITIVE_INFINITY } = spec.normal;
    if (!ordered(min, max, `${path}.normal`, problems)) return undefined;
    return { kind: "normal", mean, sd, min, max };
  }
  if ("lognormal" in spec) return resolveLognormal(spec.lognormal, `${path}.lognormal`, problems);
  return resolveQuantiles(spec.quantiles, `${path}.quantiles`, problems);
}

function ordered(min: number, max: number, path: string, problems: Problem[]): boolean {
  if (min <= max) return true;
  problems.push({
    code: "conflict",
    path,
    message: `min (${min}) must not be greater than max (${max})`,
  });
  return false;
}

type LognormalSpec = Extract<DistributionSpec, { lognormal: unknown }>["lognormal"];

function resolveLognormal(
  spec: LognormalSpec,
  path: string,
  problems: Problem[],
): Distribution | undefined {
  const max = spec.max ?? Number.POSITIVE_INFINITY;
  if ("median" in spec) return { kind: "lognormal", median: spec.median, sigma: spec.sigma, max };
  if ("mean" in spec) {
    const spread = 1 + spec.cv * spec.cv;
    const sigma = Math.sqrt(Math.log(spread));
    return { kind: "lognormal", median: spec.mean / Math.sqrt(spread), sigma, max };
  }
  if (spec.p99 < spec.p50) {
    const message = `p99 (${spec.p99}) must not be less than p50 (${spec.p50})`;
    problems.push({ code: "conflict", path, message });
    return undefined;
  }
  return { kind: "lognormal", median: spec.p50, sigma: Math.log(spec.p99 / spec.p50) / Z_99, max };
}

const QUANTILE_NAME = /^p([0-9]{1,3}(?:\.[0-9]+)?)$/;

function resolveQuantiles(
  spec: Readonly<Record<string, number>>,
  path: string,
  problems: Problem[],
): Distribution | undefined {
  const before = problems.length;
  const points: { readonly percent: number; readonly share: number; readonly value: number }[] = [];
  for (const [name, value] of Object.entries(spec)) {
    const digits = QUANTILE_NAME.exec(name)?.[1] ?? "";
    const percent = digits === "" ? Number.NaN : Number(digits);
    // The point is moved in the decimal digits: a division would round a second time.
    const share = Number(`${digits}e-2`);
    if (percent >= 0 && percent <= 100) points.push({ percent, share, value });
    else
      problems.push({
        code: "unknown-key",
        path: `${path}.${name}`,
        message: "expected p0 to p100, such as p50 or p99.9",
      });
  }
  points.sort((a, b) => a.percent - b.percent);
  if (points[0]?.percent !== 0 || points.at(-1)?.percent !== 100) {
    const message = "needs p0 and p100, the smallest and the largest value";
    problems.push({ code: "missing", path, message });
  }
  for (let i = 1; i < points.length; i++) {
    const [low, high] = [points[i - 1]!, points[i]!];
    if (low.value <= high.value && low.percent < high.percent) continue;
    const message = `values must not decrease, got p${low.percent}: ${low.value} and p${high.percent}: ${high.value}`;
    problems.push({ code: "conflict", path, message });
  }
  if (problems.length > before) return undefined;
  return {
    kind: "quantiles",
    probabilities: points.map(({ share }) => share),
    values: points.map(({ value }) => value),
  };
}
