/** Answers of a sizing with figures that a test can count after. */
import type {
  FleetReport,
  InfeasibleReport,
} from "../../../../planner/report/sizing/sizing-report";
import { SUMMARY } from "../../../support/summary-fixture";

const margin = {
  case: "peak, us-east-1 lost",
  workload: "chat",
  objective: "ttft p95",
  limitMs: 1000,
  valueMs: 700,
  highMs: 940,
  toSpare: 0.06,
  verdict: "PASS",
} as const;

export const SIZED: FleetReport = {
  schemaVersion: 1,
  kind: "sized",
  scenario: { name: "shop" },
  seed: 7,
  verdict: "PASS",
  isInterrupted: false,
  pools: [
    {
      region: "us-east-1",
      name: "chat",
      model: "llama-3.1-8b-instruct",
      instanceType: "p5.48xlarge",
      role: "unified",
      acceleratorsPerReplica: 2,
      replicas: 6,
      purchases: [
        { purchase: "reserved-1y", nodes: 1, usdPerHour: 40 },
        { purchase: "on-demand", nodes: 1, usdPerHour: 60 },
      ],
      usdPerHour: 100,
    },
    {
      region: "us-west-2",
      name: "chat",
      model: "llama-3.1-8b-instruct",
      instanceType: "g6e.xlarge",
      role: "unified",
      acceleratorsPerReplica: 1,
      replicas: 10,
      purchases: [{ purchase: "on-demand", nodes: 10, usdPerHour: 20 }],
      usdPerHour: 20,
    },
  ],
  cost: {
    usdPerHour: 120,
    usdPerMonth: 87_600,
    servicesUsdPerMonth: 400,
    totalUsdPerMonth: 88_000,
    isLowerBound: false,
    priceBook: { id: "list", date: "2026-11-01", digest: "0123456789ab" },
  },
  lowerBound: { usdPerHour: 114, gap: 0.05, gapWithChanges: null },
  margins: [margin, { ...margin, case: "whole scenario", highMs: 800, toSpare: 0.2 }],
  nextCheaper: {
    usdPerHour: 118,
    changes: ["us-west-2/chat 10 → 9"],
    breaks: ["us-west-2, us-east-1 lost: chat ttft p95: 1100 ms, 1000 ms allowed", "another"],
  },
  quotasUsedUp: ["search.quotas.us-east-1.p5.48xlarge"],
  quotasBroken: [],
  change: null,
  cases: [{ name: "whole scenario", summary: SUMMARY }],
  options: [
    {
      option: "llama-3-1-8b-p5-48xlarge-tp2",
      model: "llama-3.1-8b-instruct",
      instanceType: "p5.48xlarge",
      acceleratorsPerReplica: 2,
      holds: 12,
      breaks: 12.5,
      bound: 20,
      usdPerThousandCalls: { "us-east-1": 0.35 },
      isUsed: true,
    },
    {
      option: "llama-3-1-8b-g6-xlarge",
      model: "llama-3.1-8b-instruct",
      instanceType: "g6.xlarge",
      acceleratorsPerReplica: 1,
      holds: 0,
      breaks: 1,
      bound: 4,
      usdPerThousandCalls: { "us-east-1": null, "us-west-2": null },
      isUsed: false,
    },
  ],
  leftOut: [
    leftOut("us-east-1/llama-3-1-8b-g6-xlarge", "breaks-objective", "chat tpot p95: 81 ms"),
    leftOut("us-west-2/llama-3-1-8b-g6-xlarge", "breaks-objective", "chat tpot p95: 81 ms"),
    leftOut("us-west-2/llama-3-1-8b-p5-48xlarge-tp2", "no-quota", "none is left"),
    leftOut("llama-3-1-8b-g4dn-xlarge", "cannot-run", "does not fit"),
  ],
  effort: { options: 3, offers: 5, evaluations: 40, requests: 123_456 },
  assumptions: ["replicas do not scale"],
  warnings: [{ code: "gap-not-closed", message: "a cheaper fleet may exist" }],
};

function leftOut(
  option: string,
  why: FleetReport["leftOut"][number]["why"],
  reason: string,
): FleetReport["leftOut"][number] {
  return { option, model: "llama-3.1-8b-instruct", why, reason };
}

export const VERIFIED: FleetReport = {
  ...SIZED,
  kind: "verified",
  verdict: "FAIL",
  lowerBound: null,
  nextCheaper: null,
  quotasUsedUp: [],
  quotasBroken: [{ path: "search.quotas.us-east-1.p5.48xlarge", used: 1200, max: 1 }],
  cases: [{ name: "whole scenario", summary: { ...SUMMARY, verdict: "FAIL" } }],
  options: [],
  leftOut: [],
  effort: { options: null, offers: null, evaluations: 3, requests: 9000 },
  warnings: [],
};

export const INFEASIBLE: InfeasibleReport = {
  schemaVersion: 1,
  kind: "infeasible",
  scenario: { name: "shop" },
  seed: 7,
  conflicts: [
    {
      path: "survive[0]",
      message: "the loss of any-region must break no objective",
      relax: "leave it out",
    },
    {
      path: "search.quotas.us-east-1.p5.48xlarge",
      message: "at most 1 p5.48xlarge in us-east-1",
      relax: "at least 2 needed",
    },
  ],
  leftOut: SIZED.leftOut,
  effort: null,
};
