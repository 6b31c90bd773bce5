import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  type NamedService,
  nameRules,
  physicalName,
} from "../../../components/foundation/physical-name";

const services = Object.keys(nameRules) as NamedService[];
const service = fc.constantFrom(...services);
/** Names as people write them, and as machines join them. */
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 300, unit: "binary" }),
  fc.stringMatching(/^[a-z0-9-]{1,200}$/),
  fc.stringMatching(/^(internal-|goog|-|\d)[A-Za-z_.]{1,90}$/),
);

describe("physicalName", () => {
  it("for all services and names, gives a name that the service accepts", () => {
    fc.assert(
      fc.property(service, name, (one, text) => {
        const rule = nameRules[one];
        const cut = physicalName(one, text);
        expect(cut.length).toBeLessThanOrEqual(rule.lengthMax);
        expect(cut).toMatch(rule.accepted);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  it("for all services, leaves an accepted name alone, so naming twice changes nothing", () => {
    fc.assert(
      fc.property(service, name, (one, text) => {
        const once = physicalName(one, text);
        expect(physicalName(one, once)).toBe(once);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("for all long names that differ at the end only, stays different", () => {
    fc.assert(
      fc.property(service, fc.stringMatching(/^[a-z]{600}$/), (one, stem) => {
        expect(physicalName(one, `${stem}a`)).not.toBe(physicalName(one, `${stem}b`));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("keeps names apart that differ only in what the service refuses", () => {
    expect(physicalName("gkeCluster", "support_eu")).not.toBe(
      physicalName("gkeCluster", "support.eu"),
    );
    expect(physicalName("gkeCluster", "Support")).not.toBe(physicalName("gkeCluster", "support"));
  });

  // Limits from the services' own pages, by hand: the table under test may not vouch for itself.
  const limits: readonly [NamedService, number][] = [
    ["awsIamRole", 64],
    ["awsLoadBalancer", 32],
    ["eksCluster", 100],
    ["gkeCluster", 40],
    ["gkeNodePool", 40],
    ["gcpServiceAccount", 30],
    ["gcpNetwork", 63],
    ["kubernetesName", 63],
  ];
  it.each(limits)("cuts a long name of %s to %d characters at most", (one, limit) => {
    const cut = physicalName(one, `support-${"assistant".repeat(80)}`);
    expect(cut.length).toBeGreaterThan(limit - 4);
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(cut).toMatch(/^support-assistant.*-[0-9a-f]{8}$/);
  });

  it("never begins with the word that the service keeps for itself", () => {
    expect(physicalName("awsLoadBalancer", "internal-support")).toMatch(/^xinternal-support-/);
    expect(physicalName("pubsubTopic", "google-requests")).toMatch(/^xgoogle-requests-/);
  });
});
