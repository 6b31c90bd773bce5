/**
 * The contract between layers: what a foundation hands to the serving layer of its region, and what that hands to the
 * edge. One output, `handover`, is read by the next layer and by nobody else; the others are for people.
 */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { CapacityPlan } from "../planner/plan/plan-spec";
import type { FoundationHandover, ServingHandover } from "./handover-specs";
import { foundationHandover, servingHandover } from "./handover-specs";
import { stackRefusal } from "./stack-refusal";

export type { FoundationHandover, ServingHandover };

/** The same, before it is known. */
export type Unresolved<Handover> = pulumi.Input<{
  readonly [Key in keyof Handover]: pulumi.Input<Handover[Key]>;
}>;

/** Name of the output. */
export const HANDOVER = "handover";

/** What a foundation hands over. @param stack full name: `organization/capplan/support-foundation-us-east-1` */
export function readFoundation(
  stack: string,
  wanted: { readonly region: string; readonly plan: CapacityPlan },
): pulumi.Output<FoundationHandover> {
  return readHandover(stack, foundationHandover, wanted);
}

/** What a serving layer hands over. */
export function readServing(
  stack: string,
  wanted: { readonly region: string; readonly plan: CapacityPlan },
): pulumi.Output<ServingHandover> {
  return readHandover(stack, servingHandover, wanted);
}

function readHandover<Handover extends { readonly region: string; readonly planDigest: string }>(
  stack: string,
  spec: z.ZodType<Handover>,
  { region, plan }: { readonly region: string; readonly plan: CapacityPlan },
): pulumi.Output<Handover> {
  const reference = new pulumi.StackReference(stack);
  return reference.getOutput(HANDOVER).apply((value: unknown) => {
    const parsed = spec.safeParse(value);
    if (!parsed.success) {
      const why =
        value === undefined
          ? "has handed nothing over: put it up first"
          : `hands over something else: ${z.prettifyError(parsed.error)}`;
      throw stackRefusal(`stack ${stack} ${why}`);
    }
    const { data } = parsed;
    if (data.region !== region) {
      throw stackRefusal(`stack ${stack} is of ${data.region}, not of ${region}`);
    }
    if (data.planDigest !== plan.digest) sayStale(stack, data.planDigest, plan.digest);
    return data;
  });
}

/** A preview of several layers shows what will be; an update of a layer needs the one below it. */
function sayStale(stack: string, is: string, wanted: string): void {
  const message = `stack ${stack} is of plan ${is.slice(0, 12)}…, this one of ${wanted.slice(0, 12)}…: put that one up first`;
  if (!pulumi.runtime.isDryRun()) throw stackRefusal(message);
  void pulumi.log.warn(message);
}
