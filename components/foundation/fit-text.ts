/**
 * Makes a text fit a rule of a service (which characters, how long), so that different texts stay different:
 * a text that fits is left alone, any other ends in a hash of the whole original.
 */
import { HASH_LENGTH, shortHash } from "./short-hash";

/** What a service accepts as a name or a label value. */
export interface TextRule {
  /** Most characters. */
  readonly lengthMax: number;
  /** The whole of an accepted text; without the `g` flag. */
  readonly accepted: RegExp;
  /** Matches one character that may not stand anywhere, with the `g` flag; it becomes a hyphen. */
  readonly refused: RegExp;
  /** Whether capitals are refused, and so lowered. */
  readonly isLowerCase: boolean;
}

/**
 * A text that the rule accepts: the text itself where it is accepted already, otherwise its accepted
 * characters, cut, followed by a hash of the original.
 * @example fitText("llama 3.1", gcpLabelValue) // "llama-3-1-6fcb5bf2"
 */
export function fitText(text: string, rule: TextRule): string {
  if (text.length <= rule.lengthMax && rule.accepted.test(text)) return text;
  const cased = rule.isLowerCase ? text.toLowerCase() : text;
  const clean = cased.replace(rule.refused, "-").replace(/-{2,}/g, "-");
  const head = clean
    .replace(/^[^a-zA-Z0-9]+/, "")
    .slice(0, rule.lengthMax - HASH_LENGTH - 2)
    .replace(/[^a-zA-Z0-9]+$/, "");
  const fitted = head === "" ? shortHash(text) : `${head}-${shortHash(text)}`;
  // Some services refuse a digit, or a word of their own, at the beginning.
  return rule.accepted.test(fitted) ? fitted : `x${fitted}`;
}
