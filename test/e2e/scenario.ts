/**
 * The life of a fleet, as a person with the CLI leads it: preview and put up layer by layer, refresh, put up again, lose
 * a region, get it back, lose it for good and rebuild it, take everything down. Each step says what it must have done.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import type { OpMap, Stack } from "@pulumi/pulumi/automation";
import type { Cloud } from "../support/provider-stand-ins/cloud";
import { type Fleet, ROOT } from "./fleets";
import type { Workspace } from "./workspace";

const POLICY_PACK = path.join(ROOT, "stacks/policy");

/** What is told of each step. */
export type Report = (step: string, seconds: number, figures: string) => void;

/** What a run works with. */
export interface ScenarioContext {
  readonly fleet: Fleet;
  readonly workspace: Workspace;
  readonly cloud: Cloud;
  readonly report: Report;
}

/** Leads the whole life. @throws AssertionError when a step did something else. */
export async function runScenario(context: ScenarioContext): Promise<void> {
  for (const stack of stacksOf(context)) await putUp(context, stack);
  for (const stack of stacksOf(context)) await leaveAlone(context, stack);
  await drill(context);
  await rebuild(context);
  await takeDown(context);
}

const stacksOf = ({ workspace }: ScenarioContext): readonly Stack[] => [
  ...workspace.stacks.values(),
];

/** Operations by kind, without those that left things as they were. */
function changes(operations: OpMap | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(operations ?? {}).filter(([kind, count]) => kind !== "same" && count > 0),
  ) as Readonly<Record<string, number>>;
}

function shown(operations: OpMap | undefined): string {
  const entries = Object.entries(operations ?? {}).map(([kind, count]) => `${count} ${kind}`);
  return entries.length === 0 ? "nothing" : entries.join(", ");
}

async function timed<Result>(
  { report }: ScenarioContext,
  step: string,
  work: () => Promise<Result>,
  figures: (result: Result) => string,
): Promise<Result> {
  const start = process.hrtime.bigint();
  const result = await work();
  report(step, Number(process.hrtime.bigint() - start) / 1e9, figures(result));
  return result;
}

/** What breaks a rule of the policy pack fails, before it is made and once all is there. */
function policyOptions({ fleet: { policies } }: ScenarioContext) {
  if (policies === undefined) return {};
  return { policyPacks: [POLICY_PACK], policyPackConfigs: [...policies.configFiles] };
}

/** What is previewed is what is done, and no rule forbids it. */
async function putUp(context: ScenarioContext, stack: Stack): Promise<void> {
  const preview = await timed(
    context,
    `preview ${stack.name}`,
    () => stack.preview(policyOptions(context)),
    ({ changeSummary }) => shown(changeSummary),
  );
  const before = context.cloud.all().length;
  const up = await timed(
    context,
    `up ${stack.name}`,
    () => stack.up(policyOptions(context)),
    ({ summary }) =>
      `${shown(summary.resourceChanges)}, ${context.cloud.all().length} in the clouds`,
  );
  assert.deepEqual(up.summary.resourceChanges, preview.changeSummary, "up did what was previewed");
  assert.ok(context.cloud.all().length > before, "something was made");
}

/** Neither the clouds nor the program have anything new to say. */
async function leaveAlone(context: ScenarioContext, stack: Stack): Promise<void> {
  const refreshed = await timed(
    context,
    `refresh ${stack.name}`,
    () => stack.refresh({ expectNoChanges: true }),
    ({ summary }) => shown(summary.resourceChanges),
  );
  assert.deepEqual(changes(refreshed.summary.resourceChanges), {});
  await unchanged(context, "up without a change", stack);
}

async function unchanged(context: ScenarioContext, step: string, stack: Stack): Promise<void> {
  await timed(
    context,
    `${step} ${stack.name}`,
    () => stack.up({ expectNoChanges: true }),
    ({ summary }) => shown(summary.resourceChanges),
  );
}

/** A resource in the state of a stack; what a run writes anew each time is left out. */
interface StoredResource {
  readonly urn: string;
  readonly id: string | undefined;
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly isRetained: boolean;
  /** URN of what takes it along when it is deleted; empty for most. */
  readonly holder: string;
}

/** The resources of a stack, and how many operations were left half done. */
async function exported(stack: Stack): Promise<{
  readonly resources: readonly StoredResource[];
  readonly pending: number;
}> {
  const { deployment } = (await stack.exportStack()) as {
    readonly deployment: {
      readonly resources?: readonly (StoredResource & {
        readonly custom: boolean;
        readonly retainOnDelete?: boolean;
        readonly deletedWith?: string;
      })[];
      readonly pending_operations?: readonly unknown[];
    };
  };
  const { resources = [], pending_operations: pending = [] } = deployment;
  const stored = resources
    .filter(({ custom }) => custom)
    .map(({ urn, id, inputs, outputs, retainOnDelete = false, deletedWith = "" }) => ({
      urn,
      id,
      inputs,
      outputs,
      isRetained: retainOnDelete,
      holder: deletedWith,
    }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
  return { resources: stored, pending: pending.length };
}

/**
 * A region is lost: whoever asks it fails and changes nothing, traffic is moved without it, and the other regions can be
 * worked on. When it is back, all is as it was.
 */
async function drill(context: ScenarioContext): Promise<void> {
  const { cloud, fleet, workspace } = context;
  const { loss } = fleet;
  cloud.lose(loss.name, loss.holds);
  try {
    await drain(context, true);
    for (const name of loss.stacks) await failsCleanly(context, workspace.stacks.get(name)!);
    for (const stack of stacksOf(context)) {
      const isTouched = loss.stacks.includes(stack.name) || loss.drain?.stack === stack.name;
      if (!isTouched) await unchanged(context, `${loss.name} lost: up`, stack);
    }
  } finally {
    cloud.restore();
  }
  await drain(context, false);
  for (const stack of stacksOf(context)) await unchanged(context, `${loss.name} back: up`, stack);
}

/** Moves traffic away or back, which needs nothing of the region that is lost. */
async function drain(context: ScenarioContext, isDrained: boolean): Promise<void> {
  const { drain: how, name } = context.fleet.loss;
  if (how === undefined) return;
  const stack = context.workspace.stacks.get(how.stack)!;
  if (isDrained) await stack.setConfig(how.key, { value: how.value });
  else await stack.removeConfig(how.key);
  const moved = await timed(
    context,
    `${name} ${isDrained ? "drained" : "undrained"}: up ${how.stack}`,
    () => stack.up(),
    ({ summary }) => shown(summary.resourceChanges),
  );
  const done = changes(moved.summary.resourceChanges);
  assert.deepEqual(Object.keys(done), ["update"], "a drill changes, and makes or deletes nothing");
}

async function failsCleanly(context: ScenarioContext, stack: Stack): Promise<void> {
  const { name } = context.fleet.loss;
  const before = await exported(stack);
  await timed(
    context,
    `${name} lost: up ${stack.name} fails`,
    () => assert.rejects(stack.up(), new RegExp(`${name} does not answer`)),
    () => "state as it was",
  );
  assert.deepEqual(await exported(stack), before, "a failure leaves the state as it was");
}

/** A region is gone for good: refresh finds out, and the plan makes it again. */
async function rebuild(context: ScenarioContext): Promise<void> {
  const { cloud, fleet, workspace } = context;
  const { loss } = fleet;
  const gone = cloud.all().filter(({ urn }) => loss.holds(urn)).length;
  cloud.wipe(loss.holds);
  let found = 0;
  for (const name of loss.stacks.toReversed()) {
    const refreshed = await timed(
      context,
      `${loss.name} gone: refresh ${name}`,
      () => workspace.stacks.get(name)!.refresh(),
      ({ summary }) => shown(summary.resourceChanges),
    );
    found += refreshed.summary.resourceChanges?.delete ?? 0;
  }
  assert.equal(found, gone, "refresh finds all that is gone");
  let made = 0;
  for (const stack of stacksOf(context)) {
    const rebuilt = await timed(
      context,
      `${loss.name} rebuilt: up ${stack.name}`,
      () => stack.up(),
      ({ summary }) => shown(summary.resourceChanges),
    );
    made += rebuilt.summary.resourceChanges?.create ?? 0;
  }
  assert.equal(made, gone, "all that was gone is there again, and nothing else is new");
  for (const stack of stacksOf(context)) await unchanged(context, "up after that", stack);
}

/** Protection is lifted on purpose; what is retained stays in the cloud, and nothing else does. */
async function takeDown(context: ScenarioContext): Promise<void> {
  const retained = new Set<string>();
  for (const stack of stacksOf(context).toReversed()) {
    const { resources } = await exported(stack);
    for (const { urn, isRetained, holder } of resources) {
      if (isRetained) retained.add(urn);
      if (holder !== "") context.cloud.putInto(urn, holder);
    }
    await unprotect(stack);
    await timed(
      context,
      `destroy ${stack.name}`,
      () => stack.destroy(),
      ({ summary }) => shown(summary.resourceChanges),
    );
    assert.deepEqual((await exported(stack)).resources, [], "nothing is left in the state");
  }
  const left = context.cloud.all().filter(({ urn }) => !retained.has(urn));
  assert.deepEqual(
    left.map(({ urn }) => urn),
    [],
    "nothing is left in the clouds but what is retained on purpose",
  );
}

/** The Automation API has no word for it. */
async function unprotect({ name, workspace }: Stack): Promise<void> {
  await promisify(execFile)(
    workspace.pulumiCommand.command,
    ["state", "unprotect", "--all", "--yes", "--stack", name],
    { cwd: workspace.workDir, env: { ...process.env, ...workspace.envVars } },
  );
}
