/** What the edge knows of the sites of its names: their addresses come from the serving layers, their names early. */
import type * as aws from "@pulumi/aws";
import type * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedRegion } from "../planner/plan/fleet-of-plan";
import type { FleetContext } from "./derive/fleet-context";
import { derivePlace } from "./derive/place-context";
import { readServing, type ServingHandover } from "./stack-outputs";
import { stackRefusal } from "./stack-refusal";
import type { EdgeSettings } from "./stack-settings";

/** Providers of the edge, those of the clouds that it needs. */
export interface EdgeProviders {
  /** In us-east-1, which alone has the metrics of health checks. */
  readonly aws: aws.Provider | undefined;
  readonly gcp: gcp.Provider | undefined;
}

/** What the serving layer of a region says of its addresses; which there are is known early. */
export interface Site {
  readonly handover: pulumi.Output<ServingHandover>;
  readonly addressNames: readonly string[];
}

/** Name of the only address of a gateway on Google Cloud. */
export const GATEWAY_ADDRESS = "gateway";

/** The site of a region. @param stack with its serving layer */
export function siteOf(
  context: FleetContext,
  region: ResolvedRegion,
  { zones }: EdgeSettings,
  stack: string,
): Site {
  const handover = readServing(stack, { region: region.name, plan: context.plan });
  const place = derivePlace(context, { place: region.name, zones: zones?.[region.name] });
  return {
    handover,
    addressNames: region.spec.cloud === "aws" ? place.args!.zones : [GATEWAY_ADDRESS],
  };
}

/** An address of a site, which fails when its serving stack has no such zone. */
export function addressOf({ handover }: Site, name: string): pulumi.Output<string> {
  return handover.apply(({ addresses, region }) => {
    const address = addresses[name];
    if (address !== undefined) return address;
    const there = Object.keys(addresses).join(", ");
    throw stackRefusal(
      `capplan:zones.${region}: the region has addresses in ${there}, and none in ${name}`,
    );
  });
}
