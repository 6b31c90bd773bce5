/** The gateway processes of a fleet: for each site as many as the scenario says, each with its share of the limits. */
import type { ResolvedFleet } from "../../fleet/resolved-fleet";
import { RandomStream } from "../../foundation/random";
import type { ResolvedScenario } from "../../scenario/resolved-scenario";
import { Admission } from "./admission";
import { GatewayProcess, type KnownReplicas } from "./gateway-process";
import type { SitePools } from "./site-pools";

/** Number of the first tenant of each workload, among the tenants of all. */
export function tenantBases({ workloads }: ResolvedScenario): number[] {
  let tenants = 0;
  return workloads.map((workload) => {
    tenants += workload.tenants.length;
    return tenants - workload.tenants.length;
  });
}

/** Site by site. */
export function gatewayProcesses(
  scenario: ResolvedScenario,
  seed: number,
  sites: readonly SitePools[],
  replicas: KnownReplicas,
): GatewayProcess[] {
  const { fleet, workloads } = scenario;
  const tenants = workloads.reduce((sum, workload) => sum + workload.tenants.length, 0);
  return sites.flatMap((pools, site) =>
    Array.from({ length: fleet.policies.gateway.replicas }, (_, number) => {
      // The first process draws from the stream that a router without a gateway has.
      const name = number === 0 ? "router" : `router/${number}`;
      const random = new RandomStream(seed, sites.length === 1 ? name : `${name}/${site}`);
      const admission = admissionOf(fleet, tenants, seed, `admission/${site}/${number}`);
      return new GatewayProcess(fleet, pools, { site, number }, replicas, admission, random);
    }),
  );
}

function admissionOf(
  { policies }: ResolvedFleet,
  tenants: number,
  seed: number,
  name: string,
): Admission | undefined {
  const { admission, gateway } = policies;
  if (admission === undefined) return undefined;
  return new Admission(admission, gateway.replicas, tenants, new RandomStream(seed, name));
}
