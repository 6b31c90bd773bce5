/**
 * Answers a name from registered records and health checks as Route 53 would, by the rules of
 * docs.aws.amazon.com/Route53/latest/DeveloperGuide dns-failover-complex-configs and
 * dns-failover-determining-health-of-endpoints, 2026-11-30. It reads resources and knows nothing of what made them.
 */
import { type EngineRun, ofType } from "../mini-engine/engine-run";
import { type DnsWorld, drawnOf, nearestOf } from "./dns-world";

interface AliasTarget {
  readonly name: string;
  readonly zoneId: string;
  readonly evaluateTargetHealth: boolean;
}

/** The inputs of a record that are read. */
interface ZoneRecord {
  readonly name: string;
  readonly records?: readonly string[];
  readonly aliases?: readonly AliasTarget[];
  readonly healthCheckId?: string;
  readonly latencyRoutingPolicies?: readonly { readonly region: string }[];
  readonly weightedRoutingPolicies?: readonly { readonly weight: number }[];
  readonly failoverRoutingPolicies?: readonly { readonly type: string }[];
  readonly geolocationRoutingPolicies?: readonly {
    readonly continent?: string;
    readonly country?: string;
  }[];
}

interface Check {
  readonly type: string;
  readonly ipAddress?: string;
  readonly fqdn?: string;
  readonly childHealthchecks?: readonly string[];
  readonly childHealthThreshold?: number;
  readonly cloudwatchAlarmName?: string;
}

/** A zone of Route 53. */
export class Route53Resolver {
  private readonly records: ReadonlyMap<string, readonly ZoneRecord[]>;
  private readonly checks: ReadonlyMap<string, Check>;

  constructor(run: EngineRun) {
    const records = ofType(run, "aws:route53/record:Record").map(
      ({ inputs }) => inputs as unknown as ZoneRecord,
    );
    this.records = new Map(
      records.map(({ name }) => [name, records.filter((other) => other.name === name)]),
    );
    this.checks = new Map(
      ofType(run, "aws:route53/healthCheck:HealthCheck").map(({ name, inputs }) => [
        `${name}-id`,
        inputs as unknown as Check,
      ]),
    );
  }

  /**
   * Addresses, or the name of a load balancer.
   * @throws when a name leads to itself, or to nothing.
   */
  answer(name: string, world: DnsWorld, above: readonly string[] = []): readonly string[] {
    if (above.includes(name)) throw new Error(`a loop: ${[...above, name].join(" → ")}`);
    const group = this.records.get(name);
    if (group === undefined) throw new Error(`no record of ${name}`);
    const healthy = group.filter((record) => this.isHealthy(record, world));
    // When all are unhealthy, all count as healthy.
    const chosen = choose(healthy.length > 0 ? healthy : group, world);
    const [alias] = chosen.aliases ?? [];
    if (alias === undefined) return chosen.records ?? [];
    return this.records.has(alias.name)
      ? this.answer(alias.name, world, [...above, name])
      : [alias.name];
  }

  private isHealthy(
    { healthCheckId, aliases = [] }: ZoneRecord,
    world: DnsWorld,
    above: readonly string[] = [],
  ): boolean {
    if (healthCheckId !== undefined && !this.passes(healthCheckId, world)) return false;
    return aliases
      .filter(({ evaluateTargetHealth }) => evaluateTargetHealth)
      .every(({ name }) => {
        if (above.includes(name)) throw new Error(`a loop: ${[...above, name].join(" → ")}`);
        const group = this.records.get(name);
        if (group === undefined) return world.isHealthy(name);
        return group.some((record) => this.isHealthy(record, world, [...above, name]));
      });
  }

  private passes(id: string, world: DnsWorld): boolean {
    const check = this.checks.get(id);
    if (check === undefined) throw new Error(`no health check ${id}`);
    switch (check.type) {
      case "CALCULATED": {
        const passing = (check.childHealthchecks ?? []).filter((one) => this.passes(one, world));
        return passing.length >= (check.childHealthThreshold ?? 0);
      }
      case "CLOUDWATCH_METRIC":
        return !(world.alarms ?? []).includes(check.cloudwatchAlarmName ?? "");
      default:
        return world.isHealthy(check.ipAddress ?? check.fqdn ?? "");
    }
  }
}

function choose(group: readonly ZoneRecord[], world: DnsWorld): ZoneRecord {
  const [first] = group;
  if (first!.latencyRoutingPolicies !== undefined) {
    return nearestOf(group, (one) => world.distanceMs(one.latencyRoutingPolicies![0]!.region));
  }
  if (first!.weightedRoutingPolicies !== undefined) {
    const weightOf = (one: ZoneRecord): number => one.weightedRoutingPolicies![0]!.weight;
    // Records without weight count only when there are no others.
    return group.some((one) => weightOf(one) > 0)
      ? drawnOf(group, weightOf, world.draw)
      : drawnOf(group, () => 1, world.draw);
  }
  if (first!.failoverRoutingPolicies !== undefined) {
    return group.find((one) => one.failoverRoutingPolicies![0]!.type === "PRIMARY") ?? first!;
  }
  if (first!.geolocationRoutingPolicies !== undefined) {
    const placeOf = (one: ZoneRecord) => one.geolocationRoutingPolicies![0]!;
    const own = group.find((one) => placeOf(one).continent === world.continent);
    const everywhere = group.find((one) => placeOf(one).country === "*");
    const found = own ?? everywhere;
    if (found === undefined) throw new Error(`no answer for ${world.continent}`);
    return found;
  }
  return first!;
}
