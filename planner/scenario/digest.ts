/**
 * Identities of plain values. That of a resolved scenario: equal digests, equal results for equal versions of this
 * library. SHA-256 over JSON with sorted keys; columns of traces are hashed as bytes (little-endian) instead of being
 * written out, and where a trace was read from does not count.
 */
import { createHash } from "node:crypto";

const DIGEST_CHARACTERS = 12;

/** First 12 hex digits of the SHA-256 of the canonical form. */
export function digestOf(value: object): string {
  return fullDigestOf(value).slice(0, DIGEST_CHARACTERS);
}

/** All 64 hex digits of it. */
export function fullDigestOf(value: object): string {
  return sha256(canonicalJson(value));
}

/** JSON with sorted keys, without what is undefined, and with numbers that JSON does not have as words. */
function canonicalJson(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (ArrayBuffer.isView(value)) return `"${bytesDigest(value)}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const isTrace = "arrivalSeconds" in value;
    const entries = Object.entries(value)
      .filter(([key, field]) => field !== undefined && !(isTrace && key === "source"))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${entries.join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function bytesDigest(view: ArrayBufferView): string {
  return sha256(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}
