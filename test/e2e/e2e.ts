/**
 * `npm run e2e [-- FLEET...]`: deploys the example fleets with the `pulumi` that is on the PATH, against stand-ins of the
 * clouds' providers. Says so and ends well where there is no `pulumi`.
 */
import { CommandError } from "@pulumi/pulumi/automation";
import { Cloud } from "../support/provider-stand-ins/cloud";
import { startProvider } from "../support/provider-stand-ins/provider-server";
import { allFleets, type Fleet } from "./fleets";
import { invokeAnswers } from "./invoke-answers";
import { runScenario } from "./scenario";
import { findPulumi, openWorkspace, type Workspace } from "./workspace";

const PACKAGES = ["aws", "gcp", "kubernetes"];

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(wanted: readonly string[]): Promise<number> {
  const pulumi = await findPulumi();
  if (pulumi === undefined) {
    say("skipped: there is no pulumi on the PATH");
    say("install the CLI (https://www.pulumi.com/docs/install/), and run this again");
    return 0;
  }
  const fleets = allFleets();
  const strangers = wanted.filter((name) => !fleets.some((one) => one.name === name));
  if (strangers.length > 0) {
    say(
      `unknown fleet ${strangers.join(", ")}; there are ${fleets.map(({ name }) => name).join(", ")}`,
    );
    return 2;
  }
  const chosen = fleets.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  say(`pulumi ${pulumi.version?.version ?? "of an unknown version"}, ${pulumi.command}`);
  for (const fleet of chosen) await runFleet(fleet, pulumi);
  say(`${chosen.length} fleets passed`);
  return 0;
}

type Pulumi = NonNullable<Awaited<ReturnType<typeof findPulumi>>>;

async function runFleet(fleet: Fleet, pulumi: Pulumi): Promise<void> {
  say(`\n${fleet.name}: ${fleet.stacks.join(", ")}`);
  const cloud = new Cloud();
  const providers = await Promise.all(
    PACKAGES.map((name) => startProvider(name, cloud, invokeAnswers)),
  );
  let workspace: Workspace | undefined;
  const report = (step: string, seconds: number, figures: string): void =>
    say(`  ${step.padEnd(60)} ${seconds.toFixed(1).padStart(6)} s  ${figures}`);
  try {
    workspace = await openWorkspace(fleet, pulumi, providers);
    await runScenario({ fleet, workspace, cloud, report });
  } finally {
    workspace?.remove();
    for (const provider of providers) provider.close();
  }
}

/** A command that failed says all that it printed, twice. */
function wordsOf(error: unknown): string {
  if (error instanceof CommandError) return error.message.split(" err?:")[0]!;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`${wordsOf(error)}\n`);
    process.exitCode = 1;
  },
);
