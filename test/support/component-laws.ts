/**
 * What holds for every component, called by the test of each. The program makes a component the way a stack would, with
 * explicit providers; the laws look at everything that was registered.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { brokenCloudRules } from "./cloud-rules";
import { expectGolden } from "./golden";
import { changes, type EngineRun } from "./mini-engine/engine-run";
import { registered } from "./mini-engine/in-process";
import type { RegisteredResource } from "./mini-engine/registered-resource";
import type { EngineOptions } from "./mini-engine/resource-monitor";
import { untagged } from "./taggable";

/** A component under test. */
export interface ComponentCase {
  /** Name of the case, and of its golden. */
  readonly name: string;
  readonly program: () => Readonly<Record<string, unknown>> | undefined;
  /** Answers that the program needs. @default - none */
  readonly world?: Partial<EngineOptions>;
  /** Types that carry no tags although they could, with the reason. @default - none */
  readonly untaggedTypes?: Readonly<Record<string, string>>;
}

const isComponent = ({ type }: RegisteredResource): boolean => type.startsWith("capplan:");
const isChild = ({ type }: RegisteredResource): boolean => !type.startsWith("pulumi:");
const graphOf = ({ resources }: EngineRun) =>
  resources
    .map(({ urn, parent, provider, protect }) => ({ urn, parent, provider, protect }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));

/** Adds the laws to the suite that calls this. */
export function describeComponentLaws(one: ComponentCase): void {
  describe(`the laws of components, for ${one.name}`, () => {
    let up: EngineRun;
    beforeAll(async () => {
      up = await registered(one.program, one.world);
    });

    it("previews the graph that up makes, so nothing is made inside an apply", async () => {
      const preview = await registered(one.program, { ...one.world, isPreview: true });
      expect(graphOf(preview)).toEqual(graphOf(up));
    });

    it("changes nothing the second time", async () => {
      const second = await registered(one.program, { ...one.world, state: up.state });
      expect(changes(second)).toEqual([]);
    });

    it("gives each child a parent of the component, and a name that begins with the component's", () => {
      const components = new Map(up.resources.filter(isComponent).map((each) => [each.urn, each]));
      const strays = up.resources.filter(isChild).filter((each) => {
        if (isComponent(each)) return false;
        const parent = components.get(each.parent);
        return parent === undefined || !each.name.startsWith(`${parent.name}-`);
      });
      expect(components.size).toBeGreaterThan(0);
      expect(strays.map(({ urn }) => urn)).toEqual([]);
    });

    it("gives each resource an explicit provider", () => {
      const custom = up.resources.filter((each) => isChild(each) && each.isCustom);
      const placeless = custom.filter(({ provider }) => provider === "");
      expect(custom.length).toBeGreaterThan(0);
      expect(placeless.map(({ urn }) => urn)).toEqual([]);
    });

    it("registers outputs for each component", () => {
      const silent = up.resources
        .filter(isComponent)
        .filter(({ urn }) => Object.keys(up.registeredOutputs.get(urn)?.values ?? {}).length === 0);
      expect(silent.map(({ urn }) => urn)).toEqual([]);
    });

    it("uses only values that the clouds accept", () => {
      expect(brokenCloudRules(up.resources)).toEqual([]);
    });

    it("says on everything that can be tagged who pays for it", () => {
      expect(untagged(up.resources, one.untaggedTypes)).toEqual([]);
    });

    it("keeps the identity of every resource", () => {
      const urns = up.resources.map(
        ({ urn, protect }) =>
          `${urn.split("::").slice(2).join("::")}${protect ? " protected" : ""}`,
      );
      expectGolden(`component-${one.name}.txt`, `${urns.sort().join("\n")}\n`);
    });
  });
}
