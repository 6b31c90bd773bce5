/** What every part of a network on AWS needs to know to make its resources. */
import type * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import type { ResolvedAwsNetwork } from "./aws-network-args";

/** A network that is being made. */
export interface AwsPlace {
  /** Name of the component. */
  readonly name: string;
  readonly settings: ResolvedAwsNetwork;
  /** Options of all children. */
  readonly opts: pulumi.CustomResourceOptions;
}

/** Tags of a resource, with the name that the console shows. */
export function tagsOf({ settings }: AwsPlace, name: string): Record<string, string> {
  return { ...awsTags(settings.allocation), Name: name };
}
