/**
 * Where a fleet is deployed to in the end-to-end run: a folder of its own with the project's file and the stacks', state
 * in files beside it, and the CLI that is on the PATH, driven through Pulumi's Automation API.
 */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { stringify } from "yaml";
import type { ProviderServer } from "../support/provider-stand-ins/provider-server";
import { type Fleet, ROOT, STACK_FOLDER } from "./fleets";

/** A fleet's own folder. */
export interface Workspace {
  /** By name, in the order of deployment. */
  readonly stacks: ReadonlyMap<string, Stack>;
  /** Lets go of everything: state, configuration, folder. */
  remove(): void;
}

/** The CLI, or undefined when there is none on the PATH. */
export async function findPulumi(): Promise<PulumiCommand | undefined> {
  try {
    return await PulumiCommand.get();
  } catch (error) {
    // The Automation API tells of a missing command by its message alone.
    if (error instanceof Error && error.message.includes("ENOENT")) return undefined;
    throw error;
  }
}

/** Makes the folder and the stacks, empty. */
export async function openWorkspace(
  fleet: Fleet,
  pulumiCommand: PulumiCommand,
  providers: readonly ProviderServer[],
): Promise<Workspace> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "capplan-e2e-"));
  const project = path.join(folder, "project");
  const config = path.join(project, STACK_FOLDER);
  const state = path.join(folder, "state");
  for (const one of [config, state]) fs.mkdirSync(one, { recursive: true });
  // Pulumi writes into the files of stacks; the repository's stay as they are.
  const examples = path.join(ROOT, STACK_FOLDER);
  if (fs.existsSync(examples)) fs.cpSync(examples, config, { recursive: true });
  fs.writeFileSync(
    path.join(project, "Pulumi.yaml"),
    stringify({
      name: fleet.project,
      main: path.join(ROOT, fleet.main),
      runtime: { name: "nodejs", options: { tsconfig: path.join(ROOT, "tsconfig.json") } },
      stackConfigDir: STACK_FOLDER,
    }),
  );
  const envVars = {
    PULUMI_HOME: path.join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "end-to-end",
    PULUMI_DEBUG_PROVIDERS: providers
      .map(({ packageName, port }) => `${packageName}:${port}`)
      .join(","),
    // The stand-ins take the place of plugins.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Types are the matter of `npm run types`.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
  const stacks = new Map<string, Stack>();
  for (const stackName of fleet.stacks) {
    const made = await LocalWorkspace.createStack(
      { stackName, workDir: project },
      { pulumiCommand, envVars, secretsProvider: "passphrase" },
    );
    stacks.set(stackName, made);
  }
  return { stacks, remove: () => fs.rmSync(folder, { recursive: true, force: true }) };
}
