/**
 * The Pulumi stacks that deploy a plan, and the configuration file of each: one stack for each layer and place, so that
 * a failure or a replacement stays in its place. `foundation` and `serving` are one per region, `edge` is one for the
 * fleet. Only what they are configured with; what is in them is the plan's, and the stacks read it there.
 */
import { Document, isMap } from "yaml";
import { findRegion } from "../catalog";
import type { CapacityPlan } from "./plan-spec";

export interface StackOptions {
  /** The plan's file, relative to the folder of `Pulumi.yaml`. */
  readonly planPath: string;
  /** Name of the Pulumi project. @default "capplan" */
  readonly project?: string;
  /** Of the stack references; without Pulumi Cloud it is `organization`. @default "organization" */
  readonly organization?: string;
}

/** A configuration file. */
export interface StackConfig {
  /** `Pulumi.<stack>.yaml`. */
  readonly path: string;
  readonly text: string;
  /** What the plan decides of it, by key. */
  readonly values: ReadonlyMap<string, ConfigValue>;
}

export type ConfigValue = string | readonly string[];

type Layer = "foundation" | "serving" | "edge";

const HEADER =
  " A stack of a capacity plan, written by capplan. Keys of capplan and of the region follow the plan;\n others are yours, and are kept.";
const PROJECT_COMMENT = " gcp:project: the id of your Google Cloud project";
/** Route 53 has its metrics, and CloudFront its certificates, in this region only. */
const GLOBAL_AWS_REGION = "us-east-1";

/** Every stack of the plan, in the order in which they are deployed. */
export function stackConfigs(plan: CapacityPlan, options: StackOptions): StackConfig[] {
  const regions = Object.keys(plan.fleet.regions).sort();
  const fleet = stackWord(plan.scenario.name);
  const { organization = "organization", project = "capplan" } = options;
  const stack = (layer: Layer, region?: string): string =>
    region === undefined ? `${fleet}-${layer}` : `${fleet}-${layer}-${region}`;
  const reference = (layer: Layer, region: string): string =>
    `${organization}/${project}/${stack(layer, region)}`;
  const config = (
    name: string,
    layer: Layer,
    place: string,
    further: readonly (readonly [string, ConfigValue])[],
  ): StackConfig => {
    const values = new Map<string, ConfigValue>([
      [`${project}:layer`, layer],
      [`${project}:place`, place],
      [`${project}:plan`, options.planPath],
      [`${project}:planDigest`, plan.digest],
      ...further,
    ]);
    return { path: `Pulumi.${name}.yaml`, text: textOf(values), values };
  };
  return [
    ...regions.map((region) =>
      config(stack("foundation", region), "foundation", region, regionKeys(region)),
    ),
    ...regions.map((region) =>
      config(stack("serving", region), "serving", region, [
        [`${project}:foundation`, reference("foundation", region)],
        ...regionKeys(region),
      ]),
    ),
    config(stack("edge"), "edge", "fleet", [
      [`${project}:serving`, regions.map((region) => reference("serving", region))],
      ...edgeKeys(regions),
    ]),
  ];
}

/** A name as Pulumi takes it in a stack. */
function stackWord(name: string): string {
  const word = name.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
  return word === "" ? "fleet" : word.toLowerCase();
}

function regionKeys(region: string): [string, ConfigValue][] {
  return [[`${cloudOf(region)}:region`, region]];
}

function edgeKeys(regions: readonly string[]): [string, ConfigValue][] {
  const google = regions.find((region) => cloudOf(region) === "gcp");
  const hasAws = regions.some((region) => cloudOf(region) === "aws");
  return [
    ...(hasAws ? [["aws:region", GLOBAL_AWS_REGION] as [string, ConfigValue]] : []),
    ...(google === undefined ? [] : [["gcp:region", google] as [string, ConfigValue]]),
  ];
}

function cloudOf(region: string): "aws" | "gcp" {
  const found = findRegion(region);
  return found.found ? found.row.cloud : "aws";
}

function textOf(values: ReadonlyMap<string, ConfigValue>): string {
  const document = new Document({ config: Object.fromEntries(values) });
  document.commentBefore = HEADER;
  const config = document.get("config");
  if (values.has("gcp:region") && isMap(config)) config.comment = PROJECT_COMMENT;
  return document.toString({ lineWidth: 0 });
}
