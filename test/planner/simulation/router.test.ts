/** Every policy by the one property that defines it, over random loads; and what no router may look at. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedPool, ResolvedRouting } from "../../../planner/fleet/resolved-fleet";
import { RandomStream } from "../../../planner/foundation/random";
import { type RoutedRequest, RoutingGroup } from "../../../planner/simulation/router";
import { pricedAt, resolvedPool } from "../../support/resolved";
import { chiSquare, chiSquareLimit } from "../../support/statistics";

const CAMPAIGN = { seed: 20_261_122, numRuns: 100 };

/** Two pools of 3 and 4 replicas, numbered 10 … 16 in the fleet. */
const MEMBERS = [
  [10, 11, 12],
  [13, 14, 15, 16],
];
const ALL = MEMBERS.flat();

function group(
  routing: Partial<ResolvedRouting>,
  pools: readonly Partial<ResolvedPool>[] = [{}, {}],
  kvUtilizationOf = (_replica: number): number => 0,
): RoutingGroup {
  return new RoutingGroup(
    pools.map(({ engine: _, ...changes }) => resolvedPool(changes)),
    MEMBERS,
    {
      policy: "least-outstanding",
      regions: "nearest",
      spillOutstanding: 3,
      affinitySlack: 2,
      ...routing,
    },
    new RandomStream(5, "router"),
    kvUtilizationOf,
  );
}

function request(changes: Partial<RoutedRequest> = {}): RoutedRequest {
  return { inputTokens: 100, priority: "standard", prefix: undefined, ...changes };
}

const loads = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 7, maxLength: 7 });

function setAll(router: RoutingGroup, outstanding: readonly number[]): void {
  for (const [place, count] of outstanding.entries()) router.addOutstanding(place, count);
}

/** Member with the least outstanding among these places; the first of equals. */
function leastOf(outstanding: readonly number[], places: readonly number[]): number {
  const least = Math.min(...places.map((place) => outstanding[place]!));
  return ALL[places.find((place) => outstanding[place] === least)!]!;
}

const FIRST_POOL = [0, 1, 2];
const SECOND_POOL = [3, 4, 5, 6];
const EVERYWHERE = [...FIRST_POOL, ...SECOND_POOL];

describe("round-robin", () => {
  it("gives every replica its turn, whatever the load", () => {
    const router = group({ policy: "round-robin" });
    const chosen = Array.from({ length: 21 }, (_, i) => {
      router.addOutstanding(i % 7, 50);
      return router.choose(request());
    });
    expect(chosen).toEqual([...ALL, ...ALL, ...ALL]);
  });
});

describe("random", () => {
  it("chooses every replica as often as any other", () => {
    const router = group({ policy: "random" });
    const counts = Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[router.choose(request()) - 10]!++;
    expect(chiSquare(counts, Array<number>(7).fill(10_000))).toBeLessThan(chiSquareLimit(6));
  });
});

describe("least-outstanding", () => {
  it("for all loads, chooses the least, the first of equals", () => {
    const law = fc.property(loads, (outstanding) => {
      const router = group({ policy: "least-outstanding" });
      setAll(router, outstanding);
      expect(router.choose(request())).toBe(leastOf(outstanding, EVERYWHERE));
    });
    fc.assert(law, CAMPAIGN);
  });
});

describe("least-kv", () => {
  it("for all loads, chooses the least KV in use, whatever is outstanding", () => {
    const law = fc.property(loads, loads, (outstanding, kv) => {
      const shareOf = (replica: number): number => kv[ALL.indexOf(replica)]! / 10;
      const router = group({ policy: "least-kv" }, undefined, shareOf);
      setAll(router, outstanding);
      expect(router.choose(request())).toBe(leastOf(kv, EVERYWHERE));
    });
    fc.assert(law, CAMPAIGN);
  });
});

describe("power-of-two", () => {
  it("for all loads, never chooses the only busiest replica, and can choose all others", () => {
    const router = group({ policy: "power-of-two" });
    setAll(router, [1, 2, 3, 4, 9, 5, 6]);
    const chosen = new Set(Array.from({ length: 2000 }, () => router.choose(request())));
    expect([...chosen].sort()).toEqual([10, 11, 12, 13, 15, 16]);
  });

  it("chooses a replica as often as it is the better of two", () => {
    const router = group({ policy: "power-of-two" });
    setAll(router, [0, 1, 2, 3, 4, 5, 6]);
    const draws = 42_000;
    const counts = Array<number>(7).fill(0);
    for (let i = 0; i < draws; i++) counts[router.choose(request()) - 10]!++;
    // Of 21 pairs of distinct replicas, the k-th least busy wins those with the 6 − k busier ones.
    const expected = [6, 5, 4, 3, 2, 1].map((pairs) => (pairs / 21) * draws);
    expect(counts[6]).toBe(0);
    expect(chiSquare(counts.slice(0, 6), expected)).toBeLessThan(chiSquareLimit(5));
  });
});

describe("prefix-affinity", () => {
  const chain = (...ids: number[]) => ({
    ids,
    endTokens: ids.map((_, i) => 16 * (i + 1)),
    length: ids.length,
  });

  it("without a known prefix, chooses the least outstanding", () => {
    const law = fc.property(loads, (outstanding) => {
      const router = group({ policy: "prefix-affinity" });
      setAll(router, outstanding);
      const least = leastOf(outstanding, EVERYWHERE);
      expect(router.choose(request())).toBe(least);
      expect(router.choose(request({ prefix: chain(1, 2) }))).toBe(least);
    });
    fc.assert(law, CAMPAIGN);
  });

  it("goes back to the replica of the longest known beginning while it is within the slack", () => {
    const router = group({ policy: "prefix-affinity", affinitySlack: 2 });
    expect(router.choose(request({ prefix: chain(1) }))).toBe(10);
    router.addOutstanding(0, 1);
    expect(router.choose(request({ prefix: chain(7) }))).toBe(11);
    router.addOutstanding(0, 1);
    router.addOutstanding(1, 2);
    expect(router.choose(request({ prefix: chain(1, 5, 6) }))).toBe(10);
    expect(router.choose(request({ prefix: chain(7, 8) }))).toBe(11);
  });

  it("leaves it when it is busier than the slack allows, and remembers the new place", () => {
    const router = group({ policy: "prefix-affinity", affinitySlack: 2 });
    expect(router.choose(request({ prefix: chain(1) }))).toBe(10);
    router.addOutstanding(0, 3);
    expect(router.choose(request({ prefix: chain(1, 2) }))).toBe(11);
    router.addOutstanding(0, -3);
    expect(router.choose(request({ prefix: chain(1) }))).toBe(11);
  });
});

describe("by-length", () => {
  const pools = [{ inputTokensMax: 200 }, { inputTokensMax: Number.POSITIVE_INFINITY }];

  it.each([
    [100, FIRST_POOL],
    [200, FIRST_POOL],
    [201, SECOND_POOL],
  ])(
    "for all loads, sends %d input tokens to the tightest pool that takes them",
    (tokens, places) => {
      const law = fc.property(loads, (outstanding) => {
        const router = group({ policy: "by-length" }, pools);
        setAll(router, outstanding);
        expect(router.choose(request({ inputTokens: tokens }))).toBe(leastOf(outstanding, places));
      });
      fc.assert(law, CAMPAIGN);
    },
  );

  it("sends what no pool takes to the least outstanding of all", () => {
    const router = group({ policy: "by-length" }, [{ inputTokensMax: 10 }, { inputTokensMax: 20 }]);
    setAll(router, [3, 3, 3, 3, 1, 3, 3]);
    expect(router.choose(request({ inputTokens: 21 }))).toBe(14);
  });
});

describe("by-priority", () => {
  it.each([
    ["interactive", SECOND_POOL],
    ["standard", FIRST_POOL],
    ["batch", FIRST_POOL],
  ] as const)(
    "for all loads, %s requests go to their reserved pool or to the open one",
    (priority, places) => {
      const law = fc.property(loads, (outstanding) => {
        const router = group({ policy: "by-priority" }, [
          { priorities: [] },
          { priorities: ["interactive"] },
        ]);
        setAll(router, outstanding);
        expect(router.choose(request({ priority }))).toBe(leastOf(outstanding, places));
      });
      fc.assert(law, CAMPAIGN);
    },
  );
});

describe("cheapest-first", () => {
  const pools = [pricedAt(9), pricedAt(2)];

  it("for all loads, fills the cheapest pool up to the limit, then the next, then the least outstanding", () => {
    const law = fc.property(loads, (outstanding) => {
      const router = group({ policy: "cheapest-first", spillOutstanding: 3 }, pools);
      setAll(router, outstanding);
      const hasRoom = (places: readonly number[]): boolean =>
        places.some((place) => outstanding[place]! < 3);
      const places = hasRoom(SECOND_POOL)
        ? SECOND_POOL
        : hasRoom(FIRST_POOL)
          ? FIRST_POOL
          : EVERYWHERE;
      expect(router.choose(request())).toBe(leastOf(outstanding, places));
    });
    fc.assert(law, CAMPAIGN);
  });
});

const EVERY_POLICY = [
  "round-robin",
  "random",
  "least-outstanding",
  "least-kv",
  "power-of-two",
  "prefix-affinity",
  "by-length",
  "by-priority",
  "cheapest-first",
] as const;

describe("members that may not be chosen", () => {
  const absences = fc.array(fc.boolean(), { minLength: 7, maxLength: 7 });

  it.each(EVERY_POLICY)("under %s, are never chosen, and the others still are", (policy) => {
    const law = fc.property(loads, absences, fc.nat(400), (outstanding, isThere, tokens) => {
      const router = group({ policy }, [
        { inputTokensMax: 200, priorities: [], ...pricedAt(1) },
        { priorities: ["interactive"], ...pricedAt(2) },
      ]);
      setAll(router, outstanding);
      for (const [place, is] of isThere.entries()) router.setAvailable(place, is);
      // Loads that change while a member is away count when it is back.
      router.addOutstanding(0, 2);
      const allowed = ALL.filter((_, place) => isThere[place]);
      for (let i = 0; i < 5; i++) {
        const prefix = { ids: [tokens], endTokens: [16], length: 1 };
        const chosen = router.choose(request({ inputTokens: tokens, prefix }));
        if (allowed.length === 0) expect(chosen).toBe(-1);
        else expect(allowed).toContain(chosen);
      }
    });
    fc.assert(law, CAMPAIGN);
  });

  it("that come back are chosen as if they had never been away", () => {
    const law = fc.property(loads, absences, (outstanding, isThere) => {
      const router = group({ policy: "least-outstanding" });
      for (const [place, is] of isThere.entries()) router.setAvailable(place, is);
      setAll(router, outstanding);
      for (const place of EVERYWHERE) router.setAvailable(place, true);
      expect(router.choose(request())).toBe(leastOf(outstanding, EVERYWHERE));
    });
    fc.assert(law, CAMPAIGN);
  });

  it("a member is remembered for its prefix while it is away, and left for another", () => {
    const chain = { ids: [1], endTokens: [16], length: 1 };
    const router = group({ policy: "prefix-affinity" });
    expect(router.choose(request({ prefix: chain }))).toBe(10);
    router.setAvailable(0, false);
    expect(router.choose(request({ prefix: chain }))).toBe(11);
    router.setAvailable(0, true);
    expect(router.choose(request({ prefix: chain }))).toBe(11);
  });
});

describe("the least busy of some", () => {
  it("for all loads, is the least outstanding of a range but for one, or of those with room", () => {
    const law = fc.property(
      loads,
      fc.nat(6),
      fc.integer({ min: 0, max: 7 }),
      (outstanding, other, most) => {
        const router = group({});
        setAll(router, outstanding);
        const places = SECOND_POOL.filter((place) => place !== other);
        expect(router.leastOutstandingOf(13, 17, ALL[other]!)).toBe(leastOf(outstanding, places));
        const withRoom = EVERYWHERE.filter((place) => outstanding[place]! < most);
        const hasRoom = (_: number, count: number): boolean => count < most;
        const expected = withRoom.length === 0 ? -1 : leastOf(outstanding, withRoom);
        expect(router.leastWithRoom(hasRoom)).toBe(expected);
      },
    );
    fc.assert(law, CAMPAIGN);
  });

  it("is nobody when nobody is there", () => {
    const router = group({});
    for (const place of FIRST_POOL) router.setAvailable(place, false);
    expect(router.leastOutstandingOf(10, 13, -1)).toBe(-1);
    expect(router.leastWithRoom(() => false)).toBe(-1);
  });
});
