/**
 * Limits hold whatever breaks: of circuit breakers, admission, retry budgets, hedges and ejections. They are watched
 * where they are kept, at each change, over the random fleets of test/support/random-resilience.ts.
 */
import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import type { ResolvedCircuitBreaker } from "../../planner/fleet/resolved-policies";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { Admission } from "../../planner/simulation/gateway/admission";
import {
  CircuitBreaker,
  OVERFLOW,
  shareOfProcess,
} from "../../planner/simulation/gateway/circuit-breaker";
import { GatewayProcess } from "../../planner/simulation/gateway/gateway-process";
import { OutlierDetector } from "../../planner/simulation/gateway/outlier-detector";
import { Gateways } from "../../planner/simulation/gateways";
import { simulate } from "../../planner/simulation/simulate";
import { around } from "../support/around";
import { CAMPAIGN, sum } from "../support/law-tools";
import { lawSettings } from "../support/random-fleet";
import { BOUNDLESS_POOL_POLICIES } from "../support/random-policies";
import { resilienceCase } from "../support/random-resilience";
import { runCase } from "../support/resilience-run";

const ROUNDING = 1e-9;

/** A limit that does not hold stops the run where it is broken. */
function must(holds: boolean, law: string): void {
  if (!holds) throw new Error(law);
}

describe("limits", () => {
  it("for all breakers, active, pending and retried requests stay within the process's share", () => {
    let refused = 0;
    let pending = 0;
    let retried = 0;
    let limits: ResolvedCircuitBreaker;
    const check = (breaker: CircuitBreaker): void => {
      must(breaker.active <= limits.maxConnections, "no more active than connections");
      must(breaker.active <= limits.maxParallelRequests, "no more active than parallel ones");
      must(breaker.pending <= limits.maxPendingRequests, "no more pending than may be");
      const all = breaker.active + breaker.pending;
      must(breaker.activeRetries >= 0 && breaker.activeRetries <= all, "retries are among them");
      pending = Math.max(pending, breaker.pending);
    };
    around(CircuitBreaker.prototype, "enter", (enter) => {
      return function (this: CircuitBreaker, isRetry) {
        const under = this.active + this.pending;
        const retries = this.activeRetries;
        const place = enter.call(this, isRetry);
        check(this);
        if (place === OVERFLOW) refused++;
        else if (isRetry) {
          retried++;
          // Envoy: retries under way < max(min, ⌊share × (active + pending)⌋), counted without the new one.
          must(retries < retriesAllowed(limits, under), "no more retries than the budget allows");
        }
        return place;
      };
    });
    around(CircuitBreaker.prototype, "promote", (promote) => {
      return function (this: CircuitBreaker) {
        promote.call(this);
        check(this);
      };
    });
    const law = fc.property(resilienceCase(), (one) => {
      const scenario = withOneBreaker(one.scenario);
      const { policies, pools } = scenario.fleet;
      limits = shareOfProcess(pools[0]!.circuitBreaker!, policies.gateway.replicas);
      simulate(scenario, one.seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(Math.min(refused, pending, retried)).toBeGreaterThan(3);
  });

  it("for all admissions, those inside and those that wait stay within the process's share", () => {
    let waits = 0;
    let limits = { inside: 0, queued: 0 };
    const check = (admission: Admission): void => {
      must(admission.inside <= limits.inside, "no more inside than maxConcurrency");
      must(admission.queued <= limits.queued, "no more waiting than queueLimit");
      waits = Math.max(waits, admission.queued);
    };
    around(Admission.prototype, "admit", (admit) => {
      return function (this: Admission, ...given) {
        const answer = admit.apply(this, given);
        check(this);
        return answer;
      };
    });
    around(Admission.prototype, "enterFromQueue", (enterFromQueue) => {
      return function (this: Admission) {
        enterFromQueue.call(this);
        check(this);
      };
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      const { admission, gateway } = scenario.fleet.policies;
      if (admission === undefined) return;
      limits = {
        inside: Math.ceil(admission.maxConcurrency / gateway.replicas),
        queued: Math.ceil(admission.queueLimit / gateway.replicas),
      };
      simulate(scenario, seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(waits).toBeGreaterThan(3);
  });

  it("for all clients, retries stay within their number and within their budget", () => {
    let budgeted = 0;
    const law = fc.property(resilienceCase({ warmUpSeconds: 0 }), (one) => {
      const { record, rows } = runCase(one);
      for (const [workload, { client, chain, fallback }] of one.scenario.workloads.entries()) {
        const { retries } = client;
        const own = rows.filter((row) => row.workloadIndex === workload);
        const attempts = sum(own, (row) => row.attempts);
        const retried = sum(
          record.cells.filter((cell) => cell.workload === workload),
          (cell) => cell.clientRetries,
        );
        if (retries === undefined) {
          expect(retried).toBe(0);
          continue;
        }
        const calls = (chain?.filter(({ kind }) => kind === "model").length ?? 1) * 2;
        const callsMax = fallback === undefined && chain === undefined ? 1 : calls;
        const most = Math.max(0, ...own.map((row) => row.attempts));
        expect(most).toBeLessThanOrEqual(callsMax * (1 + retries.max));
        if (retries.budget === undefined) continue;
        const { share, minPerSecond } = retries.budget;
        const allowed = share * (attempts - retried) + minPerSecond * (record.endSeconds + 10);
        expect(retried).toBeLessThanOrEqual(allowed + ROUNDING);
        budgeted += retried;
      }
    });
    fc.assert(law, CAMPAIGN);
    expect(budgeted).toBeGreaterThan(3);
  });

  it("for all hedges, they are within their share of what is under way, and never on the replica of the first", () => {
    let hedges = 0;
    let share = 0;
    around(Gateways.prototype, "hedge", (hedge) => {
      return function (this: Gateways, request, seconds) {
        const before = this.processes.map((process) => [process.hedges, process.active] as const);
        const isSent = hedge.call(this, request, seconds);
        for (const [index, process] of this.processes.entries()) {
          const [had, active] = before[index]!;
          if (process.hedges <= had) continue;
          must(process.hedges <= share * active, "no more hedges than their share");
          hedges++;
        }
        return isSent;
      };
    });
    around(GatewayProcess.prototype, "chooseIn", (chooseIn) => {
      return function (this: GatewayProcess, pool, other) {
        const replica = chooseIn.call(this, pool, other);
        must(replica < 0 || replica !== other, "a hedge is on another replica");
        return replica;
      };
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      const { hedging } = scenario.fleet.policies;
      if (hedging === undefined) return;
      share = hedging.maxShare;
      simulate(scenario, seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(hedges).toBeGreaterThan(3);
  });
});

describe("counters", () => {
  it("for all drained runs in which everybody is served or gives up, are back at zero in the end", () => {
    let checked = 0;
    const processes = new Set<GatewayProcess>();
    around(GatewayProcess.prototype, "choose", (choose) => {
      return function (this: GatewayProcess, model, request) {
        processes.add(this);
        return choose.call(this, model, request);
      };
    });
    const law = fc.property(resilienceCase({ drain: true }), ({ scenario, seed }) => {
      processes.clear();
      const record = simulate(scenario, seed, { engineSettingsFor: lawSettings });
      if (record.inFlightAtEnd > 0) return;
      for (const { active, hedges, admission, breakers, pending } of processes) {
        const held = breakers.map((one) => [one?.active, one?.pending, one?.activeRetries]);
        const queued = [
          admission?.inside,
          admission?.queued,
          ...pending.map((line) => line.length),
        ];
        const counts = [active, hedges, ...queued, ...held.flat()];
        expect(counts.filter((count) => count !== undefined && count !== 0)).toEqual([]);
        checked++;
      }
    });
    fc.assert(law, CAMPAIGN);
    expect(checked).toBeGreaterThan(CAMPAIGN.numRuns);
  });
});

describe("ejections", () => {
  it("for all of them, the process that ejected a replica sends it nothing until it returns", () => {
    const counts = { ejected: 0, sent: 0, probes: 0 };
    const out = new WeakMap<GatewayProcess, Set<number>>();
    const outOf = (process: GatewayProcess): Set<number> => {
      const known = out.get(process) ?? new Set();
      out.set(process, known);
      return known;
    };
    const { prototype } = GatewayProcess;
    around(prototype, "judge", (judge) => {
      return function (this: GatewayProcess, replica, isError, seconds) {
        const isEjected = judge.call(this, replica, isError, seconds);
        if (isEjected) outOf(this).add(replica);
        counts.ejected += Number(isEjected);
        return isEjected;
      };
    });
    around(prototype, "probed", (probed) => {
      return function (this: GatewayProcess, replica, hasPassed, seconds) {
        const hasChanged = probed.call(this, replica, hasPassed, seconds);
        counts.probes++;
        if (hasChanged && hasPassed) outOf(this).delete(replica);
        if (hasChanged && !hasPassed) outOf(this).add(replica);
        return hasChanged;
      };
    });
    around(prototype, "sweep", (sweep) => {
      return function (this: GatewayProcess, pool, seconds) {
        const returned = sweep.call(this, pool, seconds);
        for (const replica of returned) outOf(this).delete(replica);
        return returned;
      };
    });
    around(prototype, "setReady", (setReady) => {
      return function (this: GatewayProcess, replica, isReady) {
        setReady.call(this, replica, isReady);
        // A new replica has no past.
        if (isReady) outOf(this).delete(replica);
      };
    });
    around(prototype, "sent", (sent) => {
      return function (this: GatewayProcess, replica) {
        counts.sent++;
        must(!outOf(this).has(replica), "nothing is sent to a replica that is ejected");
        sent.call(this, replica);
      };
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      simulate(withoutPanic(scenario), seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(counts.ejected).toBeGreaterThan(CAMPAIGN.numRuns / 2);
    expect(counts.probes).toBeGreaterThan(CAMPAIGN.numRuns);
    expect(counts.sent).toBeGreaterThan(50 * CAMPAIGN.numRuns);
  });

  it("for all replicas that return half-open, no more requests are under way there than it may have", () => {
    let halfOpen = 0;
    let refused = 0;
    around(OutlierDetector.prototype, "onSent", (onSent) => {
      return function (this: OutlierDetector, place) {
        must(this.admits(place), "a replica gets only what its detector admits");
        onSent.call(this, place);
        if (this.halfOpen > 0) halfOpen++;
        if (!this.admits(place)) refused++;
      };
    });
    const law = fc.property(resilienceCase(), ({ scenario, seed }) => {
      simulate(withoutPanic(scenario), seed, { engineSettingsFor: lawSettings });
    });
    fc.assert(law, CAMPAIGN);
    expect(Math.min(halfOpen, refused)).toBeGreaterThan(3);
  });
});

/** Most retries that may be under way when so many requests are. */
function retriesAllowed(limits: ResolvedCircuitBreaker, underWay: number): number {
  const { retryBudget, maxParallelRetries } = limits;
  if (retryBudget === undefined) return maxParallelRetries;
  const { share, minRetryConcurrency } = retryBudget;
  return Math.max(minRetryConcurrency, Math.floor(share * underWay));
}

/** The breaker of the first pool that has one, on all pools: so that one limit holds for all. */
function withOneBreaker(scenario: ResolvedScenario): ResolvedScenario {
  const { fleet } = scenario;
  const known = fleet.pools.find((pool) => pool.circuitBreaker !== undefined)?.circuitBreaker;
  const circuitBreaker = known ?? BOUNDLESS_POOL_POLICIES.circuitBreaker;
  return {
    ...scenario,
    fleet: { ...fleet, pools: fleet.pools.map((pool) => ({ ...pool, circuitBreaker })) },
  };
}

function withoutPanic(scenario: ResolvedScenario): ResolvedScenario {
  const { fleet } = scenario;
  const pools = fleet.pools.map((pool) => ({
    ...pool,
    healthCheck: { ...pool.healthCheck, panicThreshold: 0 },
  }));
  return { ...scenario, fleet: { ...fleet, pools } };
}
