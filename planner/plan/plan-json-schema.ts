/** JSON Schema of a plan, for editors and for programs that read plans: `capplan schema plan` prints it. */
import { inputSchemaOf, scenarioJsonSchema } from "../scenario/scenario-spec";
import { planSpec } from "./plan-spec";

interface ObjectSchema {
  readonly properties: Readonly<Record<string, ObjectSchema>>;
  readonly required: readonly string[];
}

/** JSON Schema (draft 2020-12) of a plan; its fleet and its scenario are those of a scenario file. */
export function planJsonSchema(): Record<string, unknown> {
  const plan = objectSchema(inputSchemaOf(planSpec));
  const { fleet, ...others } = objectSchema(scenarioJsonSchema()).properties;
  const { scenario } = plan.properties;
  const written = {
    ...scenario?.properties["written"],
    properties: others,
    required: ["workloads"],
    additionalProperties: false,
  };
  return {
    ...plan,
    properties: {
      ...plan.properties,
      scenario: { ...scenario, properties: { ...scenario?.properties, written } },
      fleet,
    },
    title: "capplan plan",
  };
}

function objectSchema(schema: Readonly<Record<string, unknown>>): ObjectSchema {
  return schema as unknown as ObjectSchema;
}
