/**
 * What fails a case. Thresholds that are asked for, by the scenario or on the command line, are all that counts;
 * without any, every fleet is asked to come back from faults by itself, and to keep its objectives under more load.
 */
import { didYouMean } from "../catalog/suggest";
import { PlannerError, type Problem } from "../foundation/errors";
import { formatShare } from "../foundation/format-units";
import { type ReadQuantity, readDuration, readShare } from "../foundation/units";
import type { CaseMeasures, CaseObjective, CaseVerdict, StressThresholds } from "./stress-report";
import { spoken } from "./stress-times";

const NO_THRESHOLDS: StressThresholds = {
  availability: null,
  goodput: null,
  blastRadius: null,
  tenants: null,
  detectionSeconds: null,
  shiftSeconds: null,
  recoverySeconds: null,
  recovers: false,
  metastable: false,
  slo: false,
};

export const DEFAULT_THRESHOLDS: StressThresholds = {
  ...NO_THRESHOLDS,
  recovers: true,
  metastable: true,
  slo: true,
};

/** `stress.failOn` of a scenario, in base units. */
export interface FailOnSpec {
  readonly availability?: number | undefined;
  readonly goodput?: number | undefined;
  readonly blastRadius?: number | undefined;
  readonly tenants?: number | undefined;
  readonly detection?: number | undefined;
  readonly shift?: number | undefined;
  readonly recovery?: number | undefined;
  readonly recovers?: boolean | undefined;
}

/**
 * @param spec what the scenario asks for
 * @param text what the command line asks for: `availability=99%,recovery=10m,metastable`; it wins, key by key
 * @returns undefined when neither asks for anything
 * @throws PlannerError when the text cannot be read
 */
export function givenThresholds(
  spec: FailOnSpec | undefined,
  text: string | undefined,
): StressThresholds | undefined {
  if (spec === undefined && text === undefined) return undefined;
  return {
    ...NO_THRESHOLDS,
    ...fromSpec(spec ?? {}),
    ...(text === undefined ? {} : parseFailOn(text)),
  };
}

function fromSpec(spec: FailOnSpec): Partial<StressThresholds> {
  const { detection, shift, recovery, recovers = false, ...shares } = spec;
  return {
    availability: shares.availability ?? null,
    goodput: shares.goodput ?? null,
    blastRadius: shares.blastRadius ?? null,
    tenants: shares.tenants ?? null,
    detectionSeconds: detection ?? null,
    shiftSeconds: shift ?? null,
    recoverySeconds: recovery ?? null,
    recovers,
  };
}

type LimitKey = Exclude<keyof StressThresholds, "recovers" | "metastable" | "slo">;

interface Limit {
  readonly key: LimitKey;
  readonly read: (text: string) => ReadQuantity;
}

/** What `--fail-on` takes: limits with a value, and flags without. */
const LIMITS: Readonly<Record<string, Limit>> = {
  availability: { key: "availability", read: readShare },
  goodput: { key: "goodput", read: readShare },
  "blast-radius": { key: "blastRadius", read: readShare },
  tenants: { key: "tenants", read: readShare },
  detection: { key: "detectionSeconds", read: readDuration },
  shift: { key: "shiftSeconds", read: readDuration },
  recovery: { key: "recoverySeconds", read: readDuration },
};
const FLAGS = ["recovers", "metastable", "slo"] as const;

/** Names as the command line has them, for its help. */
export const FAIL_ON_NAMES: readonly string[] = [...Object.keys(LIMITS), ...FLAGS];

function parseFailOn(text: string): Partial<StressThresholds> {
  const problems: Problem[] = [];
  const read: Partial<Record<keyof StressThresholds, number | boolean>> = {};
  for (const part of text.split(",").map((one) => one.trim())) {
    const [name = "", ...rest] = part.split("=").map((one) => one.trim());
    const value = rest.length === 0 ? undefined : rest.join("=");
    const problem = readThreshold(name, value, read);
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) throw new PlannerError(problems);
  return read as Partial<StressThresholds>;
}

function readThreshold(
  name: string,
  value: string | undefined,
  read: Partial<Record<keyof StressThresholds, number | boolean>>,
): Problem | undefined {
  const path = "--fail-on";
  const flag = FLAGS.find((one) => one === name);
  if (flag !== undefined) {
    if (value !== undefined) {
      const message = `${name} takes no value, got "${value}"`;
      return { code: "invalid-value", path, message, hint: `write ${name} alone` };
    }
    read[flag] = true;
    return undefined;
  }
  const limit = Object.hasOwn(LIMITS, name) ? LIMITS[name] : undefined;
  if (limit === undefined) {
    const hint = didYouMean(name, FAIL_ON_NAMES) ?? `the names are ${FAIL_ON_NAMES.join(", ")}`;
    return { code: "unknown-name", path, message: `unknown threshold "${name}"`, hint };
  }
  if (value === undefined) {
    const hint = `write ${name}=${limit.read === readShare ? "99%" : "10m"}, say`;
    return { code: "missing", path, message: `${name} needs a value`, hint };
  }
  const quantity = limit.read(value);
  if (!quantity.ok) {
    return { code: "invalid-value", path, message: `${name}: ${quantity.message}` };
  }
  read[limit.key] = quantity.value;
  return undefined;
}

export interface Judgement {
  readonly verdict: Exclude<CaseVerdict, "NOT APPLICABLE">;
  /** What is broken; or what is not known, when nothing is. */
  readonly reasons: readonly string[];
}

/** Broken thresholds fail a case; where what is asked for is not known and nothing is broken, it is uncertain. */
export function judgeCase(measures: CaseMeasures, thresholds: StressThresholds): Judgement {
  const findings = [
    ...shareFindings(measures, thresholds),
    ...(measures.kind === "fault" ? faultFindings(measures, thresholds) : []),
    ...(measures.kind === "load" && thresholds.slo ? loadFindings(measures) : []),
  ];
  const reasons = (kind: Finding["kind"]): string[] =>
    findings.flatMap((finding) => (finding.kind === kind ? finding.reason : []));
  const broken = reasons("broken");
  if (broken.length > 0) return { verdict: "FAIL", reasons: broken };
  const unknown = reasons("unknown");
  return { verdict: unknown.length > 0 ? "UNCERTAIN" : "PASS", reasons: unknown };
}

interface Finding {
  readonly kind: "broken" | "unknown";
  readonly reason: string;
}

const broken = (reason: string): Finding => ({ kind: "broken", reason });
const unknown = (reason: string): Finding => ({ kind: "unknown", reason });

function shareFindings(measures: CaseMeasures, thresholds: StressThresholds): Finding[] {
  const atLeast = (what: string, value: number | null, limit: number | null): Finding[] => {
    if (limit === null || (value !== null && value >= limit)) return [];
    if (value === null) return [unknown(`${what} is not known: nothing arrived in the window`)];
    return [broken(`${what} ${percent(value)}, at least ${formatShare(limit)} is asked for`)];
  };
  const atMost = (what: string, value: number | null, limit: number | null): Finding[] => {
    if (limit === null || (value !== null && value <= limit)) return [];
    if (value === null) return [unknown(`${what} is not known: nothing arrived in the window`)];
    return [broken(`${what} ${percent(value)}, at most ${formatShare(limit)} is asked for`)];
  };
  return [
    ...atLeast("availability", measures.availability, thresholds.availability),
    ...atLeast("requests within their objectives", measures.goodShare, thresholds.goodput),
    ...atMost("requests touched", measures.requestShare, thresholds.blastRadius),
    ...atMost("tenants touched", measures.tenantShare, thresholds.tenants),
  ];
}

function faultFindings(measures: CaseMeasures, thresholds: StressThresholds): Finding[] {
  return [
    ...metastableFindings(measures, thresholds),
    ...recoveryFindings(measures, thresholds),
    ...(thresholds.detectionSeconds !== null &&
    measures.detectSeconds === null &&
    (measures.requestShare ?? 0) > 0
      ? [broken("nothing noticed the fault")]
      : []),
    ...tooLong("noticed after", measures.detectSeconds, thresholds.detectionSeconds),
    ...tooLong("traffic moved after", measures.shiftSeconds, thresholds.shiftSeconds),
  ];
}

function metastableFindings(
  { metastable }: CaseMeasures,
  { metastable: isAsked }: StressThresholds,
): Finding[] {
  return isAsked && metastable !== null ? [broken(`metastable: ${metastable.explanation}`)] : [];
}

/** A metastable fleet has not recovered; that is said once. What a run is too short for is no fault of the fleet. */
function recoveryFindings(measures: CaseMeasures, thresholds: StressThresholds): Finding[] {
  const { recovered, recoverySeconds, metastable, secondsLeft, secondsNeeded } = measures;
  const isAsked = thresholds.recovers || thresholds.recoverySeconds !== null;
  if (!isAsked) return [];
  if (recovered === false) {
    const isSaid = thresholds.metastable && metastable !== null;
    if (metastable === null && secondsLeft < secondsNeeded) {
      return [
        unknown(
          `whether it recovers is not known: the run ends ${spoken(secondsLeft)} after the fault, and cold starts and failover alone may take ${spoken(secondsNeeded)}; lengthen horizon.duration`,
        ),
      ];
    }
    return isSaid ? [] : [broken("goodput did not come back before the end of the run")];
  }
  if (recovered === null) {
    return [
      unknown(
        "whether it recovered is not known: it did not strike, nothing arrived after it, or most requests were not good without it either",
      ),
    ];
  }
  return tooLong("recovered after", recoverySeconds, thresholds.recoverySeconds);
}

function tooLong(what: string, seconds: number | null, limit: number | null): Finding[] {
  if (limit === null || seconds === null || seconds <= limit) return [];
  return [broken(`${what} ${spoken(seconds)}, at most ${spoken(limit)} is asked for`)];
}

function loadFindings({
  slo,
  saturated,
  availability,
  baselineAvailability,
}: CaseMeasures): Finding[] {
  const missed = slo.filter(
    ({ verdict, baselineVerdict }) => verdict === "FAIL" && baselineVerdict !== "FAIL",
  );
  const lost = (baselineAvailability ?? 1) - (availability ?? 1);
  const isWorse = missed.length === 0 && saturated.length === 0 && lost > AVAILABILITY_LOSS_MAX;
  return [
    ...(saturated.length === 0
      ? []
      : [broken(`saturated: the queue of ${saturated.join(", ")} grows as long as this lasts`)]),
    ...missed.filter(({ workload }) => !saturated.includes(workload)).map(missFinding),
    ...(isWorse
      ? [
          broken(
            `availability ${percent(availability!)}, without the load ${percent(baselineAvailability!)}`,
          ),
        ]
      : []),
  ];
}

/** Workloads without objectives are held to being answered as before. */
const AVAILABILITY_LOSS_MAX = 0.01;

function missFinding({ workload, objective, limitMs, valueMs, verdict }: CaseObjective): Finding {
  if (valueMs === null) return broken(`${workload} ${objective}: ${verdict}`);
  const seconds = (ms: number): string => spoken(ms / 1e3);
  return broken(`${workload} ${objective} ${seconds(valueMs)}, the limit is ${seconds(limitMs)}`);
}

/** Three digits, and never 100 % for what is less. */
function percent(share: number): string {
  const rounded = Number((share * 100).toPrecision(3));
  return `${rounded === 100 && share < 1 ? "> 99.9" : rounded}%`;
}
