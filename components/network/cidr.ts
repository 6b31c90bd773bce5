/**
 * Arithmetic of IPv4 blocks. Knows nothing of clouds.
 */

/** A block of addresses: all that share the first `prefix` bits of `base`. */
export interface CidrBlock {
  /** The lowest address, as an unsigned 32-bit number. */
  readonly base: number;
  /** Bits that are fixed, 0 to 32. */
  readonly prefix: number;
}

/** How many addresses a block of a prefix has. */
export function addressCount(prefix: number): number {
  return 2 ** (32 - prefix);
}

/**
 * Reads "10.0.0.0/16".
 * @returns undefined when the text is no block, or when the address is not the block's lowest.
 */
export function parseCidr(text: string): CidrBlock | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [first, second, third, fourth, prefix] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (Math.max(first, second, third, fourth) > 255 || prefix > 32) return undefined;
  const base = ((first * 256 + second) * 256 + third) * 256 + fourth;
  return base % addressCount(prefix) === 0 ? { base, prefix } : undefined;
}

/** Writes a block as "10.0.0.0/16". */
export function formatCidr({ base, prefix }: CidrBlock): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${bytes.join(".")}/${prefix}`;
}

/**
 * The part of a block with the given index, when the block is divided into parts of a longer prefix.
 * @throws RangeError when the block has no such part.
 * @example formatCidr(partOf(parseCidr("10.0.0.0/16")!, 18, 3)) // "10.0.192.0/18"
 */
export function partOf(block: CidrBlock, prefix: number, index: number): CidrBlock {
  const count = 2 ** (prefix - block.prefix);
  if (!Number.isInteger(count) || prefix > 32 || index < 0 || index >= count) {
    throw new RangeError(`${formatCidr(block)} has no /${prefix} with index ${index}`);
  }
  return { base: block.base + index * addressCount(prefix), prefix };
}

/** The address at an offset inside a block, as text. */
export function addressAt(block: CidrBlock, offset: number): string {
  return formatCidr({ base: block.base + offset, prefix: 32 }).replace("/32", "");
}

/** True when two blocks share an address. */
export function overlap(one: CidrBlock, other: CidrBlock): boolean {
  return (
    one.base < other.base + addressCount(other.prefix) &&
    other.base < one.base + addressCount(one.prefix)
  );
}

/** The ranges of RFC 1918, and that of RFC 6598, which both clouds allow inside a network. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map(
  (text) => parseCidr(text)!,
);

/** True when all addresses of a block are private. */
export function isPrivate(block: CidrBlock): boolean {
  return PRIVATE_RANGES.some(
    (range) =>
      block.base >= range.base &&
      block.base + addressCount(block.prefix) <= range.base + addressCount(range.prefix),
  );
}
