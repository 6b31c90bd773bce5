/** The answers of FailoverDns under every combination of health, by models of both providers. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { FailoverDnsArgs, FailoverPolicy } from "../../../components/dns";
import { CloudDnsResolver } from "../../support/dns/cloud-dns-resolver";
import { answersOver, noticedAtSeconds } from "../../support/dns/health-checker";
import { Route53Resolver } from "../../support/dns/route53-resolver";
import { type EngineRun, ofType } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import {
  clientContinents,
  dnsArgs,
  dnsProgram,
  HOST,
  type SiteName,
  siteNames,
  siteOf,
  worldOf,
} from "./dns-fixture";

type Provider = "route53" | "cloud-dns";
type Kind = FailoverPolicy["kind"];

/** Every provider, policy and number of sites that can be provisioned. */
const cases: readonly (readonly [Provider, Kind, number])[] = (
  ["route53", "cloud-dns"] as const
).flatMap((provider) =>
  (["latency", "weighted", "primary-backup", "geo"] as const).flatMap((kind) =>
    [2, 3]
      // Cloud DNS keeps an order of two sites only.
      .filter((count) => !(provider === "cloud-dns" && kind === "primary-backup" && count > 2))
      .map((count) => [provider, kind, count] as const),
  ),
);

type Resolver = Pick<Route53Resolver, "answer">;

function resolverIn(run: EngineRun, provider: Provider): Resolver {
  return provider === "route53" ? new Route53Resolver(run) : new CloudDnsResolver(run);
}

async function resolverOf(provider: Provider, args: FailoverDnsArgs): Promise<Resolver> {
  return resolverIn(await registered(dnsProgram(args)), provider);
}

interface Timing {
  readonly intervalSeconds: number;
  readonly failureThreshold: number;
  readonly ttlSeconds: number;
}

/** Route 53 keeps an alias of a load balancer for 60 s (…/DeveloperGuide resource-record-sets-values-alias-common). */
const ALIAS_TTL_SECONDS = 60;

/** The slowest of what was registered: that is what clients wait for. */
function timingIn(run: EngineRun, provider: Provider): Timing {
  const slowest = (type: string, field: string, otherwise = 0): number =>
    Math.max(...ofType(run, type).map(({ inputs }) => Number(inputs[field] ?? otherwise)));
  return provider === "route53"
    ? {
        intervalSeconds: slowest("aws:route53/healthCheck:HealthCheck", "requestInterval"),
        failureThreshold: slowest("aws:route53/healthCheck:HealthCheck", "failureThreshold"),
        ttlSeconds: slowest("aws:route53/record:Record", "ttl", ALIAS_TTL_SECONDS),
      }
    : {
        intervalSeconds: slowest("gcp:compute/healthCheck:HealthCheck", "checkIntervalSec"),
        failureThreshold: slowest("gcp:compute/healthCheck:HealthCheck", "unhealthyThreshold"),
        ttlSeconds: slowest("gcp:dns/recordSet:RecordSet", "ttl"),
      };
}

/** Every set of sites. */
function subsets(names: readonly SiteName[]): readonly (readonly SiteName[])[] {
  return Array.from({ length: 2 ** names.length }, (_, set) =>
    names.filter((_name, index) => (set >> index) % 2 === 1),
  );
}

const draws = [0, 0.2, 0.4, 0.6, 0.8, 0.999];

describe.each(cases)("on %s, by %s over %d sites", (provider, kind, count) => {
  const names = siteNames.slice(0, count);
  const args = dnsArgs(kind, count, provider);
  let resolver: Resolver;
  let timing: Timing;
  beforeAll(async () => {
    const run = await registered(dnsProgram(args));
    resolver = resolverIn(run, provider);
    timing = timingIn(run, provider);
  });

  it("for all combinations of health and all clients, gives one site's answer, and a healthy one's while there is one", () => {
    let answers = 0;
    for (const healthy of subsets(names)) {
      for (const continent of clientContinents) {
        for (const draw of draws) {
          const site = siteOf(resolver.answer(HOST, worldOf(continent, healthy, draw)));
          expect(names).toContain(site);
          if (healthy.length > 0) expect(healthy).toContain(site);
          answers++;
        }
      }
    }
    expect(answers).toBe(2 ** count * clientContinents.length * draws.length);
  });

  it("for all single losses, moves traffic within interval × threshold + TTL", () => {
    const { intervalSeconds, failureThreshold, ttlSeconds } = timing;
    // 30 s × 3 + 60 s, as the arguments say.
    const boundSeconds = 150;
    const quorum = provider === "route53" ? 1 : 2;
    let lostAnswers = 0;
    let latestSeconds = 0;
    // Even over their ranges, as fc.double is not.
    const share = fc.integer({ min: 0, max: 999 }).map((part) => part / 1000);
    const phase = share.map((part) => part * intervalSeconds);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.constantFrom(...clientContinents),
        fc.constantFrom(...draws),
        fc.array(phase, { minLength: 3, maxLength: 3 }),
        share.map((part) => -part * ttlSeconds),
        (lost, continent, draw, phases, firstAtSeconds) => {
          const checkers = phases.map((phaseSeconds) => ({ phaseSeconds }));
          const noticed = noticedAtSeconds(checkers, { intervalSeconds, failureThreshold, quorum });
          const others = names.filter((name) => name !== lost);
          const answerAt = (seconds: number) =>
            resolver.answer(HOST, worldOf(continent, seconds < noticed ? names : others, draw));
          const over = answersOver(answerAt, {
            firstAtSeconds,
            ttlSeconds,
            untilSeconds: boundSeconds + 120,
          });
          for (const { fromSeconds, answer } of over) {
            if (siteOf(answer) !== lost) continue;
            lostAnswers++;
            latestSeconds = Math.max(latestSeconds, fromSeconds + ttlSeconds);
          }
          expect(latestSeconds).toBeLessThanOrEqual(boundSeconds);
        },
      ),
      { seed: 1, numRuns: 500 },
    );
    // Traffic was there, and stayed for nearly as long as it may.
    expect(lostAnswers).toBeGreaterThan(50);
    expect(latestSeconds).toBeGreaterThan(boundSeconds - intervalSeconds - ttlSeconds / 4);
  });

  it("gives a drained site to nobody, as if it were unhealthy", async () => {
    for (const drained of names) {
      const sites = { ...args.sites, [drained]: { ...args.sites[drained]!, isDrained: true } };
      const without = await resolverOf(provider, { ...args, sites });
      for (const continent of clientContinents) {
        for (const draw of draws) {
          const site = siteOf(without.answer(HOST, worldOf(continent, names, draw)));
          expect(names).toContain(site);
          expect(site).not.toBe(drained);
        }
      }
    }
  });
});

const answerOf = async (provider: Provider, args: FailoverDnsArgs) => {
  const resolver = await resolverOf(provider, args);
  return (continent: string, healthy: readonly SiteName[], draw?: number) =>
    siteOf(resolver.answer(HOST, worldOf(continent, healthy, draw)));
};

describe.each(["route53", "cloud-dns"] as const)("the policies on %s", (provider) => {
  it("latency is the nearest site", async () => {
    const answer = await answerOf(provider, dnsArgs("latency", 3, provider));
    expect(["NA", "EU", "AS"].map((continent) => answer(continent, siteNames))).toEqual([
      "ash",
      "birch",
      "cedar",
    ]);
  });

  it("primary-backup is the first, and the second without it", async () => {
    const answer = await answerOf(provider, dnsArgs("primary-backup", 2, provider));
    expect(answer("NA", ["ash", "birch"])).toBe("birch");
    expect(answer("EU", ["ash"])).toBe("ash");
    // With nothing healthy, as if all were.
    expect(answer("EU", [])).toBe("birch");
  });

  it("weighted is in proportion", async () => {
    const answer = await answerOf(provider, dnsArgs("weighted", 3, provider));
    const sites = Array.from({ length: 600 }, (_, index) => answer("NA", siteNames, index / 600));
    const shares = siteNames.map((name) => sites.filter((site) => site === name).length / 100);
    expect(shares).toEqual([1, 2, 3]);
  });

  it("geo is the site of the continent, wherever the nearest is", async () => {
    const args = dnsArgs("geo", 3, provider);
    const policy = {
      kind: "geo",
      areas: { NA: "birch", EU: "cedar", AS: "ash" },
      otherwise: "birch",
    } as const;
    const answer = await answerOf(provider, { ...args, policy });
    expect(["NA", "EU", "AS"].map((continent) => answer(continent, siteNames))).toEqual([
      "birch",
      "cedar",
      "ash",
    ]);
  });
});

describe("on Route 53", () => {
  it("a lost site's clients go to its peer while that is healthy, and to others when it is not", async () => {
    const args = dnsArgs("latency", 3, "route53");
    const sites = { ...args.sites, ash: { ...args.sites["ash"]!, peer: "cedar" } };
    const answer = await answerOf("route53", { ...args, sites });
    // Birch is nearer.
    expect(answer("NA", ["birch", "cedar"])).toBe("cedar");
    expect(answer("NA", ["birch"])).toBe("birch");
  });

  it("an order of three is kept", async () => {
    const answer = await answerOf("route53", dnsArgs("primary-backup", 3, "route53"));
    expect(answer("NA", siteNames)).toBe("cedar");
    expect(answer("NA", ["ash", "birch"])).toBe("birch");
    expect(answer("NA", ["ash"])).toBe("ash");
    expect(answer("NA", [])).toBe("cedar");
  });

  it("a site stays in while one of its addresses answers, and an alarm takes it out", async () => {
    const args = dnsArgs("primary-backup", 2, "route53");
    const alarms = { saturated: { alarmName: "saturated", region: "us-east-1" } };
    const policy = { kind: "primary-backup", order: ["ash", "birch"] } as const;
    const sites = { ...args.sites, ash: { ...args.sites["ash"]!, alarms } };
    const resolver = await resolverOf("route53", { ...args, sites, policy });
    const world = worldOf("NA", ["ash", "birch"]);
    const halfUp = { ...world, isHealthy: (endpoint: string) => endpoint !== "192.0.2.1" };
    expect(siteOf(resolver.answer(HOST, halfUp))).toBe("ash");
    expect(siteOf(resolver.answer(HOST, { ...world, alarms: ["saturated"] }))).toBe("birch");
  });

  it("a site of no weight is used when all others are lost", async () => {
    const args = dnsArgs("weighted", 3, "route53");
    const policy = { kind: "weighted", weights: { ash: 1, birch: 1 } } as const;
    const answer = await answerOf("route53", { ...args, policy });
    for (const draw of draws) expect(answer("AS", siteNames, draw)).not.toBe("cedar");
    expect(answer("AS", ["cedar"])).toBe("cedar");
  });
});

describe("with both providers", () => {
  it("for all combinations of health, an order leads to the same site on both", async () => {
    const run = await registered(dnsProgram(dnsArgs("primary-backup", 2, "both")));
    const both = [new Route53Resolver(run), new CloudDnsResolver(run)];
    for (const healthy of subsets(["ash", "birch"])) {
      for (const continent of clientContinents) {
        const world = worldOf(continent, healthy);
        const [one, other] = both.map((resolver) => siteOf(resolver.answer(HOST, world)));
        expect(other).toBe(one);
      }
    }
  });
});
