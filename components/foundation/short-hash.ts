/**
 * A short digest that stays the same for the same text on every machine: what keeps two long names apart
 * once they are cut.
 */
import { createHash } from "node:crypto";

/** Characters of a short hash: 32 bits, so two of a thousand names collide once in 8,600 fleets. */
export const HASH_LENGTH = 8;

/** The first eight hexadecimal digits of the SHA-256 of a text. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
}
