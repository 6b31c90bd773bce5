/** Runs the stacks of a fleet in the mini-engine, each with what those before it have handed over. */

import { runStack } from "../../stacks/run-stack";
import type { EngineRun } from "../support/mini-engine/engine-run";
import { registered } from "../support/mini-engine/in-process";
import type { EngineOptions, ReferencedStack } from "../support/mini-engine/resource-monitor";
import { type ExampleStack, ROOT } from "./examples";

/** What the clouds answer when they are asked. */
export const WORLD: Partial<EngineOptions> = {
  project: "capplan",
  invokes: {
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
  },
  cloudOutputs: {
    // Karpenter's definitions check the form of ids.
    "aws:ec2/subnet:Subnet": (name) => ({ id: `subnet-${Buffer.from(name).toString("hex")}` }),
    // Each address is another, so that a test sees whose it is.
    "aws:ec2/eip:Eip": (name) => ({
      allocationId: `${name}-allocation`,
      publicIp: addressOf(name),
    }),
    "gcp:compute/address:Address": (name) => ({ address: addressOf(name) }),
  },
};

/** An address out of a name, of the block for documentation (RFC 5737). */
function addressOf(name: string): string {
  const sum = [...name].reduce((total, one) => total + one.charCodeAt(0), 0);
  return `198.51.100.${sum % 256}`;
}

/** A stack that ran. */
export interface StackRun {
  readonly stack: ExampleStack;
  readonly run: EngineRun;
}

/** Runs one stack. @param stacks that it may refer to. @param root folder of Pulumi.yaml */
export async function runExampleStack(
  stack: ExampleStack,
  stacks: Readonly<Record<string, ReferencedStack>>,
  options: Partial<EngineOptions> = {},
  root: string = ROOT,
): Promise<EngineRun> {
  const program = () => runStack({ config: stack.config, root });
  return registered(program, { ...WORLD, stack: stack.name, stacks, ...options });
}

const ups = new Map<string, Promise<readonly StackRun[]>>();

/** All stacks of a fleet, put up in order; once for all who ask by its name. */
export function putUp(
  name: string,
  stacks: readonly ExampleStack[],
  root: string = ROOT,
): Promise<readonly StackRun[]> {
  if (!ups.has(name)) ups.set(name, putUpAnew(stacks, root));
  return ups.get(name)!;
}

async function putUpAnew(
  stacks: readonly ExampleStack[],
  root: string,
): Promise<readonly StackRun[]> {
  const runs: StackRun[] = [];
  for (const stack of stacks) {
    const run = await runExampleStack(stack, referencedStacks(runs), {}, root);
    runs.push({ stack, run });
  }
  return runs;
}

/** Stacks that are up, by their full names. */
export function referencedStacks(
  runs: readonly StackRun[],
): Readonly<Record<string, ReferencedStack>> {
  return Object.fromEntries(
    runs.map(({ stack, run }) => [
      `organization/capplan/${stack.name}`,
      { outputs: run.stackOutputs.values },
    ]),
  );
}
