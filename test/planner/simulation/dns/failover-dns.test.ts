/** The law of TTL caching, the four policies, and that a loss never leaves a client without an answer. */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type {
  ResolvedFailover,
  ResolvedFailoverPolicy,
} from "../../../../planner/fleet/resolved-policies";
import { InvariantViolation } from "../../../../planner/foundation/errors";
import { RandomStream } from "../../../../planner/foundation/random";
import { FailoverDns } from "../../../../planner/simulation/dns/failover-dns";
import { chiSquare, chiSquareLimit } from "../../../support/statistics";
import { fleetOf, poolOf } from "../faults/fault-fixture";

const REGIONS = ["a", "b", "c"].map((name) => ({ name }));
/** Origin 0 is near region 0, origin 1 near region 2; region 1 is second for both. */
const ROUND_TRIPS = [
  [0.01, 0.05, 0.09],
  [0.09, 0.04, 0.02],
];
const fleet = fleetOf(
  REGIONS,
  REGIONS.map(({ name }, index) => poolOf(`${name}/pool`, index, 1)),
  ROUND_TRIPS,
);
const ALL = [0, 1, 2];
const LATENCY: ResolvedFailoverPolicy = { kind: "latency" };

type Caching = Partial<Pick<ResolvedFailover, "ttlSeconds" | "ignoringTtl">>;

/** TTL 60 s and resolvers that honour it, unless something else is given. */
function failoverOf(policy: ResolvedFailoverPolicy, caching: Caching = {}): ResolvedFailover {
  const healthCheck = {
    intervalSeconds: 10,
    failureThreshold: 3,
    successThreshold: 1,
    minHealthyShare: 0.5,
  };
  const ignoringTtl = { share: 0, holdSeconds: 0 };
  return { policy, healthCheck, ttlSeconds: 60, ignoringTtl, ...caching };
}

function dnsOf(
  policy: ResolvedFailoverPolicy,
  caching: Caching = {},
  regionsOfModel: readonly (readonly number[])[] = [ALL],
): FailoverDns {
  return new FailoverDns(fleet, failoverOf(policy, caching), regionsOfModel);
}

/** Phases of resolvers, and draws of DNS. */
const random = new RandomStream(7, "dns");

/** Of many clients of origin 0 at one time, the share that is sent to a region. */
function shareSentTo(dns: FailoverDns, region: number, seconds: number, draws: number): number {
  let hits = 0;
  for (let i = 0; i < draws; i++)
    if (dns.resolve(0, 0, seconds, random.uniform()) === region) hits++;
  return hits / draws;
}

/** Binomial test: within five standard errors of the expected share (exact where that is 0 or 1). */
function expectShare(share: number, expected: number, draws: number): void {
  const error = Math.sqrt((expected * (1 - expected)) / draws);
  expect(Math.abs(share - expected)).toBeLessThanOrEqual(5 * error);
}

/** After a change at t0 an answer of age U(0, T) is old with probability max(0, 1 − x / T). */
const stillOld = (x: number, holdSeconds: number) => Math.max(0, 1 - x / holdSeconds);

describe("caching", () => {
  it("a share max(0, 1 − x / TTL) is still sent to the dead region x seconds after detection", () => {
    for (const ttlSeconds of [60, 300]) {
      const dns = dnsOf(LATENCY, { ttlSeconds });
      dns.setHealthy(0, 0, false, 1000);
      for (const x of [0, 1, 15, 30, 59, 60, 61, 150, 299, 300, 1000]) {
        const draws = 20_000;
        expectShare(shareSentTo(dns, 0, 1000 + x, draws), stillOld(x, ttlSeconds), draws);
      }
    }
  });

  it("resolvers that ignore the TTL keep their share of the old answers", () => {
    const [p, holdSeconds, ttlSeconds] = [0.2, 1800, 60];
    const dns = dnsOf(LATENCY, { ttlSeconds, ignoringTtl: { share: p, holdSeconds } });
    dns.setHealthy(0, 0, false, 5000);
    for (const x of [0, 20, 59, 60, 61, 600, 1799, 1800, 5000]) {
      const draws = 20_000;
      const expected = (1 - p) * stillOld(x, ttlSeconds) + p * stillOld(x, holdSeconds);
      expectShare(shareSentTo(dns, 0, 5000 + x, draws), expected, draws);
    }
  });

  it("a change shorter than the TTL is seen by those who asked during it", () => {
    // Down from 1000 to 1020, TTL 60: at 1030, ages in (10, 30] asked while it was down: a third.
    const dns = dnsOf(LATENCY);
    dns.setHealthy(0, 0, false, 1000);
    dns.setHealthy(0, 0, true, 1020);
    expectShare(shareSentTo(dns, 1, 1030, 20_000), 1 / 3, 20_000);
    expectShare(shareSentTo(dns, 1, 1080, 20_000), 0, 20_000);
  });

  it("finds its place in a long log of changes", () => {
    // Down in every other 10 s of the last hour: of TTL 60 half of the ages fall into it, at any whole minute.
    const dns = dnsOf(LATENCY);
    for (let i = 0; i < 360; i++) dns.setHealthy(0, 0, i % 2 === 1, 10 * i);
    expectShare(shareSentTo(dns, 0, 3600, 20_000), 1 / 2, 20_000);
  });

  it("TTL 0 is always fresh", () => {
    const dns = dnsOf(LATENCY, { ttlSeconds: 0 });
    dns.setHealthy(0, 0, false, 100);
    expect(shareSentTo(dns, 0, 100, 1000)).toBe(0);
    expect(shareSentTo(dns, 0, 99.999, 1000)).toBe(1);
  });

  it("resolvers that never ask again never move", () => {
    const ignoringTtl = { share: 1, holdSeconds: Number.POSITIVE_INFINITY };
    const dns = dnsOf(LATENCY, { ignoringTtl });
    expect(dns.resolve(0, 0, 0, random.uniform())).toBe(0);
    dns.setHealthy(0, 0, false, 100);
    expect(shareSentTo(dns, 0, 1e9, 1000)).toBe(1);
  });

  it("one resolver keeps its answer until it has expired, and asks once a TTL", () => {
    const dns = dnsOf({ kind: "weighted", weights: [1, 1, 1] });
    dns.setHealthy(0, 0, false, 1000);
    for (let client = 0; client < 200; client++) {
      const phase = random.uniform();
      const seen = Array.from({ length: 600 }, (_, i) => dns.resolve(0, 0, 900 + i / 2, phase));
      const changes = seen.flatMap((region, i) => (i > 0 && region !== seen[i - 1] ? [i / 2] : []));
      for (let i = 1; i < changes.length; i++) {
        const gap = changes[i]! - changes[i - 1]!;
        expect(Math.abs(gap / 60 - Math.round(gap / 60))).toBeLessThan(0.51 / 60);
      }
      // From the moment at which it has asked again, the lost region is gone for good.
      const last = seen.lastIndexOf(0);
      expect(900 + last / 2).toBeLessThan(1060);
    }
  });
});

describe("answer", () => {
  it("latency: the healthy region with the shortest round trip", () => {
    const dns = dnsOf(LATENCY);
    expect([dns.answer(0, 0, 0, random.uniform()), dns.answer(0, 1, 0, random.uniform())]).toEqual([
      0, 2,
    ]);
    dns.setHealthy(0, 2, false, 10);
    expect([
      dns.answer(0, 0, 10, random.uniform()),
      dns.answer(0, 1, 10, random.uniform()),
    ]).toEqual([0, 1]);
    // Before the change it was otherwise.
    expect(dns.answer(0, 1, 9.999, random.uniform())).toBe(2);
  });

  it("latency: of two round trips alike, the lower region index", () => {
    const alike = fleetOf(REGIONS, [], [[0.02, 0.01, 0.01]]);
    const dns = new FailoverDns(alike, failoverOf(LATENCY), [[2, 1, 0]]);
    expect(dns.answer(0, 0, 0, random.uniform())).toBe(1);
  });

  it("primary-backup: the first healthy one of the order, then what the order does not name", () => {
    const dns = dnsOf({ kind: "primary-backup", order: [2, 0] });
    const answers = [dns.answer(0, 0, 0, random.uniform())];
    for (const [seconds, region] of [
      [1, 2],
      [2, 0],
      [3, 1],
    ] as const) {
      dns.setHealthy(0, region, false, seconds);
      answers.push(dns.answer(0, 0, seconds, random.uniform()));
    }
    // All unhealthy: Route 53 returns the primary.
    expect(answers).toEqual([2, 0, 1, 2]);
  });

  it("geo: the region of the client's area, else the nearest healthy one", () => {
    const dns = dnsOf({ kind: "geo", regionOfOrigin: [1, 2] });
    expect([dns.answer(0, 0, 0, random.uniform()), dns.answer(0, 1, 0, random.uniform())]).toEqual([
      1, 2,
    ]);
    dns.setHealthy(0, 1, false, 1);
    expect([dns.answer(0, 0, 1, random.uniform()), dns.answer(0, 1, 1, random.uniform())]).toEqual([
      0, 2,
    ]);
    dns.setHealthy(0, 2, false, 2);
    expect([dns.answer(0, 0, 2, random.uniform()), dns.answer(0, 1, 2, random.uniform())]).toEqual([
      0, 0,
    ]);
  });

  it.each([
    { weights: [1, 2, 5], unhealthy: [], expected: [1 / 8, 2 / 8, 5 / 8] },
    { weights: [1, 2, 5], unhealthy: [2], expected: [1 / 3, 2 / 3, 0] },
    { weights: [1, 0, 5], unhealthy: [], expected: [1 / 6, 0, 5 / 6] },
    // Weight zero is a last resort, and among such all are alike.
    { weights: [0, 0, 5], unhealthy: [2], expected: [1 / 2, 1 / 2, 0] },
    { weights: [0, 0, 5], unhealthy: [0, 2], expected: [0, 1, 0] },
    { weights: [1, 2, 5], unhealthy: [0, 1, 2], expected: [1 / 8, 2 / 8, 5 / 8] },
  ])("weighted $weights without $unhealthy: in proportion", ({ weights, unhealthy, expected }) => {
    const dns = dnsOf({ kind: "weighted", weights });
    for (const region of unhealthy) dns.setHealthy(0, region, false, 0);
    const draws = 20_000;
    const counts = [0, 0, 0];
    for (let i = 0; i < draws; i++) {
      const region = dns.resolve(0, 0, 60, random.uniform());
      counts[region] = counts[region]! + 1;
    }
    const [seen, wanted] = [0, 1].map((which) =>
      expected.flatMap((share, region) =>
        share > 0 ? [which === 0 ? counts[region]! : share * draws] : [],
      ),
    );
    expect(seen!.reduce((sum, count) => sum + count, 0)).toBe(draws);
    if (wanted!.length > 1) {
      expect(chiSquare(seen!, wanted!)).toBeLessThan(chiSquareLimit(wanted!.length - 1));
    }
  });

  it("weighted: old answers keep the old weights until they are asked again", () => {
    // Half of the caches are old at x = TTL/2, and half of those say region 0.
    const dns = dnsOf({ kind: "weighted", weights: [1, 1, 0] });
    dns.setHealthy(0, 0, false, 1000);
    expectShare(shareSentTo(dns, 0, 1030, 20_000), 1 / 4, 20_000);
  });

  it("models have health of their own", () => {
    const dns = dnsOf(LATENCY, { ttlSeconds: 0 }, [ALL, ALL, [1]]);
    dns.setHealthy(1, 0, false, 1);
    expect([0, 1, 2].map((model) => dns.resolve(model, 0, 2, random.uniform()))).toEqual([0, 1, 1]);
  });
});

describe("losses", () => {
  const policy = fc.oneof(
    fc.constant<ResolvedFailoverPolicy>(LATENCY),
    fc
      .array(fc.nat({ max: 4 }), { minLength: 3, maxLength: 3 })
      .map((weights): ResolvedFailoverPolicy => ({ kind: "weighted", weights })),
    fc
      .uniqueArray(fc.nat({ max: 2 }), { minLength: 1 })
      .map((order): ResolvedFailoverPolicy => ({ kind: "primary-backup", order })),
    fc
      .array(fc.nat({ max: 2 }), { minLength: 2, maxLength: 2 })
      .map((regionOfOrigin): ResolvedFailoverPolicy => ({ kind: "geo", regionOfOrigin })),
  );
  const serving = fc.uniqueArray(fc.nat({ max: 2 }), { minLength: 1 });
  const origin = fc.nat({ max: 1 });

  it("every single loss leaves an answer, and it is a healthy region where there is one", () => {
    fc.assert(
      fc.property(policy, serving, origin, (chosen, regions, from) => {
        for (const lost of regions) {
          const dns = dnsOf(chosen, {}, [regions]);
          dns.setHealthy(0, lost, false, 1000);
          const left = regions.filter((region) => region !== lost);
          for (let i = 0; i < 20; i++) {
            // While caches expire it is a region that serves the model; then it is not the lost one.
            expect(regions).toContain(dns.resolve(0, from, 1000 + i, random.uniform()));
            expect(left.length > 0 ? left : regions).toContain(
              dns.resolve(0, from, 1060 + i, random.uniform()),
            );
          }
        }
      }),
    );
  });

  it("with all regions unhealthy, DNS answers as if all were healthy", () => {
    fc.assert(
      fc.property(policy, serving, origin, (chosen, regions, from) => {
        const dns = dnsOf(chosen, { ttlSeconds: 0 }, [regions, regions]);
        for (const region of regions) dns.setHealthy(0, region, false, 10);
        const answers = (model: number) =>
          new Set(Array.from({ length: 200 }, () => dns.answer(model, from, 20, random.uniform())));
        expect(answers(0)).toEqual(answers(1));
      }),
    );
  });

  it("a bug shows: a model without a region, another model's region, a time that goes back", () => {
    expect(() => dnsOf(LATENCY, {}, [[]])).toThrow(InvariantViolation);
    const dns = dnsOf(LATENCY, {}, [[0, 1]]);
    expect(() => dns.setHealthy(0, 2, false, 0)).toThrow(InvariantViolation);
    dns.setHealthy(0, 0, false, 10);
    expect(() => dns.setHealthy(0, 1, false, 9)).toThrow(InvariantViolation);
  });
});
