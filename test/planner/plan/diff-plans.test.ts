/** Differences of plans: none of a plan to itself, mirrored when they change places, and money that adds up. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { PlanCost } from "../../../planner/plan/cost-spec";
import { diffCost } from "../../../planner/plan/diff-cost";
import { diffPlans } from "../../../planner/plan/diff-plans";
import type { PlanChange, PlanDiff } from "../../../planner/plan/plan-diff";
import type { CapacityPlan } from "../../../planner/plan/plan-spec";
import { diffDocument } from "../../../planner/report/plan/diff-document";
import { renderMarkdown } from "../../../planner/report/render-markdown";
import { expectGolden } from "../../support/golden";
import { plannedCase } from "../../support/small-plan";

const H100 = "fleet.regions.us-east-1.pools.h100";
let before: CapacityPlan;
let after: CapacityPlan;
beforeAll(async () => {
  before = (await plannedCase()).plan;
  after = (
    await plannedCase([
      "workloads.chat.arrivals.rate=8/s",
      "workloads.chat.slo.ttft.p95=1 s",
      `${H100}.replicas=14`,
      `${H100}.engine.maxSequences=64`,
      "fleet.failover.ttl=30 s",
      "faults=[{ at: 10 s, lose: { pool: us-east-1/h100 }, for: 5 s }]",
    ])
  ).plan;
});

const changesOf = (diff: PlanDiff, area: PlanChange["area"]) =>
  diff.changes
    .filter((change) => change.area === area)
    .map(({ path, before: was, after: is }) => [path, was, is]);

describe("diffPlans", () => {
  it("finds nothing between a plan and itself", () => {
    const diff = diffPlans(before, before);
    expect(diff).toMatchObject({ isSame: true, changes: [] });
    expect(diff.cost).toMatchObject({ changeUsdPerHour: 0, priceUsdPerHour: 0, lines: [] });
  });

  it("says what changed of traffic, promises, pools, engines, policies and limits", () => {
    const diff = diffPlans(before, after);
    expect(diff.isSame).toBe(false);
    expect(changesOf(diff, "traffic")).toEqual([["workloads.chat.arrivals.rate", "4/s", "8/s"]]);
    expect(changesOf(diff, "promises")).toEqual([["workloads.chat.slo.ttft.p95 seconds", 2, 1]]);
    expect(changesOf(diff, "pools")).toEqual([[`${H100}.replicas`, 10, 14]]);
    expect(changesOf(diff, "engine")).toEqual([[`${H100}.engine.maxSequences`, 100, 64]]);
    expect(changesOf(diff, "policies")).toEqual([
      ["fleet.failover.ttl", "60 s", "30 s"],
      // 10 × 100 sequences, and 14 × 64.
      [`${H100}.circuitBreaker.maxParallelRequests`, 1000, 896],
    ]);
    expect(changesOf(diff, "faults")).toHaveLength(1);
    expect(changesOf(diff, "limits")).toContainEqual(["fleet dnsMoveSeconds", 90, 60]);
  });

  it("explains a pool by the work it does and by what has to be survived, and by nothing of others", () => {
    const why = (path: string) =>
      diffPlans(before, after).changes.find((change) => change.path === path)?.why;
    expect(why(`${H100}.replicas`)).toEqual([
      "workloads.chat.arrivals.rate: 4/s → 8/s",
      "workloads.chat.slo.ttft.p95 seconds: 2 → 1",
      expect.stringMatching(/^faults: \[.*… is new$/),
    ]);
    expect(why("workloads.chat.arrivals.rate")).toEqual([]);
  });

  it("explains nothing where nothing else changed", async () => {
    const other = (await plannedCase(["fleet.failover.ttl=30 s"])).plan;
    const [change] = diffPlans(before, other).changes.filter(({ area }) => area === "policies");
    expect(change).toMatchObject({ path: "fleet.failover.ttl", why: [] });
  });

  it("says a pool that is gone in one line", async () => {
    const other = (await plannedCase(["fleet.regions.europe-west4=null", "fleet.failover=null"]))
      .plan;
    const moved = diffPlans(before, other).changes.filter(({ path }) =>
      path.includes("europe-west4.pools"),
    );
    expect(moved.map(({ path, kind, before: was }) => [path, kind, was])).toEqual([
      [
        "fleet.regions.europe-west4.pools.h100",
        "removed",
        "2 × llama-3.1-8b-instruct on a3-highgpu-1g",
      ],
    ]);
  });

  it("is its own mirror image when the plans change places", () => {
    const [there, back] = [diffPlans(before, after), diffPlans(after, before)];
    const mirrored = back.changes.map(({ area, path, kind, before: was, after: is }) => ({
      area,
      path,
      kind: { added: "removed", removed: "added", changed: "changed" }[kind],
      before: is,
      after: was,
    }));
    expect(mirrored).toEqual(there.changes.map(({ why: _, ...change }) => change));
    expect([back.before, back.after]).toEqual([there.after, there.before]);
  });

  it("is shown as a document", () => {
    const diff = diffPlans(before, after);
    const files = ["a.plan.json", "b.plan.json"] as const;
    const reproduce = "capplan diff a.plan.json b.plan.json";
    const text = renderMarkdown(diffDocument(diff, { files, reproduce }));
    expect(text).toContain("workloads.chat.arrivals.rate");
    expect(text).toContain("because workloads.chat.slo.ttft.p95 seconds: 2 → 1");
    expectGolden("plan-diff.md", text);
  });
});

const line = fc.record({
  pool: fc.constantFrom("us-east-1/a", "us-east-1/b", "eu-west-1/a"),
  purchase: fc.constantFrom("on-demand" as const, "spot" as const),
  billed: fc.integer({ min: 1, max: 9 }),
  perInstance: fc.constantFrom(1, 8),
  usd: fc.option(fc.double({ min: 0.1, max: 90, noNaN: true }), { nil: null, freq: 5 }),
});

/** A cost with each line once. */
const cost: fc.Arbitrary<PlanCost> = fc
  .uniqueArray(line, { selector: ({ pool, purchase }) => `${pool} ${purchase}`, maxLength: 6 })
  .map((drawn) => {
    const lines = drawn.map(({ pool, purchase, billed, perInstance, usd }) => ({
      pool,
      purchase,
      replicas: billed,
      billed,
      accelerators: billed * perInstance,
      price: null,
      usdPerHour: usd === null ? null : usd * billed,
    }));
    const known = lines.flatMap(({ usdPerHour }) => usdPerHour ?? []);
    const isUnknown = known.length === 0 && lines.length > 0;
    const usdPerHour = isUnknown ? null : known.reduce((sum, usd) => sum + usd, 0);
    const month = usdPerHour === null ? null : usdPerHour * 730;
    return {
      usdPerHour,
      usdPerMonth: month,
      servicesUsdPerMonth: null,
      totalUsdPerMonth: month,
      isLowerBound: known.length < lines.length && !isUnknown,
      lines,
    };
  });

const EFFECTS = [
  "priceUsdPerHour",
  "quantityUsdPerHour",
  "mixUsdPerHour",
  "coverageUsdPerHour",
] as const;
const SEED = { seed: 17, numRuns: 500 };

describe("the change of a cost", () => {
  it("for all costs, is the sum of its effects", () => {
    fc.assert(
      fc.property(cost, cost, (was, is) => {
        const change = diffCost(was, is);
        if (was.usdPerHour === null || is.usdPerHour === null) {
          expect(EFFECTS.map((effect) => change[effect])).toEqual([null, null, null, null]);
          return;
        }
        const sum = EFFECTS.reduce((total, effect) => total + change[effect]!, 0);
        expect(sum).toBeCloseTo(is.usdPerHour - was.usdPerHour, 9);
      }),
      SEED,
    );
  });

  it("for all costs, has the opposite sign in each effect when they change places", () => {
    fc.assert(
      fc.property(cost, cost, (was, is) => {
        const [there, back] = [diffCost(was, is), diffCost(is, was)];
        for (const effect of [...EFFECTS, "changeUsdPerHour"] as const) {
          const value = there[effect];
          // 0 − x, and not −x, so that nothing has a change of −0.
          expect(back[effect] === null ? null : 0 + back[effect]!).toBe(
            value === null ? null : 0 - value,
          );
        }
      }),
      SEED,
    );
  });

  it("for all costs, is all price when only prices rise by a tenth", () => {
    fc.assert(
      fc.property(cost, (was) => {
        if (was.usdPerHour === null) return;
        const lines = was.lines.map((one) => ({
          ...one,
          usdPerHour: one.usdPerHour === null ? null : one.usdPerHour * 1.1,
        }));
        const change = diffCost(was, { ...was, lines, usdPerHour: was.usdPerHour * 1.1 });
        expect(change.priceUsdPerHour).toBeCloseTo(was.usdPerHour * 0.1, 9);
        expect(change.quantityUsdPerHour).toBeCloseTo(0, 9);
        expect(change.mixUsdPerHour).toBeCloseTo(0, 9);
      }),
      SEED,
    );
  });

  it("for all costs, is all quantity when everything is doubled", () => {
    fc.assert(
      fc.property(cost, (was) => {
        if (was.usdPerHour === null) return;
        const lines = was.lines.map((one) => ({
          ...one,
          billed: one.billed * 2,
          accelerators: one.accelerators * 2,
          usdPerHour: one.usdPerHour === null ? null : one.usdPerHour * 2,
        }));
        const change = diffCost(was, { ...was, lines, usdPerHour: was.usdPerHour * 2 });
        expect(change.quantityUsdPerHour).toBeCloseTo(was.usdPerHour, 9);
        expect(change.priceUsdPerHour).toBeCloseTo(0, 9);
        expect(change.mixUsdPerHour).toBeCloseTo(0, 9);
      }),
      SEED,
    );
  });

  it("for all costs, is all coverage when the prices of a cost become known", () => {
    fc.assert(
      fc.property(cost, fc.nat(5), (is, index) => {
        const hidden = is.lines[index];
        if (is.usdPerHour === null || is.lines.length < 2 || hidden?.usdPerHour == null) return;
        const lines = is.lines.map((one) => (one === hidden ? { ...one, usdPerHour: null } : one));
        const change = diffCost(
          { ...is, lines, usdPerHour: is.usdPerHour - hidden.usdPerHour },
          is,
        );
        expect(change.coverageUsdPerHour).toBe(hidden.usdPerHour);
        expect(change.priceUsdPerHour).toBe(0);
        expect(change.mixUsdPerHour).toBeCloseTo(0, 9);
      }),
      SEED,
    );
  });

  it("is mix when eight accelerators at $2 become eight at $5: (5 − 2) × 8", () => {
    const of = (pool: string, usdPerHour: number): PlanCost => {
      const side = { pool, purchase: "on-demand" as const, replicas: 1, billed: 1, price: null };
      return {
        usdPerHour,
        usdPerMonth: null,
        servicesUsdPerMonth: null,
        totalUsdPerMonth: null,
        isLowerBound: false,
        lines: [{ ...side, accelerators: 8, usdPerHour }],
      };
    };
    expect(diffCost(of("us-east-1/l4", 16), of("us-east-1/h100", 40))).toMatchObject({
      changeUsdPerHour: 24,
      priceUsdPerHour: 0,
      quantityUsdPerHour: 0,
      mixUsdPerHour: 24,
      coverageUsdPerHour: 0,
    });
  });
});
