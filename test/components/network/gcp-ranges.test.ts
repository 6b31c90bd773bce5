import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { overlap, parseCidr, partOf } from "../../../components/network/cidr";
import { NETWORK_PREFIX, nodesWithin, rangesOf } from "../../../components/network/gcp-ranges";

describe("rangesOf", () => {
  it("for all blocks, divides them into disjoint ranges that the services accept", () => {
    fc.assert(
      fc.property(fc.integer(NETWORK_PREFIX), fc.integer({ min: 0, max: 15 }), (prefix, index) => {
        const block = partOf(parseCidr("10.0.0.0/8")!, prefix, index);
        const { nodes, pods, services, proxies, apiAddress } = rangesOf(block);
        const parts = [nodes, pods, services, proxies, `${apiAddress}/32`].map(
          (text) => parseCidr(text)!,
        );
        parts.forEach((part, position) => {
          expect(overlap(part, block)).toBe(true);
          expect(part.prefix).toBeGreaterThan(block.prefix);
          for (const other of parts.slice(position + 1)) expect(overlap(part, other)).toBe(false);
        });
        // cloud.google.com/load-balancing/docs/proxy-only-subnets: /26 or larger.
        expect(parts[3]!.prefix).toBeLessThanOrEqual(26);
        // cloud.google.com/kubernetes-engine/docs/concepts/alias-ips: services /27 or larger, pods /21 or larger.
        expect(parts[2]!.prefix).toBeLessThanOrEqual(27);
        expect(parts[1]!.prefix).toBeLessThanOrEqual(21);
      }),
      { seed: 1 },
    );
  });
});

describe("nodesWithin", () => {
  // The table of cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr: pods per node, block per node.
  it.each([
    [8, 28],
    [16, 27],
    [32, 26],
    [64, 25],
    [110, 24],
    [128, 24],
    [256, 23],
  ])("for %d pods per node reserves a /%d for each", (podsPerNodeMax, prefix) => {
    const pods = parseCidr("10.64.0.0/17")!;
    expect(nodesWithin(pods, podsPerNodeMax)).toBe(2 ** (prefix - 17));
  });
});
