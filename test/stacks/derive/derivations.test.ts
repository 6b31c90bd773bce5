/** Laws of the derivations, over plans of random fleets. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { limitOfPlan } from "../../../planner/plan/fleet-of-plan";
import { ENVOY_UNLIMITED } from "../../../planner/plan/pool-limits";
import { deriveBudgets } from "../../../stacks/derive/budgets";
import { undeployable } from "../../../stacks/derive/deployable";
import { deriveDns } from "../../../stacks/derive/dns";
import { derivePools } from "../../../stacks/derive/gpu-pools";
import { clusterPoolName } from "../../../stacks/derive/names";
import { deriveAwsNetwork, deriveGcpNetwork } from "../../../stacks/derive/network";
import { deriveQueue } from "../../../stacks/derive/queue";
import { deriveServingLayer } from "../../../stacks/derive/serving-layer";
import { type PlannedCase, plannedCase } from "../../support/small-plan";
import { always, leavesOf, placesOf, SERVING_SETTINGS } from "./random-plan";

const DNS = {
  domain: "example.com",
  route53ZoneId: "Z1",
  managedZone: "zone",
  sourceRegions: ["us-east4", "europe-west4", "asia-southeast1"],
};

let base: PlannedCase;
beforeAll(async () => {
  base = await plannedCase();
});

describe("for all plans, the derivations", () => {
  it("end, and say of every problem where it is in the plan or the configuration", () => {
    let problems = 0;
    always(base, (context) => {
      const found = [
        ...undeployable(context),
        ...deriveDns(context, DNS).problems,
        ...deriveBudgets(context).problems,
        ...placesOf(context).flatMap((place) => [
          ...derivePools(place, {}).problems,
          ...deriveQueue(place).problems,
          ...deriveServingLayer(place, SERVING_SETTINGS).problems,
        ]),
      ];
      problems += found.length;
      for (const { path, message } of found) {
        expect(path).toMatch(/^(fleet|limits|workloads|capplan:\w+)(\.|\[|$)/);
        expect(message).toMatch(/^\S.*[^.]$/);
      }
    });
    // Random policies are full of what cannot be deployed.
    expect(problems).toBeGreaterThan(100);
  });

  it("give a pool the nodes of its limits, and accelerators up to the most of the plan", () => {
    let compared = 0;
    always(base, (context) => {
      for (const place of placesOf(context)) {
        const { args } = derivePools(place, {});
        for (const pool of place.pools) {
          const derived = args[clusterPoolName(pool.name)];
          if (derived === undefined) continue;
          const nodes = derived.capacity.reduce((sum, { nodesMax }) => sum + nodesMax, 0);
          const most = limitOfPlan(context.plan, pool.name, "acceleratorsMax")!.value;
          expect(nodes * derived.accelerators.count).toBe(most);
          const kinds = derived.capacity.map(({ kind }) => kind);
          expect(new Set(kinds).size).toBe(kinds.length);
          compared += 1;
        }
      }
    });
    expect(compared).toBeGreaterThan(50);
  });

  it("give each process its share of every breaker, and no more in all than rounding adds", () => {
    let compared = 0;
    always(base, (context) => {
      const { replicas: processes } = context.fleet.policies.gateway;
      for (const place of placesOf(context)) {
        const { models, gateway } = deriveServingLayer(place, SERVING_SETTINGS).args;
        for (const { name, services } of models) {
          const backend = gateway!.backends[name]!;
          if (backend.routing !== "breaker") continue;
          const breaker = backend.circuitBreaker!;
          expect("retryBudget" in breaker).toBe(!("maxParallelRetries" in breaker));
          const keys = ["maxConnections", "maxPendingRequests", "maxParallelRequests"] as const;
          for (const key of keys) {
            const whole = services.reduce(
              (sum, { pool }) => sum + (pool.circuitBreaker?.[key] ?? Infinity),
              0,
            );
            if (whole === Infinity) expect(breaker[key]).toBe(ENVOY_UNLIMITED);
            else {
              expect(breaker[key] * processes).toBeGreaterThanOrEqual(whole);
              expect(breaker[key] * processes).toBeLessThan(whole + services.length * processes);
            }
            compared += 1;
          }
        }
      }
    });
    expect(compared).toBeGreaterThan(50);
  });

  it("deploy every limit on rates, or refuse it", () => {
    let limits = 0;
    always(base, (context) => {
      const { rateLimit = [] } = context.fleet.policies.admission ?? {};
      const isOfLimits = ({ path }: { readonly path: string }) => /admission\.rateLimit/.test(path);
      for (const place of placesOf(context)) {
        const layer = deriveServingLayer(place, SERVING_SETTINGS);
        const refused = [...undeployable(context), ...layer.problems]
          .filter(isOfLimits)
          .map(({ path }) => path.match(/rateLimit\[\d+\]/)![0]);
        for (const { rateLimits = [] } of Object.values(layer.args.gateway?.backends ?? {})) {
          expect(rateLimits.length + new Set(refused).size).toBe(rateLimit.length);
          limits += rateLimit.length;
        }
      }
    });
    expect(limits).toBeGreaterThan(20);
  });

  it("say of every number of a backend, a service, a pool and a network where it comes from", () => {
    let explained = 0;
    always(base, (context) => {
      for (const place of placesOf(context)) {
        const layer = deriveServingLayer(place, SERVING_SETTINGS);
        const pools = derivePools(place, {});
        const network =
          place.cloud === "aws"
            ? deriveAwsNetwork(place, { isProtected: true })
            : deriveGcpNetwork(place, { isProtected: true });
        const whats = [...layer.derivations, ...pools.derivations, ...network.derivations].map(
          ({ what }) => what,
        );
        const isExplained = (path: string) =>
          whats.some(
            (what) => path === what || path.startsWith(`${what}.`) || path.startsWith(`${what}[`),
          );
        const trees = {
          gateway: { backends: layer.args.gateway?.backends ?? {} },
          pools: pools.args,
          network: network.args,
        };
        const numbers = leavesOf(trees).filter(([, value]) => typeof value === "number");
        const silent = numbers
          .map(([path]) => path)
          // Where replicas listen is the component's, not the plan's.
          .filter((path) => !/service\.port$|targetPort$/.test(path))
          .filter((path) => !isExplained(path));
        expect(silent).toEqual([]);
        explained += numbers.length;
      }
    });
    expect(explained).toBeGreaterThan(500);
  });
});
