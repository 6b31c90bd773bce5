/**
 * Answers a name from a registered record set as Cloud DNS would, by the rules of
 * cloud.google.com/dns/docs/routing-policies-overview, 2026-11-30. It reads resources and knows nothing of what made them.
 */
import { type EngineRun, ofType } from "../mini-engine/engine-run";
import { type DnsWorld, drawnOf, nearestOf } from "./dns-world";

interface Endpoints {
  readonly externalEndpoints: readonly string[];
}

interface Placed {
  readonly location: string;
  readonly healthCheckedTargets: Endpoints;
}

interface RoutingPolicy {
  readonly geos?: readonly Placed[];
  readonly wrrs?: readonly { readonly weight: number; readonly healthCheckedTargets: Endpoints }[];
  readonly primaryBackup?: { readonly primary: Endpoints; readonly backupGeos: readonly Placed[] };
}

/** A zone of Cloud DNS. */
export class CloudDnsResolver {
  private readonly policies: ReadonlyMap<string, RoutingPolicy>;

  constructor(run: EngineRun) {
    this.policies = new Map(
      ofType(run, "gcp:dns/recordSet:RecordSet").map(({ inputs }) => [
        String(inputs["name"]),
        inputs["routingPolicy"] as RoutingPolicy,
      ]),
    );
  }

  /**
   * Addresses.
   * @throws when there is no such name.
   */
  answer(name: string, world: DnsWorld): readonly string[] {
    const policy = this.policies.get(`${name}.`);
    if (policy === undefined) throw new Error(`no record set of ${name}`);
    const { geos, wrrs, primaryBackup } = policy;
    if (geos !== undefined) return nearestHealthy(geos, world) ?? nearestAny(geos, world);
    if (wrrs !== undefined) {
      const healthy = wrrs.filter((one) => healthyOf(one.healthCheckedTargets, world).length > 0);
      // When all are unhealthy, all count as healthy.
      const drawn = drawnOf(healthy.length > 0 ? healthy : wrrs, (one) => one.weight, world.draw);
      return answerOf(drawn.healthCheckedTargets, world);
    }
    if (primaryBackup === undefined) throw new Error(`no policy of ${name}`);
    const { primary, backupGeos } = primaryBackup;
    if (healthyOf(primary, world).length > 0) return answerOf(primary, world);
    return nearestHealthy(backupGeos, world) ?? answerOf(primary, world);
  }
}

function healthyOf({ externalEndpoints }: Endpoints, world: DnsWorld): readonly string[] {
  return externalEndpoints.filter((one) => world.isHealthy(one));
}

function answerOf(endpoints: Endpoints, world: DnsWorld): readonly string[] {
  const healthy = healthyOf(endpoints, world);
  return healthy.length > 0 ? healthy : endpoints.externalEndpoints;
}

function nearestAny(items: readonly Placed[], world: DnsWorld): readonly string[] {
  const nearest = nearestOf(items, ({ location }) => world.distanceMs(location));
  return answerOf(nearest.healthCheckedTargets, world);
}

function nearestHealthy(items: readonly Placed[], world: DnsWorld): readonly string[] | undefined {
  const healthy = items.filter((one) => healthyOf(one.healthCheckedTargets, world).length > 0);
  return healthy.length === 0 ? undefined : nearestAny(healthy, world);
}
