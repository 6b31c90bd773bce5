/**
 * A choice between forms that are told apart by one key each: `{ gamma: … }` or `{ weibull: … }`, `{ rate: … }`
 * or `{ trace: … }`. Only the form that was meant is checked, so its problems are the ones shown, never those of
 * the forms that were not meant.
 */
import { z } from "zod";
import { didYouMean } from "../catalog/suggest";
import { quoteValue } from "../foundation/units";
import { type IssueParams, listWords, unknownName } from "./schema-kit";

interface Choice<
  Forms extends Readonly<Record<string, z.ZodType>>,
  Bare extends z.ZodType,
  Otherwise extends z.ZodType,
> {
  /** What is chosen, for messages: `process`. */
  readonly what: string;
  readonly description: string;
  /** Marker key → schema of the whole map. */
  readonly forms: Forms;
  /** Schema of a value that is no map: a number, or a word without parameters. */
  readonly bare: Bare;
  /** Words that `bare` takes, for messages. */
  readonly words?: readonly string[];
  /** Schema of a map without any marker. */
  readonly otherwise?: Otherwise;
  /** `tag`: the marker is the only key, its name is the form's name. `keys`: one of several keys of the map. */
  readonly style: "tag" | "keys";
}

/** The plain union behind each choice, for JSON Schema. */
const UNIONS = new WeakMap<z.core.$ZodType, z.ZodType>();

/** The union that a choice stands for, when `schema` is a choice. */
export function unionOf(schema: z.core.$ZodType): z.ZodType | undefined {
  return UNIONS.get(schema);
}

interface ChoiceIssue extends IssueParams {
  readonly message: string;
  readonly path?: readonly string[];
}

/** Builds the schema of a choice; `bare: z.never()` when only maps are allowed. */
export function oneForm<
  Forms extends Readonly<Record<string, z.ZodType>>,
  Bare extends z.ZodType,
  Otherwise extends z.ZodType = z.ZodNever,
>(
  choice: Choice<Forms, Bare, Otherwise>,
): z.ZodType<z.output<Forms[keyof Forms]> | z.output<Bare> | z.output<Otherwise>> {
  return choosing({
    description: choice.description,
    members: [choice.bare, ...Object.values(choice.forms), choice.otherwise ?? z.never()],
    choose: (value) => formOf(value, choice),
  });
}

/**
 * Hands each value to the one schema that `choose` picks for it, so that only that schema's problems are shown.
 *
 * @param members every schema that may be picked: the union that JSON Schema shows
 * @param choose the schema, or what is wrong with the choice itself
 */
export function choosing<Output>({
  description,
  members,
  choose,
}: {
  readonly description: string;
  readonly members: readonly z.ZodType[];
  readonly choose: (value: unknown) => z.ZodType | ChoiceIssue;
}): z.ZodType<Output> {
  const schema = z
    .unknown()
    .transform((value, context): Output => {
      const target = choose(value);
      if (!(target instanceof z.ZodType)) {
        const { message, path, problem, hint } = target;
        const params = { problem, ...(hint === undefined ? {} : { hint }) };
        context.issues.push({
          code: "custom",
          message,
          params,
          path: [...(path ?? [])],
          input: value,
        });
        return z.NEVER;
      }
      const parsed = target.safeParse(value);
      if (parsed.success) return parsed.data as Output;
      for (const issue of parsed.error.issues) {
        context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
      }
      return z.NEVER;
    })
    .meta({ description });
  UNIONS.set(schema, z.union(members.filter((member) => !(member instanceof z.ZodNever))));
  return schema;
}

/** The schema of the form that is meant, or what is wrong with the choice itself. */
function formOf(
  value: unknown,
  choice: Choice<Readonly<Record<string, z.ZodType>>, z.ZodType, z.ZodType>,
): z.ZodType | ChoiceIssue {
  const { what, forms, bare, words = [], style } = choice;
  const markers = Object.keys(forms);
  const names = style === "tag" ? [...words, ...markers] : markers;
  if (value === undefined || value === null) {
    return { problem: "missing", message: `is missing; give ${listWords(names)}` };
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    if (typeof value === "string" && markers.includes(value)) {
      const message = `${value} needs parameters`;
      return { problem: "invalid-type", message, hint: `write { ${value}: … }` };
    }
    if (words.length > 0 && typeof value === "string" && !words.includes(value)) {
      return { problem: "unknown-name", ...unknownName(what, value, names) };
    }
    if (!(bare instanceof z.ZodNever) && !Array.isArray(value)) return bare;
    const message = `expected a map with ${listWords(names)}, got ${quoteValue(value)}`;
    return { problem: "invalid-type", message };
  }
  const given = Object.keys(value);
  const meant = given.filter((key) => markers.includes(key));
  const [only] = meant;
  if (meant.length > 1) {
    const message = `give one of ${listWords(markers)}, got ${meant.join(" and ")}`;
    return { problem: "conflict", message };
  }
  if (only !== undefined) return forms[only] ?? bare;
  return choice.otherwise ?? noForm(given, choice, names);
}

function noForm(
  given: readonly string[],
  choice: { readonly what: string; readonly style: "tag" | "keys" },
  names: readonly string[],
): ChoiceIssue {
  const [first] = given;
  if (choice.style === "tag" && first !== undefined) {
    return { problem: "unknown-name", ...unknownName(choice.what, first, names) };
  }
  for (const key of given) {
    const hint = didYouMean(key, names);
    if (hint !== undefined)
      return { problem: "unknown-key", path: [key], message: "unknown key", hint };
  }
  return { problem: "missing", message: `needs one of ${listWords(names)}` };
}
