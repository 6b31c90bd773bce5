/**
 * Fits a workload to a trace: the block of a scenario file that generates traffic like it, and how
 * like it that traffic is, measured on requests drawn from the block by the generator itself.
 */
import type { ResolvedArrivals } from "../../scenario/resolved-scenario";
import type { TraceTable } from "../../scenario/trace-table";
import { type FittedArrivals, fitArrivals } from "./fit-arrivals";
import { fitQuantileTable, type QuantileTable } from "./fit-lengths";
import { fitPrefix } from "./fit-prefix";
import { inspectTrace, type TraceInspection } from "./inspect-trace";
import { type FitGoodness, judgeFit, type ResolvedFit } from "./judge-fit";

export interface TraceFit {
  /** Keys and values as in a scenario file, without the model, which no trace tells. */
  readonly workload: FittedWorkload;
  readonly goodness: FitGoodness;
  /** What the goodness is measured on: the same values, resolved. */
  readonly resolved: ResolvedFit;
  readonly inspection: TraceInspection;
}

interface FittedWorkload {
  /** Absent when the trace has no arrivals, or all at one time: that is no rate. */
  readonly arrivals?: {
    readonly rate: string;
    readonly process: unknown;
    readonly profile?: unknown;
  };
  readonly tokens: {
    readonly input: { readonly quantiles: Readonly<Record<string, number>> };
    readonly output: { readonly quantiles: Readonly<Record<string, number>> };
    readonly correlation: number;
  };
  readonly prefix?: {
    readonly shared: number;
    readonly groups: number;
    readonly share: number;
    readonly skew: number;
  };
}

/**
 * @param trace - at least one request
 * @throws PlannerError when its requests arrive faster than a scenario may have them
 */
export function fitTrace(trace: TraceTable): TraceFit {
  const inspection = inspectTrace(trace);
  const arrivals =
    inspection.arrivals === undefined ? undefined : fitArrivals(trace, inspection.arrivals);
  const input = fitQuantileTable(trace.inputTokens);
  const output = fitQuantileTable(trace.outputTokens);
  const correlation = Number((inspection.rankCorrelation ?? 0).toFixed(3));
  const prefix = fitPrefix(trace);
  const resolved: ResolvedFit = {
    arrivals: arrivals === undefined ? undefined : resolveArrivals(arrivals),
    tokens: {
      kind: "distributions",
      input: { kind: "quantiles", ...input },
      output: { kind: "quantiles", ...output },
      rankCorrelation: correlation,
    },
  };
  return {
    workload: {
      ...(arrivals === undefined ? {} : { arrivals: writeArrivals(arrivals) }),
      tokens: {
        input: { quantiles: writeQuantiles(input) },
        output: { quantiles: writeQuantiles(output) },
        correlation,
      },
      ...(prefix?.prefix === undefined ? {} : { prefix: prefix.prefix }),
    },
    goodness: judgeFit(trace, inspection, resolved, prefix),
    resolved,
    inspection,
  };
}

function resolveArrivals(arrivals: FittedArrivals): Extract<ResolvedArrivals, { kind: "open" }> {
  const { requestsPerSecond, process, steps } = arrivals;
  return {
    kind: "open",
    requestsPerSecond,
    process,
    profile:
      steps === undefined
        ? { kind: "constant" }
        : {
            kind: "points",
            // A step is two points at one time: the factor before it and the factor after it.
            points: steps.flatMap(({ atSeconds, factor }, i) => {
              const before = steps[i - 1];
              const jump = before === undefined ? [] : [{ atSeconds, factor: before.factor }];
              return [...jump, { atSeconds, factor }];
            }),
            repeatSeconds: undefined,
          },
    requestsMax: Number.POSITIVE_INFINITY,
  };
}

function writeArrivals(arrivals: FittedArrivals): NonNullable<FittedWorkload["arrivals"]> {
  const { requestsPerSecond, process, steps } = arrivals;
  const schedule = steps?.map(({ atSeconds, factor }) => ({ at: `${atSeconds} s`, factor }));
  return {
    rate: `${requestsPerSecond}/s`,
    process: writeProcess(process),
    ...(schedule === undefined ? {} : { profile: { schedule } }),
  };
}

function writeProcess(process: FittedArrivals["process"]): unknown {
  switch (process.kind) {
    case "poisson":
    case "deterministic":
      return process.kind;
    case "gamma":
    case "weibull":
      return { [process.kind]: { cv: process.cv } };
    case "mmpp":
      return {
        mmpp: {
          states: process.states.map(({ relativeRate, meanSeconds }) => ({
            relativeRate,
            mean: `${meanSeconds} s`,
          })),
        },
      };
  }
}

function writeQuantiles(table: QuantileTable): Readonly<Record<string, number>> {
  return Object.fromEntries(
    table.probabilities.map((probability, i) => [
      `p${Number((probability * 100).toFixed(2))}`,
      table.values[i] ?? 0,
    ]),
  );
}
