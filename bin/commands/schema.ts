/** `capplan schema scenario|summary`: JSON Schema, for editors that complete and for programs that read results. */
import { Argument, type Command } from "commander";
import type { Io } from "../io";
import { renderJson } from "../render-table";

export function configureSchema(command: Command, io: Io): void {
  command
    .addArgument(
      new Argument("<what>", "scenario: what a scenario file holds; summary: what simulate prints")
        .choices(["scenario", "summary"])
        .argRequired(),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (what: "scenario" | "summary") => {
      io.stdout.write(renderJson(await schemaOf(what)));
    });
}

const EXAMPLES = `
Examples:
  capplan schema scenario > capplan.schema.json
  # first line of a scenario, for editors with the YAML language server:
  # yaml-language-server: $schema=./capplan.schema.json`;

async function schemaOf(what: "scenario" | "summary"): Promise<Record<string, unknown>> {
  if (what === "summary") {
    const { summaryJsonSchema } = await import("../../planner/report/summary-schema");
    return summaryJsonSchema();
  }
  const { scenarioJsonSchema } = await import("../../planner/scenario/scenario-spec");
  return scenarioJsonSchema();
}
