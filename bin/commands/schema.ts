/** `capplan schema scenario|summary|plan|sizing`: JSON Schema, for editors that complete and for programs that read results. */
import { Argument, type Command } from "commander";
import type { Io } from "../io";
import { renderJson } from "../render-table";

const DESCRIBED = ["scenario", "summary", "plan", "sizing"] as const;

type Described = (typeof DESCRIBED)[number];

const WHAT =
  "scenario: what a scenario file holds; summary: what simulate prints; plan: what a plan holds; sizing: what size prints";

export function configureSchema(command: Command, io: Io): void {
  command
    .addArgument(new Argument("<what>", WHAT).choices(DESCRIBED).argRequired())
    .addHelpText("after", EXAMPLES)
    .action(async (what: Described) => {
      io.stdout.write(renderJson(await schemaOf(what)));
    });
}

const EXAMPLES = `
Examples:
  capplan schema scenario > capplan.schema.json
  # first line of a scenario, for editors with the YAML language server:
  # yaml-language-server: $schema=./capplan.schema.json`;

async function schemaOf(what: Described): Promise<Record<string, unknown>> {
  if (what === "plan") {
    const { planJsonSchema } = await import("../../planner/plan/plan-json-schema");
    return planJsonSchema();
  }
  if (what === "sizing") {
    const { sizingJsonSchema } = await import("../../planner/report/sizing/sizing-schema");
    return sizingJsonSchema();
  }
  if (what === "summary") {
    const { summaryJsonSchema } = await import("../../planner/report/summary-schema");
    return summaryJsonSchema();
  }
  const { scenarioJsonSchema } = await import("../../planner/scenario/scenario-spec");
  return scenarioJsonSchema();
}
