import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { subnetsOf, VPC_PREFIX, zoneLetter } from "../../../components/network/aws-subnets";
import { addressCount, overlap, parseCidr, partOf } from "../../../components/network/cidr";

const vpc = fc
  .record({
    prefix: fc.integer(VPC_PREFIX),
    index: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ prefix, index }) => partOf(parseCidr("10.0.0.0/8")!, prefix, index));
const zones = fc
  .uniqueArray(fc.constantFrom(..."abcdefgh"), { minLength: 1, maxLength: 8 })
  .map((letters) => letters.map((letter) => `us-east-1${letter}`));

describe("subnetsOf", () => {
  it("for all blocks and zones, lies inside the VPC and overlaps nowhere", () => {
    fc.assert(
      fc.property(vpc, zones, (block, names) => {
        const subnets = subnetsOf(block, "us-east-1", names)
          .flatMap(({ privateCidr, publicCidr }) => [privateCidr, publicCidr])
          .map((text) => parseCidr(text)!);
        expect(subnets).toHaveLength(2 * names.length);
        subnets.forEach((subnet, index) => {
          // AWS: docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html.
          expect(subnet.prefix).toBeGreaterThanOrEqual(16);
          expect(subnet.prefix).toBeLessThanOrEqual(28);
          expect(subnet.base).toBeGreaterThanOrEqual(block.base);
          expect(subnet.base + addressCount(subnet.prefix)).toBeLessThanOrEqual(
            block.base + addressCount(block.prefix),
          );
          for (const other of subnets.slice(index + 1)) expect(overlap(subnet, other)).toBe(false);
        });
      }),
      { seed: 1 },
    );
  });

  it("for all zones, gives a zone the same subnets whatever the others are", () => {
    fc.assert(
      fc.property(vpc, zones, (block, names) => {
        const together = subnetsOf(block, "us-east-1", names);
        names.forEach((zone, index) => {
          expect(subnetsOf(block, "us-east-1", [zone])).toEqual([together[index]]);
        });
      }),
      { seed: 2 },
    );
  });

  it("gives a zone of a /16 4096 private and 1024 public addresses", () => {
    expect(subnetsOf(parseCidr("10.0.0.0/16")!, "us-east-1", ["us-east-1b"])).toEqual([
      { zone: "us-east-1b", privateCidr: "10.0.32.0/20", publicCidr: "10.0.48.0/22" },
    ]);
  });
});

describe("zoneLetter", () => {
  it.each([
    ["us-east-1", "us-east-1f", "f"],
    ["us-east-1", "us-east-1-bos-1a", undefined],
    ["us-east-1", "us-east-2a", undefined],
    ["us-east-1", "us-east-1", undefined],
    ["us-east-1", "us-east-1z", undefined],
  ])("in %s, of %s, is %s", (region, zone, letter) => {
    expect(zoneLetter(region, zone)).toBe(letter);
  });
});
