/** A report of a game day made by hand: one case of each verdict, one load, a fleet of two regions. */
import type {
  CaseResult,
  DomainImpact,
  StressReport,
} from "../../../../planner/stress/stress-report";
import { DEFAULT_THRESHOLDS } from "../../../../planner/stress/thresholds";
import { METASTABLE, measures } from "../../stress/case-fixture";

export function caseOf(changes: Partial<CaseResult> & { readonly name: string }): CaseResult {
  return {
    title: `The case ${changes.name}`,
    tests: "Does it hold?",
    verdict: "PASS",
    reasons: [],
    how: ["Takes it away.", "Gives it back."],
    measured: measures(),
    ...changes,
  };
}

export function domainOf(changes: Partial<DomainImpact> & { readonly name: string }): DomainImpact {
  return {
    kind: "replica",
    replicas: 1,
    trafficShare: 0.1,
    capacityLeftShare: 0.9,
    utilizationAfter: 0.5,
    isOverloaded: false,
    unserved: [],
    ...changes,
  };
}

const MISSED = {
  workload: "chat",
  objective: "ttft p95",
  limitMs: 1000,
  valueMs: 2500,
  verdict: "FAIL",
  baselineValueMs: 120,
  baselineVerdict: "PASS",
} as const;

export const REPORT: StressReport = {
  schemaVersion: 1,
  scenario: { name: "support", digest: "0123456789ab" },
  seed: 7,
  horizonSeconds: 3600,
  warmUpSeconds: 0,
  verdict: "FAIL",
  interrupted: null,
  thresholds: DEFAULT_THRESHOLDS,
  thresholdsFrom: "default",
  baseline: {
    verdict: "PASS",
    availability: 1,
    offeredRequestsPerSecond: 10,
    goodRequestsPerSecond: 9.9,
    slo: [
      {
        workload: "chat",
        objective: "ttft p95",
        limitMs: 1000,
        valueMs: 120,
        lowMs: 110,
        highMs: 130,
        attainment: 0.99,
        verdict: "PASS",
      },
    ],
    series: { bucketSeconds: 1800, offeredPerSecond: [10, 10], goodPerSecond: [10, 9.8] },
  },
  cases: [
    caseOf({
      name: "peak-2x",
      verdict: "FAIL",
      reasons: ["chat ttft p95 2.5 s, the limit is 1 s"],
      measured: measures({
        kind: "load",
        detectSeconds: null,
        shiftSeconds: null,
        recoverySeconds: null,
        recovered: null,
        slo: [MISSED],
      }),
    }),
    caseOf({ name: "region-loss:us-east-1" }),
    caseOf({
      name: "retry-storm",
      verdict: "FAIL",
      reasons: ["metastable: retries keep it down"],
      measured: measures({ metastable: METASTABLE, recovered: false, recoverySeconds: null }),
    }),
    caseOf({
      name: "cold-start",
      verdict: "UNCERTAIN",
      reasons: ["it did not strike"],
      measured: measures({ recovered: null, recoverySeconds: null, requestShare: null }),
    }),
    caseOf({
      name: "queue-backlog",
      verdict: "NOT APPLICABLE",
      reasons: ["no workload is delivered by queue"],
      how: [],
      measured: null,
    }),
  ],
  blastRadius: {
    fromSeconds: 1700,
    toSeconds: 1900,
    isPeak: true,
    pools: [
      {
        pool: "us-east-1/h100",
        readyReplicas: 4,
        paidReplicas: 4,
        attemptsPerSecond: 10,
        trafficShare: 1,
        utilization: 1.25,
      },
    ],
    domains: [
      domainOf({
        kind: "region",
        name: "us-east-1",
        replicas: 4,
        trafficShare: 1,
        capacityLeftShare: 0,
        utilizationAfter: null,
        isOverloaded: true,
        unserved: ["llama"],
      }),
      domainOf({ name: "us-east-1/h100/replica-0", utilizationAfter: 0.7 }),
      domainOf({ name: "us-east-1/h100/replica-1", utilizationAfter: 1.4, isOverloaded: true }),
      domainOf({ name: "us-east-1/h100/replica-2", utilizationAfter: 0.8 }),
    ],
  },
  headroom: { idleShare: 0.4, usdPerHour: 100, idleUsdPerHour: 40, leftOut: ["eu-west-1/l4"] },
};
