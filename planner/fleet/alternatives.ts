/**
 * Choices between shapes of a value: a number or a word, a plain value or a map, one map or a list of them. Choices
 * between maps, told apart by their keys, are `one-form.ts`.
 */
import { z } from "zod";
import { didYouMean } from "../catalog/suggest";
import { choosing } from "./one-form";
import { listWords, unknownName } from "./schema-kit";

/**
 * What `value` reads, or one of a few words that stand for a value, such as `auto`.
 *
 * @param plain what `value` reads, for the message about an unknown word: `a number`
 */
export function orWord<const Word extends string, Value extends z.ZodType>(
  words: readonly Word[],
  plain: string,
  value: Value,
  description: string,
): z.ZodType<Word | z.output<Value>> {
  const word = z.enum(words);
  return choosing({
    description,
    members: [word, value],
    choose: (given) => {
      if (typeof given !== "string") return value;
      if (words.some((one) => one === given)) return word;
      // Text without a digit cannot be a quantity: it was meant as a word.
      if (/[0-9]/.test(given)) return value;
      const { message } = unknownName("value", given, words);
      const hint = didYouMean(given, words) ?? `use ${listWords([...words, plain])}`;
      return { problem: "unknown-name", message, hint };
    },
  });
}

/** A map with parameters, or a plain value without them: `replicas: 3`, `autoscaling: none`. */
export function orMap<Plain extends z.ZodType, Fields extends z.ZodType>(
  plain: Plain,
  map: Fields,
  description: string,
): z.ZodType<z.output<Plain> | z.output<Fields>> {
  return choosing({
    description,
    members: [plain, map],
    choose: (given) => (isMap(given) ? map : plain),
  });
}

/** One map, or a list of such maps. */
export function oneOrMore<Fields extends z.ZodType>(
  map: Fields,
  description: string,
): z.ZodType<z.output<Fields> | z.output<Fields>[]> {
  const list = z.array(map).min(1);
  return choosing({
    description,
    members: [map, list],
    choose: (given) => (Array.isArray(given) ? list : map),
  });
}

function isMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
