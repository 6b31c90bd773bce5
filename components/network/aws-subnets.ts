/**
 * Which addresses each subnet of a VPC gets. A zone's share depends on the letter of the zone alone, so adding or
 * removing a zone moves no subnet of another: a moved subnet is replaced, with everything in it.
 *
 * The block of the VPC is divided into eight, one part for each zone letter a to h (no region has more zones). Half of
 * a part is private (nodes and pods), an eighth public (NAT gateways, load balancers); the rest stays free.
 */
import { type CidrBlock, formatCidr, partOf } from "./cidr";

/** Bits that tell eight zones apart. */
const ZONE_BITS = 3;
/** Zone letters that have a share. */
const LETTERS = "abcdefgh";

/** Prefixes of a VPC whose subnets are neither larger than /16 nor smaller than /28, which AWS refuses. */
export const VPC_PREFIX = { min: 16, max: 22 } as const;

/** The two subnets of a zone. */
export interface ZoneSubnets {
  readonly zone: string;
  readonly privateCidr: string;
  readonly publicCidr: string;
}

/**
 * The letter of an availability zone.
 * @returns undefined when the text does not name a zone of the region; local and wavelength zones have no letter.
 * @example zoneLetter("us-east-1", "us-east-1b") // "b"
 */
export function zoneLetter(region: string, zone: string): string | undefined {
  const letter = zone.slice(region.length);
  return zone.startsWith(region) && letter.length === 1 && LETTERS.includes(letter)
    ? letter
    : undefined;
}

/**
 * The subnets of each zone, in the order of the zones.
 * @param zones Names of zones of `region`, checked before.
 */
export function subnetsOf(
  vpc: CidrBlock,
  region: string,
  zones: readonly string[],
): readonly ZoneSubnets[] {
  return zones.map((zone) => {
    const slot = LETTERS.indexOf(zoneLetter(region, zone) ?? "");
    const share = partOf(vpc, vpc.prefix + ZONE_BITS, slot);
    return {
      zone,
      privateCidr: formatCidr(partOf(share, share.prefix + 1, 0)),
      // The first eighth of the second half.
      publicCidr: formatCidr(partOf(share, share.prefix + 3, 4)),
    };
  });
}
