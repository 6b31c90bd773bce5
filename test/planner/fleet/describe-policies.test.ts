import { describe, expect, it } from "@jest/globals";
import { describeFleet } from "../../../planner/fleet/describe-fleet";
import { changed, readFleet } from "./small-fleet";

const POOL = "fleet.regions.us-east-1.pools.h100";

function rowsOf(changes: Readonly<Record<string, string>>) {
  const { spec, fleet, problems } = readFleet(changed(changes));
  expect(problems).toEqual([]);
  return describeFleet(spec!, fleet!);
}

/** `value | origin: note` of the row at a path. */
function rowAt(changes: Readonly<Record<string, string>>, path: string): string | undefined {
  const row = rowsOf(changes).find((candidate) => candidate.path === path);
  if (row === undefined) return undefined;
  return `${row.value} | ${row.origin}${row.note === "" ? "" : `: ${row.note}`}`;
}

describe("describeFleet of policies", () => {
  it("shows one row for each policy that is off", () => {
    for (const path of [
      "fleet.retry",
      "fleet.admission",
      "fleet.hedging",
      "fleet.failover",
      `${POOL}.autoscaling`,
      `${POOL}.circuitBreaker`,
      `${POOL}.healthCheck`,
    ])
      expect(rowAt({}, path)).toMatch(/^none \| default: .+/);
  });

  it("tells what is given from what is a default, with the reason", () => {
    const changes = { retry: "{ numRetries: 3 }" };
    expect(rowAt(changes, "fleet.retry.numRetries")).toBe("3 | given");
    expect(rowAt(changes, "fleet.retry.perRetry.backOff.maxInterval")).toBe(
      "250 ms | default: Envoy: 10 × baseInterval",
    );
    expect(rowAt({}, "fleet.regions.us-east-1.zones")).toBe(
      "3 | default: as most regions have at least",
    );
  });

  it("says where a pool's policy stands when it is the fleet's", () => {
    const changes = {
      circuitBreaker: "{ maxPendingRequests: 64, maxParallelRequests: auto }",
      [`regions.eu-west-1.pools.h100.circuitBreaker`]: "{ maxPendingRequests: 5 }",
    };
    expect(rowAt(changes, `${POOL}.circuitBreaker.maxPendingRequests`)).toBe(
      "64 | given: in fleet.circuitBreaker",
    );
    expect(rowAt(changes, `${POOL}.circuitBreaker.maxParallelRequests`)).toBe(
      "400 | derived: auto: what the engines of all replicas run at once (maxSequences × dataParallel)",
    );
    expect(rowAt(changes, `${POOL}.circuitBreaker.maxConnections`)).toBe(
      "1024 | default: Envoy Gateway",
    );
    expect(
      rowAt(changes, "fleet.regions.eu-west-1.pools.h100.circuitBreaker.maxPendingRequests"),
    ).toBe("5 | given");
  });

  it("shows autoscaling in the units of its metric", () => {
    const changes = {
      "h100.replicas": "{ min: 2, max: 12 }",
      autoscaling: `{ metric: kv-utilization, target: 70%, scaleDown: { pods: 1 }, schedule: [{ start: "mon 08:00", end: "fri 20:00", replicas: 6 }, { start: "22:00", end: "23:00", replicas: 3 }], predictive: {} }`,
      coldStart: "{ node: 4 min, imagePull: 1 min, weights: 3 min }",
    };
    expect(rowAt(changes, `${POOL}.replicas.initial`)).toBe("2 | default: min");
    expect(rowAt(changes, `${POOL}.autoscaling.target`)).toBe("70% | given: in fleet.autoscaling");
    expect(rowAt(changes, `${POOL}.autoscaling.scaleDown.percent`)).toBe(
      "none | default: HPA: the policy that is given stands alone",
    );
    expect(rowAt(changes, `${POOL}.autoscaling.schedule`)).toBe(
      "at least 6 from mon 08:00 to fri 20:00, at least 3 from 22:00 to 23:00 every day | given: in fleet.autoscaling",
    );
    expect(rowAt(changes, `${POOL}.autoscaling.predictive.lookahead`)).toBe(
      "8 min | default: the pool's mean cold start",
    );
    // Only a pool that may go to zero cools down.
    expect(rowAt(changes, `${POOL}.autoscaling.cooldownPeriod`)).toBeUndefined();
  });

  it("shows how a pool is bought and how long it takes to start", () => {
    const changes = {
      "h100.engine": "{ tensorParallel: 8 }",
      "h100.purchase": "{ onDemand: 1, spot: rest }",
      spot: "{ notice: 1 min }",
      "h100.coldStart": "{ node: { gamma: { mean: 4 min, cv: 0.3 } } }",
    };
    expect(rowAt(changes, `${POOL}.replicasPerNode`)).toBe(
      "1 | derived: 8 accelerators in p5.48xlarge, 8 in a replica",
    );
    expect(rowAt(changes, `${POOL}.purchase.onDemand`)).toBe("1 | given");
    expect(rowAt(changes, `${POOL}.purchase.spot`)).toBe("3 | derived: the rest of 4");
    expect(rowAt(changes, `${POOL}.spot.notice`)).toBe("60 s | given: in fleet.spot");
    expect(rowAt(changes, `${POOL}.spot.interruptionsPerHour`)).toBe(
      "0.000107 | default: 5-10% of p5 a month (AWS Spot Instance Advisor, June 2025)",
    );
    expect(rowAt(changes, `${POOL}.coldStart.node`)).toBe("gamma, mean 4 min, cv 0.3 | given");
    expect(rowAt(changes, `${POOL}.coldStart.weights`)).toMatch(
      /^76\.\d+ s \| default: 16\.1 GB of weights at 1 GB\/s .*assumed\)$/,
    );
  });

  it("shows failover by name, and how soon a loss is seen", () => {
    const changes = {
      failover:
        "{ policy: { weighted: { us-east-1: 70, eu-west-1: 30 } }, healthCheck: { interval: 10 s } }",
    };
    expect(rowAt(changes, "fleet.failover.policy")).toBe(
      "weighted: eu-west-1 30, us-east-1 70 | given",
    );
    expect(rowAt(changes, "fleet.failover.detection")).toBe(
      "30 s | derived: at most: interval × failureThreshold",
    );
  });

  it("has each path once and no empty reason for a default, whatever is on", () => {
    const rows = rowsOf({
      gateway: "{ replicas: 2 }",
      circuitBreaker: "{ retryBudget: {} }",
      healthCheck: "{ passive: { alwaysEjectOneEndpoint: true }, active: {} }",
      retry: "{}",
      timeout: "{}",
      hedging: "{ after: 1 s }",
      admission: "{ concurrency: 9, queue: { limit: 4, timeout: 1 s }, admissionControl: {} }",
      queue: "{ visibilityTimeout: auto }",
      "h100.replicas": "{ min: 0, max: 12 }",
      autoscaling: "{ metric: queue-depth, target: 2, predictive: { method: profile } }",
      failover: "{ policy: { geo: { default: us-east-1 } } }",
      draining: "{}",
    });
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
    for (const row of rows) {
      expect(row.value).not.toMatch(/undefined|NaN|Infinity|^$/);
      if (row.origin === "default")
        expect({ ...row, has: row.note !== "" }).toMatchObject({ has: true });
    }
  });
});
