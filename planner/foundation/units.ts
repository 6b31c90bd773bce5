/**
 * Readable quantities, read into base units: seconds, requests per second, bytes, bytes per second, tokens,
 * shares (0…1) and US dollars. `K`, `M`, `G`, `T` are powers of 1000 and `Ki`, `Mi`, `Gi`, `Ti` powers of
 * 1024, in every unit: 8k tokens are 8,000, 8Ki are 8,192. Writing them back is `format-units.ts`.
 */

/** A quantity that was understood, in base units, or a sentence that says why not. */
export type ReadQuantity =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string };

const NUMBER = String.raw`[0-9](?:[0-9_,]*[0-9])?(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+`;
const NUMBER_AND_UNIT = new RegExp(`^(${NUMBER})\\s*(.*)$`);
const DURATION_PART = new RegExp(`^(${NUMBER})\\s*([a-zµμ]+)\\s*`);

const SECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  d: 86400,
  day: 86400,
  days: 86400,
  w: 604800,
  week: 604800,
  weeks: 604800,
};

const PREFIX_FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

const good = (value: number): ReadQuantity => ({ ok: true, value });
const bad = (message: string): ReadQuantity => ({ ok: false, message });

/** Text of a value as a person would recognise it in the file. */
export function quoteValue(value: unknown): string {
  if (typeof value === "string") return `"${value.length > 60 ? `${value.slice(0, 57)}…` : value}"`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null || value === undefined) return "nothing";
  return Array.isArray(value) ? "a list" : "a map";
}

function parseNumber(text: string): number | undefined {
  const grouped = /,/.test(text) && !/^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$/.test(text);
  const value = grouped ? Number.NaN : Number(text.replace(/[_,]/g, ""));
  return Number.isFinite(value) ? value : undefined;
}

/** What is wrong before any unit is looked at: not text, empty, negative, not finite. */
function refuse(value: unknown, expected: string): string | undefined {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return `must be finite, got ${value}; write ${expected}`;
    return value < 0 ? `must not be negative, got ${value}` : undefined;
  }
  if (typeof value !== "string") return `expected ${expected}, got ${quoteValue(value)}`;
  const text = value.trim();
  if (text === "") return `expected ${expected}, got an empty text`;
  if (/^[-−]\s*[0-9.$]/.test(text)) return `must not be negative, got ${quoteValue(value)}`;
  if (/^[+-]?\.?(nan|inf|infinity)$/i.test(text)) return `must be finite, got ${quoteValue(value)}`;
  return undefined;
}

/** `90s`, `250 ms`, `1h30m`, `4 d` → seconds. A bare number has no unit and is refused, except 0. */
export function readDuration(value: unknown): ReadQuantity {
  const expected = "a duration such as 250 ms, 90 s, 15 min, 1h30m, 24h or 4 d";
  const refusal = refuse(value, expected);
  if (refusal !== undefined) return bad(refusal);
  let rest = String(value).trim();
  if (Number(rest) === 0) return good(0);
  if (/^[0-9.,_eE+]+$/.test(rest)) {
    return bad(`a duration needs a unit (ms, s, min, h, d), got ${quoteValue(value)}`);
  }
  let seconds = 0;
  let smallest = Number.POSITIVE_INFINITY;
  while (rest !== "") {
    const part = DURATION_PART.exec(rest);
    const amount = part === null ? undefined : parseNumber(part[1] ?? "");
    if (part === null || amount === undefined) {
      return bad(`expected ${expected}, got ${quoteValue(value)}`);
    }
    const unit = part[2] ?? "";
    const factor = Object.hasOwn(SECONDS_PER_UNIT, unit) ? SECONDS_PER_UNIT[unit] : undefined;
    if (factor === undefined) {
      return bad(
        `unknown unit "${unit}" in ${quoteValue(value)}; use ns, us, ms, s, min, h, d or w`,
      );
    }
    if (factor >= smallest) {
      return bad(`units must go from large to small, each once, got ${quoteValue(value)}`);
    }
    smallest = factor;
    seconds += amount * factor;
    rest = rest.slice(part[0].length);
  }
  return finite(seconds, value);
}

/** `40/s`, `2.5/min`, `1000/h` → per second. A bare number has no unit and is refused, except 0. */
export function readRate(value: unknown): ReadQuantity {
  const expected = "a rate such as 40/s, 2.5/min or 1000/h";
  const refusal = refuse(value, expected);
  if (refusal !== undefined) return bad(refusal);
  const text = String(value).trim();
  if (Number(text) === 0) return good(0);
  const match = new RegExp(`^(${NUMBER})\\s*([kKM]?)\\s*(?:/|per)\\s*([a-z]+)$`).exec(text);
  const amount = match === null ? parseNumber(text) : parseNumber(match[1] ?? "");
  if (match === null) {
    return amount === undefined
      ? bad(`expected ${expected}, got ${quoteValue(value)}`)
      : bad(`a rate needs a unit (/s, /min, /h, /d), got ${quoteValue(value)}`);
  }
  const unit = match[3] ?? "";
  const seconds = Object.hasOwn(SECONDS_PER_UNIT, unit) ? SECONDS_PER_UNIT[unit] : undefined;
  if (seconds === undefined || seconds < 1) {
    return bad(`unknown unit "/${unit}" in ${quoteValue(value)}; use /s, /min, /h or /d`);
  }
  if (amount === undefined) return bad(`expected ${expected}, got ${quoteValue(value)}`);
  return finite((amount * (PREFIX_FACTORS[match[2] ?? ""] ?? 1)) / seconds, value);
}

/** Splits `80 GiB` into its number and its unit. */
function splitUnit(value: string): { readonly amount: number; readonly unit: string } | undefined {
  const match = NUMBER_AND_UNIT.exec(value.trim());
  const amount = match === null ? undefined : parseNumber(match[1] ?? "");
  return match === null || amount === undefined ? undefined : { amount, unit: match[2] ?? "" };
}

/** `80 GiB`, `40 GB`, `512 MiB` → bytes. */
export function readBytes(value: unknown): ReadQuantity {
  const expected = "bytes such as 80 GiB, 40 GB or 512 MiB";
  const refusal = refuse(value, expected);
  if (refusal !== undefined) return bad(refusal);
  const parts = splitUnit(String(value));
  if (parts === undefined) return bad(`expected ${expected}, got ${quoteValue(value)}`);
  if (parts.amount === 0 && parts.unit === "") return good(0);
  if (parts.unit === "") {
    return bad(`needs a unit (B, kB, MB, GB, KiB, MiB, GiB), got ${quoteValue(value)}`);
  }
  const prefix = parts.unit.replace(/B$/, "");
  const factor = Object.hasOwn(PREFIX_FACTORS, prefix) ? PREFIX_FACTORS[prefix] : undefined;
  if (!parts.unit.endsWith("B") || factor === undefined) {
    return bad(
      `unknown unit "${parts.unit}" in ${quoteValue(value)}; use B, kB, MB, GB, TB, KiB, MiB, GiB or TiB`,
    );
  }
  return finite(parts.amount * factor, value);
}

/** `400 Gbps` (bits), `50 GB/s` (bytes) → bytes per second. */
export function readBandwidth(value: unknown): ReadQuantity {
  const expected = "a bandwidth such as 400 Gbps or 50 GB/s";
  const refusal = refuse(value, expected);
  if (refusal !== undefined) return bad(refusal);
  const parts = splitUnit(String(value));
  if (parts === undefined) return bad(`expected ${expected}, got ${quoteValue(value)}`);
  if (parts.unit === "")
    return bad(`a bandwidth needs a unit (Gbps, GB/s), got ${quoteValue(value)}`);
  const match = /^([kKMGT]i?)?(bps|bit\/s|b\/s|B\/s)$/.exec(parts.unit);
  const factor = match === null ? undefined : PREFIX_FACTORS[match[1] ?? ""];
  if (match === null || factor === undefined) {
    return bad(
      `unknown unit "${parts.unit}" in ${quoteValue(value)}; use Gbps, Tbps (bits), GB/s or GiB/s (bytes)`,
    );
  }
  const bitsOrBytes = match[2] === "B/s" ? 1 : 1 / 8;
  return finite(parts.amount * factor * bitsOrBytes, value);
}

/** `8k` (8,000), `8Ki` (8,192), `128K`, `512` → tokens. */
export function readTokens(value: unknown): ReadQuantity {
  const expected = "tokens such as 1200, 8k (8,000) or 8Ki (8,192)";
  const refusal = refuse(value, expected);
  if (refusal !== undefined) return bad(refusal);
  const parts = splitUnit(String(value));
  if (parts === undefined) return bad(`expected ${expected}, got ${quoteValue(value)}`);
  const prefix = parts.unit.replace(/\s*tokens?$/, "");
  const factor = Object.hasOwn(PREFIX_FACTORS, prefix) ? PREFIX_FACTORS[prefix] : undefined;
  if (factor === undefined) {
    return bad(
      `unknown unit "${parts.unit}" in ${quoteValue(value)}; use k, M (× 1000), Ki or Mi (× 1024)`,
    );
  }
  return finite(parts.amount * factor, value);
}

/** `95%` or `0.95` → 0.95. More than 1 is refused, with `%` as the likely fix. */
export function readShare(value: unknown): ReadQuantity {
  const expected = "a share such as 0.95 or 95%";
  const refusal = refuse(value, expected);
  if (refusal !== undefined) return bad(refusal);
  const parts = splitUnit(String(value));
  if (parts === undefined || (parts.unit !== "" && parts.unit !== "%")) {
    return bad(`expected ${expected}, got ${quoteValue(value)}`);
  }
  const share = parts.unit === "%" ? parts.amount / 100 : parts.amount;
  if (share <= 1) return good(share);
  const likely = parts.unit === "" && share <= 100 ? `; did you mean ${share}%?` : "";
  return bad(`must be at most 1 (100%), got ${quoteValue(value)}${likely}`);
}

/** `$2.50`, `$98.32/h`, `2.5` → US dollars (per hour where the context says so). */
export function readDollars(value: unknown): ReadQuantity {
  const expected = "dollars such as $2.50 or 2.50";
  const refusal = refuse(value, expected);
  if (refusal !== undefined) return bad(refusal);
  const match = new RegExp(`^\\$?\\s*(${NUMBER})\\s*(?:/\\s*(?:h|hour))?$`).exec(
    String(value).trim(),
  );
  const amount = match === null ? undefined : parseNumber(match[1] ?? "");
  return amount === undefined
    ? bad(`expected ${expected}, got ${quoteValue(value)}`)
    : good(amount);
}

function finite(number: number, given: unknown): ReadQuantity {
  return Number.isFinite(number) ? good(number) : bad(`is too large, got ${quoteValue(given)}`);
}
