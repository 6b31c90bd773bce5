/**
 * What the end-to-end run deploys: the example fleets of stacks/config, and the program of the component tests. A fleet
 * is its stacks in the order in which they are deployed, and what is lost in the drill.
 */
import fs from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { Region } from "../support/provider-stand-ins/cloud";

export const ROOT = path.resolve(__dirname, "../..");
export const STACK_FOLDER = "stacks/config";

/** A part of a fleet that does not answer for a while. */
export interface Loss {
  /** As it is shown. */
  readonly name: string;
  readonly holds: Region;
  /** Stacks that cannot be changed meanwhile; all others can. */
  readonly stacks: readonly string[];
  /** The change of configuration with which a person moves traffic away first. @default - there is none */
  readonly drain?: { readonly stack: string; readonly key: string; readonly value: string };
}

/** Stacks that belong together. */
export interface Fleet {
  readonly name: string;
  readonly project: string;
  /** The program, relative to the repository. */
  readonly main: string;
  /** In the order of deployment. */
  readonly stacks: readonly string[];
  readonly loss: Loss;
  /** Whether previews are held against the policy pack, and the file that configures it. @default - they are not */
  readonly policies?: { readonly configFiles: readonly string[] };
}

/** In the order of deployment. */
const LAYERS = ["foundation", "serving", "edge"];

interface StackFile {
  readonly stack: string;
  readonly plan: string;
  readonly layer: string;
  readonly place: string;
}

/** The program of the component tests: both clouds in one stack, of which AWS is lost. */
const components: Fleet = {
  name: "components",
  project: "probe",
  main: "test/components/programs/two-clouds.ts",
  stacks: ["two-clouds"],
  loss: { name: "AWS", holds: (urn) => /[:$]aws:[^$]*::/.test(urn), stacks: ["two-clouds"] },
};

/** All fleets; those of stacks/config by their plans. */
export function allFleets(): readonly Fleet[] {
  const files = stackFiles();
  const plans = [...new Set(files.map(({ plan }) => plan))].sort();
  return [
    components,
    ...plans.map((plan) =>
      plannedFleet(
        plan,
        files.filter((one) => one.plan === plan),
      ),
    ),
  ];
}

function stackFiles(): readonly StackFile[] {
  const folder = path.join(ROOT, STACK_FOLDER);
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).flatMap((file) => {
    const [, stack] = /^Pulumi\.(.+)\.yaml$/.exec(file) ?? [];
    if (stack === undefined) return [];
    const { config } = parse(fs.readFileSync(path.join(folder, file), "utf8")) as {
      readonly config: Readonly<Record<string, string>>;
    };
    const of = (key: string): string => config[`capplan:${key}`]!;
    return [{ stack, plan: of("plan"), layer: of("layer"), place: of("place") }];
  });
}

/** The first region is lost. Only a fleet with several can move its traffic. */
function plannedFleet(plan: string, files: readonly StackFile[]): Fleet {
  const ordered = files.toSorted(
    (one, other) =>
      LAYERS.indexOf(one.layer) - LAYERS.indexOf(other.layer) || (one.stack < other.stack ? -1 : 1),
  );
  const regional = ordered.filter(({ layer }) => layer !== "edge");
  const region = regional[0]!.place;
  const regions = new Set(regional.map(({ place }) => place));
  const lost = regional.filter(({ place }) => place === region).map(({ stack }) => stack);
  const name = path.basename(plan, ".plan.json");
  const policyConfig = path.join(ROOT, STACK_FOLDER, `${name}.policy.json`);
  const edge = ordered.find(({ layer }) => layer === "edge");
  return {
    name,
    project: "capplan",
    main: "stacks/index.ts",
    stacks: ordered.map(({ stack }) => stack),
    policies: { configFiles: fs.existsSync(policyConfig) ? [policyConfig] : [] },
    loss: {
      name: region,
      holds: (urn) => lost.some((stack) => urn.startsWith(`urn:pulumi:${stack}::`)),
      stacks: lost,
      ...(edge === undefined || regions.size < 2
        ? {}
        : {
            drain: {
              stack: edge.stack,
              key: "capplan:drained",
              value: JSON.stringify([region]),
            },
          }),
    },
  };
}
