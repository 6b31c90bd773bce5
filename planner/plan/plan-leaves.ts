/**
 * A plan as leaves to compare, area by area: what it says by itself, under names that stay when lists are in another
 * order. What only follows from the rest (digests, costs of lines) is left out.
 */

import { type Leaves, leavesOf } from "./diff-leaves";
import type { ChangeArea, PlainValue } from "./plan-diff";
import type { CapacityPlan } from "./plan-spec";

type Entries = readonly (readonly [path: string, value: PlainValue])[];

/** Parts of the written scenario that are not about traffic. */
const FAULT_PARTS: ReadonlySet<string> = new Set(["faults", "stress", "survive"]);
const SCENARIO_PARTS: ReadonlySet<string> = new Set([
  ...["version", "name", "seed", "replications", "horizon"],
]);

/** What each workload sends, its promises left out. */
function trafficLeaves({ scenario }: CapacityPlan): Leaves {
  const workloads = (scenario.written["workloads"] ?? {}) as Readonly<Record<string, object>>;
  const sent = Object.entries(workloads).map(([name, workload]) => {
    const { slo: _, ...rest } = workload as { readonly slo?: unknown };
    return [name, rest];
  });
  const traces = scenario.traces.flatMap(
    ({ path, requests, digest }): Entries => [
      [`traces ${path} requests`, requests],
      [`traces ${path} digest`, digest],
    ],
  );
  return new Map([...leavesOf(Object.fromEntries(sent), "workloads"), ...traces]);
}

function promiseLeaves({ workloads }: CapacityPlan): Leaves {
  return new Map(
    workloads.flatMap(({ name, objectives }) =>
      objectives.map(({ metric, statistic, limitSeconds }): [string, PlainValue] => [
        [`workloads.${name}.slo.${metric}.${statistic}`, "seconds"].join(" "),
        limitSeconds,
      ]),
    ),
  );
}

function writtenLeaves({ scenario }: CapacityPlan, isWanted: (part: string) => boolean): Leaves {
  const parts = Object.entries(scenario.written).filter(
    ([part]) => part !== "workloads" && isWanted(part),
  );
  return leavesOf(Object.fromEntries(parts), "");
}

function priceLeaves({ prices }: CapacityPlan): Leaves {
  const book: Entries =
    prices.book === null ? [] : [["price book", `${prices.book.id} ${prices.book.digest}`]];
  return new Map([
    ...book,
    ...prices.rows.map(({ of, usdPerHour }): [string, PlainValue] => [of, usdPerHour]),
  ]);
}

function limitLeaves({ limits }: CapacityPlan): Leaves {
  return new Map(
    limits.map(({ of, name, subject, value }): [string, PlainValue] => [
      subject === null ? `${of} ${name}` : `${of} ${name} ${subject}`,
      value,
    ]),
  );
}

function verdictLeaves({ evidence }: CapacityPlan): Leaves {
  return new Map(
    evidence.runs.flatMap(
      (run): Entries => [
        [run.case, run.verdict],
        ...run.slo.map((result): [string, PlainValue] => [
          `${run.case} ${result.workload} ${result.objective}`,
          result.verdict,
        ]),
      ],
    ),
  );
}

function marginLeaves({ evidence }: CapacityPlan): Leaves {
  return new Map(
    evidence.runs.flatMap((run) =>
      run.slo.map((result): [string, PlainValue] => [
        `${run.case} ${result.workload} ${result.objective} ms`,
        result.valueMs,
      ]),
    ),
  );
}

function evidenceLeaves({ evidence }: CapacityPlan): Leaves {
  const { capplan, bound, assumptions, warnings, provenance } = evidence;
  return new Map<string, PlainValue>([
    ["capplan", capplan],
    ...leavesOf(bound, "bound"),
    ...assumptions.map((text): [string, PlainValue] => [`assumption: ${text}`, true]),
    ...warnings.map(({ message }): [string, PlainValue] => [`warning: ${message}`, true]),
    ...provenance.map(({ what, kind, source, date }): [string, PlainValue] => [
      what,
      `${kind}, ${source}, ${date}`,
    ]),
  ]);
}

/** Leaves by area; those of the fleet are told apart by `fleetArea`. */
export function planLeaves(plan: CapacityPlan): Readonly<Partial<Record<ChangeArea, Leaves>>> {
  const isOther = (part: string) => !FAULT_PARTS.has(part) && !SCENARIO_PARTS.has(part);
  return {
    traffic: trafficLeaves(plan),
    promises: promiseLeaves(plan),
    faults: writtenLeaves(plan, (part) => FAULT_PARTS.has(part)),
    scenario: writtenLeaves(plan, (part) => SCENARIO_PARTS.has(part) || isOther(part)),
    prices: priceLeaves(plan),
    limits: limitLeaves(plan),
    verdicts: verdictLeaves(plan),
    margins: marginLeaves(plan),
    evidence: evidenceLeaves(plan),
  };
}

const POOL_PATH = /^fleet\.regions\.[^.]+\.pools\.[^.]+\.(.+)$/;

/** What a value of the fleet is about. */
export function fleetArea(path: string): ChangeArea {
  const key = POOL_PATH.exec(path)?.[1];
  if (key === undefined) return path.startsWith("fleet.regions.") ? "pools" : "policies";
  if (/^replicas(\.|$)/.test(key)) return "pools";
  if (/^(model|instanceType|accelerator|role)$/.test(key)) return "hardware";
  if (/^engine\./.test(key)) return "engine";
  if (/^(purchase|spot)\.|^price$/.test(key)) return "buying";
  return "policies";
}
