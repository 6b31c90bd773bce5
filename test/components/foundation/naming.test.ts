import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { childName } from "../../../components/foundation/child-name";
import { componentType } from "../../../components/foundation/component-type";
import { shortHash } from "../../../components/foundation/short-hash";

describe("componentType", () => {
  it("names the project, the folder and the class", () => {
    expect(componentType("cluster", "EksGpuCluster")).toBe("capplan:cluster:EksGpuCluster");
  });
});

describe("childName", () => {
  it("for all parents and parts, begins with the parent's name and holds every part", () => {
    const word = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
    fc.assert(
      fc.property(word, word, word, (parent, first, second) => {
        expect(childName(parent, first, second)).toBe(`${parent}-${first}-${second}`);
      }),
      { seed: 1 },
    );
  });
});

describe("shortHash", () => {
  it("is the beginning of SHA-256", () => {
    // FIPS 180-4, the example message "abc".
    expect(shortHash("abc")).toBe("ba7816bf");
  });
});
