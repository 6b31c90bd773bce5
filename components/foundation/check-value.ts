/**
 * The checks that arguments of all components share. Each returns the problems of one value, and none for a value that
 * is left out: what is required is the type's business.
 */
import type { InputProblem } from "./input-problem";

const OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const IPV4_BLOCK = new RegExp(`^${OCTET}(\\.${OCTET}){3}/(3[0-2]|[12]?\\d)$`);

/** One of a fixed set. */
export function checkOneOf(
  path: string,
  got: string | number | undefined,
  allowed: readonly (string | number)[],
): readonly InputProblem[] {
  if (got === undefined || allowed.includes(got)) return [];
  return [{ path, must: `be one of ${allowed.join(", ")}`, got }];
}

/** A whole number between two others, both allowed. */
export function checkWhole(
  path: string,
  got: number | undefined,
  { min, max }: { readonly min: number; readonly max: number },
): readonly InputProblem[] {
  if (got === undefined || (Number.isInteger(got) && got >= min && got <= max)) return [];
  return [{ path, must: `be a whole number between ${min} and ${max}`, got }];
}

/** No value twice. */
export function checkUnique(path: string, got: readonly string[]): readonly InputProblem[] {
  const twice = got.filter((value, index) => got.indexOf(value) !== index);
  return twice.length === 0 ? [] : [{ path, must: "hold each value once", got: twice[0] }];
}

/** IPv4 blocks: at least one, and each once. */
export function checkBlocks(
  path: string,
  got: readonly string[] | undefined,
): readonly InputProblem[] {
  if (got === undefined) return [];
  if (got.length === 0) return [{ path, must: "hold a block", got }];
  const must = 'be an IPv4 block, such as "203.0.113.0/24"';
  return [
    ...checkUnique(path, got),
    ...got.flatMap((block, index) =>
      checkForm(`${path}[${index}]`, block, { pattern: IPV4_BLOCK, must }),
    ),
  ];
}

/** Text of a given form. */
export function checkForm(
  path: string,
  got: string | undefined,
  { pattern, must }: { readonly pattern: RegExp; readonly must: string },
): readonly InputProblem[] {
  return got === undefined || pattern.test(got) ? [] : [{ path, must, got }];
}
