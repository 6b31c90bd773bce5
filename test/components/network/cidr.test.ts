import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  addressAt,
  addressCount,
  type CidrBlock,
  formatCidr,
  isPrivate,
  overlap,
  parseCidr,
  partOf,
} from "../../../components/network/cidr";

/** Blocks whose base is the lowest address of the block. */
const block: fc.Arbitrary<CidrBlock> = fc
  .record({
    prefix: fc.integer({ min: 0, max: 32 }),
    bits: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .map(({ prefix, bits }) => ({ prefix, base: bits - (bits % 2 ** (32 - prefix)) }));

describe("parseCidr", () => {
  it("for all blocks, reads what formatCidr writes", () => {
    fc.assert(
      fc.property(block, (one) => {
        expect(parseCidr(formatCidr(one))).toEqual(one);
      }),
      { seed: 1 },
    );
  });

  it.each(["10.0.0.0", "10.0.0.1/16", "10.0.0.0/33", "256.0.0.0/8", "10.0.0/16", "fd00::/8", ""])(
    "fails when the text is %j",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );
});

describe("partOf", () => {
  it("for all blocks, divides them into disjoint parts that cover them", () => {
    fc.assert(
      fc.property(block, fc.integer({ min: 0, max: 5 }), (one, bits) => {
        fc.pre(one.prefix + bits <= 32);
        const parts = Array.from({ length: 2 ** bits }, (_, index) =>
          partOf(one, one.prefix + bits, index),
        );
        expect(parts[0]!.base).toBe(one.base);
        parts.slice(1).forEach((part, index) => {
          const before = parts[index]!;
          expect(part.base).toBe(before.base + addressCount(before.prefix));
          expect(overlap(before, part)).toBe(false);
        });
        expect(parts.length * addressCount(one.prefix + bits)).toBe(addressCount(one.prefix));
      }),
      { seed: 2 },
    );
  });

  it("fails when the block has no such part", () => {
    expect(() => partOf({ base: 0, prefix: 16 }, 18, 4)).toThrow(RangeError);
    expect(() => partOf({ base: 0, prefix: 16 }, 15, 0)).toThrow(RangeError);
  });
});

describe("addresses", () => {
  it("are written as text", () => {
    expect(addressAt(parseCidr("10.0.224.0/19")!, 2)).toBe("10.0.224.2");
  });

  // RFC 1918 section 3, RFC 6598 section 7.
  it.each([
    ["10.0.0.0/8", true],
    ["172.31.0.0/16", true],
    ["172.32.0.0/16", false],
    ["192.168.0.0/16", true],
    ["100.64.0.0/10", true],
    ["8.0.0.0/7", false],
    ["11.0.0.0/16", false],
  ])("of %s are private: %j", (text, expected) => {
    expect(isPrivate(parseCidr(text)!)).toBe(expected);
  });
});
