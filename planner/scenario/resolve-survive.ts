/**
 * `survive` of a scenario: names become rules, and losses that no fleet of these regions and policies withstands,
 * however large, are refused.
 */
import { findRegion } from "../catalog";
import { REGION_DEFAULTS } from "../fleet/defaults";
import type { FleetSpec } from "../fleet/fleet-spec";
import { listWords } from "../fleet/schema-kit";
import type { Problem } from "../foundation/errors";
import { placeOf, regionsOf } from "./fleet-places";
import type { SurviveRule } from "./resolved-search";
import type { SurviveSpec } from "./search-spec";

/** The rules of a scenario; problems with them are added to `problems`. */
export function resolveSurvive(
  spec: SurviveSpec,
  fleet: FleetSpec,
  problems: Problem[],
): readonly SurviveRule[] {
  return spec.flatMap((rule, index): SurviveRule[] => {
    const at = new Refusal(`survive[${index}]`, fleet, problems);
    if (typeof rule === "string") {
      if (rule === "any-region") at.refuseLastRegion(rule);
      if (rule === "any-cloud") at.refuseLastCloud(rule);
      if (rule === "any-zone")
        for (const { name } of regionsOf(fleet)) at.refuseZone(rule, name, 0);
      return [{ kind: rule }];
    }
    if ("region" in rule) {
      const name = placeOf(rule.region, `${at.path}.region`, fleet, problems);
      if (name === undefined) return [];
      at.refuseLastRegion(`the loss of ${name}`);
      return [{ kind: "region", name }];
    }
    if ("cloud" in rule) {
      if (!at.hasCloud(rule.cloud)) return [];
      at.refuseLastCloud(`the loss of ${rule.cloud}`);
      return [{ kind: "cloud", name: rule.cloud }];
    }
    return at.zoneRule(rule.zone);
  });
}

/** Problems of one rule. */
class Refusal {
  constructor(
    readonly path: string,
    private readonly fleet: FleetSpec,
    private readonly problems: Problem[],
  ) {}

  refuseLastRegion(what: string): void {
    if (this.regionCount < 2) {
      const message = `${what} cannot be survived: the fleet has one region`;
      this.refuse(message, "add a region to fleet.regions");
    } else this.refuseNoWayOut(what);
  }

  refuseLastCloud(what: string): void {
    if (this.clouds().length < 2) {
      const message = `${what} cannot be survived: the fleet has one cloud`;
      this.refuse(message, "add a region of another cloud to fleet.regions");
    } else this.refuseNoWayOut(what);
  }

  /** The only zone of a region is the region; and of several, one must be left with a gateway. */
  refuseZone(what: string, region: string, zone: number): void {
    if (this.zonesOf(region) === 1) {
      if (this.regionCount < 2) {
        const message = `${what} cannot be survived: ${region} has one zone, and the fleet no other region`;
        this.refuse(message, `give ${region} more zones, or add a region to fleet.regions`);
      } else this.refuseNoWayOut(what);
      return;
    }
    if (zone > 0 || !hasOneGateway(this.fleet)) return;
    const message = `${what} cannot be survived: the only gateway of ${region} is in zone a`;
    this.refuse(message, "use fleet.gateway.replicas: 2 or more");
  }

  zoneRule(written: string): SurviveRule[] {
    const path = `${this.path}.zone`;
    const [place = "", letter = "", ...rest] = written.split("/");
    if (place === "" || letter === "" || rest.length > 0) {
      const message = `expected region/zone, got ${JSON.stringify(written)}`;
      this.problems.push({ code: "invalid-value", path, message, hint: "such as us-east-1/a" });
      return [];
    }
    const region = placeOf(place, path, this.fleet, this.problems);
    if (region === undefined) return [];
    const letters = "abcdefghijklmnopqrstuvwxyz".slice(0, this.zonesOf(region));
    const zone = letters.indexOf(letter);
    if (letter.length !== 1 || zone < 0) {
      const has = letters.length === 1 ? "zone a" : `zones a to ${letters.at(-1)}`;
      const message = `${region} has no zone "${letter}"`;
      this.problems.push({ code: "unknown-name", path, message, hint: `it has ${has}` });
      return [];
    }
    this.refuseZone(`the loss of ${region}/${letter}`, region, zone);
    return [{ kind: "zone", name: `${region}/${letter}` }];
  }

  hasCloud(name: string): boolean {
    const clouds = this.clouds();
    if (clouds.length === 0 || clouds.includes(name)) return true;
    this.problems.push({
      code: "conflict",
      path: `${this.path}.cloud`,
      message: `no region of this fleet is in ${JSON.stringify(name)}`,
      hint: `they are in ${listWords(clouds).replace(" or ", " and ")}`,
    });
    return false;
  }

  private refuseNoWayOut(what: string): void {
    const { failover, routing } = this.fleet;
    if (failover !== undefined || routing?.regions === "any") return;
    const message = `${what} needs a way for clients to go elsewhere, and there is none`;
    this.refuse(message, "add fleet.failover, or routing.regions: any");
  }

  private refuse(message: string, hint: string): void {
    this.problems.push({ code: "conflict", path: this.path, message, hint });
  }

  private get regionCount(): number {
    return Object.keys(this.fleet.regions).length;
  }

  private clouds(): string[] {
    return [...new Set<string>(regionsOf(this.fleet).map(({ cloud }) => cloud))];
  }

  private zonesOf(region: string): number {
    const written = Object.entries(this.fleet.regions).find(([name]) => {
      const lookup = findRegion(name);
      return lookup.found && lookup.row.name === region;
    });
    return written?.[1].zones ?? REGION_DEFAULTS.zones.value;
  }
}

/** Whether a region's gateway is a single process, which is in the first zone. */
export function hasOneGateway({ gateway }: FleetSpec): boolean {
  return (gateway?.replicas ?? 1) === 1;
}
