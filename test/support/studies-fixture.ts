/** Studies as the search could have answered them, with every kind of point: what reports are made from. */

import { parseScenario } from "../../planner/scenario/parse-scenario";
import type { ObjectiveMargin } from "../../planner/sizing/sizing-result";
import type { ScalingVariant } from "../../planner/sizing/studies/scaling-study";
import type { SizingStudies } from "../../planner/sizing/studies/sizing-studies";
import type { StudiedFleet } from "../../planner/sizing/studies/study-outcome";
import { SMALL_SIZING } from "./small-sizing";

function margin(toSpare: number): ObjectiveMargin {
  return {
    case: "peak, us-east-1 lost",
    workload: "chat",
    objective: "ttft p95",
    limitMs: 800,
    valueMs: 700,
    highMs: 800 * (1 - toSpare),
    toSpare,
    verdict: toSpare > 0 ? "PASS" : "UNCERTAIN",
  };
}

function fleet(usdPerHour: number, replicas: number, toSpare: number): StudiedFleet {
  return {
    kind: "sized",
    verdict: toSpare > 0 ? "PASS" : "UNCERTAIN",
    usdPerHour,
    pools: [
      {
        region: "us-east-1",
        name: "l40s",
        model: "llama-3.1-8b-instruct",
        instanceType: "g6e.xlarge",
        replicas,
      },
    ],
    objectives: [margin(toSpare)],
    notes: [],
  };
}

const BASE = fleet(10, 4, 0.12);
const REASON = "search.quotas.us-east-1.l40s: 4 are not enough; use 8 or more";

const POOL = { region: "us-east-1", name: "l40s", min: 4, max: 4, initial: 4, autoscaling: null };

function variant(name: ScalingVariant["name"], changed: Partial<ScalingVariant>): ScalingVariant {
  return {
    name,
    pools: [POOL],
    spec: parseScenario(SMALL_SIZING),
    usdPerHour: 10,
    verdict: "PASS",
    objectives: [],
    damage: [{ workload: "chat", outsideShare: 0.01, addedShare: 0, stretches: [] }],
    survival: { keptShare: 1, isKept: true, worst: null },
    replicas: [
      { fromSeconds: 0, toSeconds: 3600, ready: 4, paid: 4 },
      { fromSeconds: 3600, toSeconds: 7200, ready: 4, paid: 4 },
    ],
    ...changed,
  };
}

export const STUDIES: SizingStudies = {
  frontiers: [
    {
      kind: "latency",
      scaled: "all limits",
      points: [
        {
          name: "2 × limits",
          factor: 2,
          isBase: false,
          outcome: { ...fleet(10, 4, 0.5), fleetOf: "1 × limits" },
        },
        {
          name: "1 × limits",
          factor: 1,
          isBase: true,
          outcome: { ...BASE, fleetOf: null },
        },
        {
          name: "0.5 × limits",
          factor: 0.5,
          isBase: false,
          outcome: { kind: "infeasible", reasons: [REASON] },
        },
      ],
    },
    {
      kind: "survival",
      scaled: null,
      points: [
        { name: "nothing", factor: null, isBase: true, outcome: { ...BASE, fleetOf: null } },
        {
          name: "any-pool",
          factor: null,
          isBase: false,
          outcome: { ...fleet(20, 8, 0.2), fleetOf: null },
        },
        { name: "any-zone", factor: null, isBase: false, outcome: { kind: "interrupted" } },
        {
          name: "any-cloud",
          factor: null,
          isBase: false,
          outcome: { kind: "not-applicable", reason: "every region is on aws" },
        },
      ],
    },
  ],
  whatIfs: {
    base: BASE,
    whatIfs: [
      {
        name: "outputs=2x",
        outcome: { ...fleet(15, 6, -0.03), notes: ["3 % of the answers were cut to the window"] },
        change: {
          usdPerHour: 5,
          share: 0.5,
          fleet: ["us-east-1/l40s 4 → 6"],
          objectives: [
            { workload: "chat", objective: "ttft p95", baseToSpare: 0.12, toSpare: -0.03 },
          ],
        },
      },
      { name: "hardware=l4", outcome: { kind: "infeasible", reasons: [REASON] }, change: null },
    ],
  },
  scaling: {
    simulated: {
      fromSeconds: 0,
      toSeconds: 7200,
      isWhole: true,
      replications: 5,
      startSeconds: 2 * 86_400 + 6 * 3600,
      followsClock: true,
    },
    hours: [
      { fromSeconds: 0, toSeconds: 3600, callsPerSecond: 2, replicas: 2 },
      { fromSeconds: 3600, toSeconds: 7200, callsPerSecond: 5, replicas: 4 },
    ],
    hourlyUsdPerHour: 7.5,
    variants: [
      variant("static", {}),
      variant("scheduled", {
        usdPerHour: 8,
        pools: [
          {
            ...POOL,
            min: 2,
            initial: 2,
            autoscaling: {
              metric: "in-flight",
              target: { value: 256, unit: "number" },
              schedule: [
                {
                  start: { seconds: 6 * 3600 + 51 * 60, isDaily: true },
                  end: { seconds: 8 * 3600, isDaily: true },
                  replicas: 4,
                },
              ],
            },
          },
        ],
      }),
      variant("autoscaled", {
        usdPerHour: 7.8,
        verdict: "FAIL",
        objectives: [
          {
            workload: "chat",
            objective: "ttft p95",
            limitMs: 800,
            valueMs: 2400,
            lowMs: 2100,
            highMs: 2600,
            attainment: 0.91,
            verdict: "FAIL",
          },
        ],
        damage: [
          {
            workload: "chat",
            outsideShare: 0.09,
            addedShare: 0.08,
            stretches: [{ fromSeconds: 3600, toSeconds: 4200, outsideShare: 0.62 }],
          },
        ],
        survival: {
          keptShare: 0.9,
          isKept: false,
          worst: {
            loss: "us-east-1 lost",
            model: "llama-3.1-8b-instruct",
            atSeconds: 3600,
            leftShare: 0.65,
          },
        },
        pools: [
          {
            ...POOL,
            min: 2,
            initial: 2,
            autoscaling: { metric: "request-rate", target: { value: 0.5, unit: "rate" } },
          },
        ],
      }),
    ],
    choice: {
      chosen: "scheduled",
      against: [
        { name: "static", reasons: ["cost"] },
        { name: "autoscaled", reasons: ["objectives", "survival"] },
      ],
    },
  },
};
