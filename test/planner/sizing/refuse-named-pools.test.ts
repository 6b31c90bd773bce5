/** A searched fleet has pools of its own: what names one of another fleet is refused before anything is searched. */
import { describe, expect, it } from "@jest/globals";
import { PlannerError } from "../../../planner/foundation/errors";
import { sizingProblem } from "../../../planner/sizing/sizing-problem";
import { SMALL_SIZING, sizingContext } from "../../support/small-sizing";

const POOLS = `
    us-east-1:
      pools:
        l4: { model: llama-3.1-8b-instruct, instanceType: g6.xlarge, replicas: 2, purchase: { spot: rest } }
    us-west-2: {}
`;

function problemsOf(more: string): readonly string[] {
  const text = SMALL_SIZING.replace("{ us-east-1: {}, us-west-2: {} }", POOLS.trimEnd()) + more;
  const { spec } = sizingContext(text);
  try {
    sizingProblem({ spec, traces: new Map() });
    return [];
  } catch (error) {
    if (!(error instanceof PlannerError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe("faults and cases of a searched fleet", () => {
  it("may name places, and every pool", () => {
    expect(
      problemsOf(`faults:
  - { lose: { region: us-east-1 }, at: 60 s }
  - { lose: { zone: us-east-1/a }, at: 60 s }
  - { slow: { each: pool, of: us-east-1, factor: 2 }, at: 60 s }
  - { spotReclaim: { pools: all }, at: 60 s }
stress:
  cases:
    - { name: more, set: { workloads.chat.arrivals.rate: 20/s } }
`),
    ).toEqual([]);
  });

  it("name no pools of another fleet: all of them are said at once", () => {
    expect(
      problemsOf(`faults:
  - { lose: { pool: us-east-1/l4 }, at: 60 s }
  - { lose: [{ region: us-east-1 }, { replica: us-east-1/l4/0 }], at: 60 s }
  - { slow: { node: us-east-1/l4/1, factor: 2 }, at: 60 s }
  - { coldCache: { each: replica, of: us-east-1/l4 }, at: 60 s }
  - { spotReclaim: { pools: [us-east-1/l4] }, at: 60 s }
stress:
  cases:
    - { name: first, faults: [{ partition: { pool: us-east-1/l4 }, at: 5 s }] }
    - { name: second, set: { fleet.regions.us-east-1.pools.l4.replicas: 1 } }
`),
    ).toEqual([
      'faults[0].lose.pool: names a pool: "us-east-1/l4"',
      'faults[1].lose[1].replica: names a pool: "us-east-1/l4/0"',
      'faults[2].slow.node: names a pool: "us-east-1/l4/1"',
      'faults[3].coldCache.of: names a pool: "us-east-1/l4"',
      'faults[4].spotReclaim.pools: names a pool: "us-east-1/l4"',
      'stress.cases[0].faults[0].partition.pool: names a pool: "us-east-1/l4"',
      'stress.cases[1].set: names a pool: "fleet.regions.us-east-1.pools.l4.replicas"',
    ]);
  });
});
