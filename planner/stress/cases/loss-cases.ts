/** Cases in which a part of the fleet is gone for a while: each region, each pool, a process of a gateway. */

import type { ResolvedScenario } from "../../scenario/resolved-scenario";
import { inapplicable, type StressCase } from "../stress-case";
import { type StressTimes, strikeAt } from "../stress-times";
import { faultCase, largestRegion, replicasIn } from "./fault-case";

/** A process that is started again by its supervisor. */
const GATEWAY_SECONDS = 120;

/** One case per region that has replicas; one case that does not apply where there is only one. */
export function regionLossCases(scenario: ResolvedScenario, times: StressTimes): StressCase[] {
  const { fleet } = scenario;
  const regions = fleet.regions.flatMap((_, region) =>
    replicasIn(fleet, region) > 0 ? [region] : [],
  );
  const tests = "Does the rest of the fleet carry the load when a region is gone at the peak?";
  if (regions.length < 2) {
    const text = { name: "region-loss", title: "A region lost", tests };
    return [
      inapplicable(text, "the fleet is in one region; without it nothing is left to carry on"),
    ];
  }
  return regions.map((region) =>
    faultCase(scenario, strikeAt(times, times.lossSeconds), {
      text: {
        name: `region-loss:${fleet.regions[region]!.name}`,
        title: `Region ${fleet.regions[region]!.name} lost`,
        tests,
      },
      targets: [{ kind: "region", region }],
      after: [
        "Work in flight is lost; its replicas start cold when it is back.",
        ...(fleet.policies.failover === undefined && fleet.routing.regions === "nearest"
          ? ["The fleet has no failover: clients of this region have nowhere else to go."]
          : []),
      ],
    }),
  );
}

/** One case per pool with replicas; one case that does not apply where there is only one. */
export function poolLossCases(scenario: ResolvedScenario, times: StressTimes): StressCase[] {
  const { pools } = scenario.fleet;
  const staffed = pools.flatMap((pool, index) => (pool.replicas > 0 ? [index] : []));
  const tests = "Does the rest of the fleet carry the load when a pool is gone at the peak?";
  if (staffed.length < 2) {
    const text = { name: "pool-loss", title: "A pool lost", tests };
    return [inapplicable(text, "the fleet is one pool; without it nothing is left to carry on")];
  }
  return staffed.map((pool) =>
    faultCase(scenario, strikeAt(times, times.lossSeconds), {
      text: {
        name: `pool-loss:${pools[pool]!.name}`,
        title: `Pool ${pools[pool]!.name} lost`,
        tests,
      },
      targets: [{ kind: "pool", pool }],
      after: ["Work in flight is lost; its replicas start cold when it is back."],
    }),
  );
}

/** A process of the gateway of the region with the most replicas: connections through it break. */
export function gatewayLossCase(scenario: ResolvedScenario, times: StressTimes): StressCase {
  const { fleet } = scenario;
  const region = largestRegion(fleet);
  const { replicas } = fleet.policies.gateway;
  const name = fleet.regions[region]!.name;
  const left =
    replicas === 1
      ? "It is the only one: until it is back, nothing gets into the region."
      : `${replicas - 1} of ${replicas} processes are left, each with the limits that were planned for its share.`;
  return faultCase(scenario, strikeAt(times, GATEWAY_SECONDS), {
    text: {
      name: "gateway-replica-loss",
      title: "A gateway process lost",
      tests: "Do the other gateway processes carry the load within their limits?",
    },
    targets: [{ kind: "gateway", region, process: 0 }],
    after: [`It is a process of ${name}, the region with the most replicas. ${left}`],
  });
}
