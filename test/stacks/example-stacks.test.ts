/** What holds for every stack of every fleet, each put up with what those before it have handed over. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { brokenCloudRules } from "../support/cloud-rules";
import { describeWithRules } from "../support/crd/check-rules";
import { describeWithDefinitions } from "../support/crd/definitions";
import { customResources } from "../support/crd/manifest";
import { manifestProblems } from "../support/crd/problems";
import { expectGolden } from "../support/golden";
import { changes, type EngineRun } from "../support/mini-engine/engine-run";
import { deletionOrder } from "../support/mini-engine/engine-state";
import type { RegisteredResource } from "../support/mini-engine/registered-resource";
import { untagged } from "../support/taggable";
import { FLEETS, fleetOf } from "./fleets";
import { referencedStacks, runExampleStack, type StackRun } from "./run-example";

/** Groups that are the server's own, or whose definitions do not lie in the shared folder. */
const UNDEFINED =
  /^(rbac\.authorization|networking|admissionregistration|scheduling|storage)\.k8s\.io\/|^leaderworkerset\.x-k8s\.io\/|^(external-secrets\.io|elbv2\.k8s\.aws)\/|^monitoring\.googleapis\.com\//;

const isPulumi = ({ type }: RegisteredResource): boolean => type.startsWith("pulumi:");
const isComponent = ({ type }: RegisteredResource): boolean => type.startsWith("capplan:");
const ofStack = (urn: string): string => urn.split("::").slice(2).join("::");
const graphOf = ({ resources }: EngineRun) =>
  resources
    .map(({ urn, parent, provider, protect }) => ({ urn, parent, provider, protect }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));

const twoRegions = fleetOf("two-regions-aws");

describe.each(FLEETS)("the stacks of $name", (fleet) => {
  let runs: readonly StackRun[];
  beforeAll(async () => {
    runs = await fleet.putUp();
  });
  /** Each stack once more, with what those before it have handed over. */
  const again = async (
    optionsOf: (run: EngineRun) => Parameters<typeof runExampleStack>[2],
    look: (one: EngineRun, first: EngineRun) => void,
  ): Promise<void> =>
    await fleet.inRoot(async (root) => {
      for (const [index, { stack, run }] of runs.entries()) {
        const stacks = referencedStacks(runs.slice(0, index));
        look(await runExampleStack(stack, stacks, optionsOf(run), root), run);
      }
    });
  const each = (look: (one: StackRun) => readonly unknown[]): readonly unknown[] =>
    runs.flatMap(look);

  it("are foundations, serving layers and an edge, in this order", () => {
    const layers = runs.map(({ stack }) => stack.layer);
    const regions = (layers.length - 1) / 2;
    expect(layers).toEqual([
      ...Array(regions).fill("foundation"),
      ...Array(regions).fill("serving"),
      "edge",
    ]);
  });

  it("preview the graph that up makes, so nothing is made inside an apply", async () => {
    await again(
      () => ({ isPreview: true }),
      (preview, run) => expect(graphOf(preview)).toEqual(graphOf(run)),
    );
  });

  it("change nothing the second time", async () => {
    await again(
      ({ state }) => ({ state }),
      (second) => expect(changes(second)).toEqual([]),
    );
  });

  it("keep the identity and the protection of every resource", () => {
    const lines = runs.flatMap(({ stack, run }) => [
      `# ${stack.name}`,
      ...run.resources
        .map(({ urn, protect }) => `${ofStack(urn)}${protect ? " protected" : ""}`)
        .sort(),
    ]);
    expectGolden(`stacks-${fleet.name}.txt`, `${lines.join("\n")}\n`);
  });

  it("give each resource the stack or a component as its parent, whose name begins its own", () => {
    const strays = each(({ run: { resources } }) => {
      const byUrn = new Map(resources.map((one) => [one.urn, one]));
      return resources
        .filter((one) => !isPulumi(one))
        .filter((one) => {
          const parent = byUrn.get(one.parent)!;
          if (parent.type === "pulumi:pulumi:Stack") return false;
          return !isComponent(parent) || !one.name.startsWith(parent.name);
        })
        .map(({ urn }) => urn);
    });
    expect(strays).toEqual([]);
  });

  it("give each resource an explicit provider, and in a region that of the region", () => {
    const wrong = each(({ stack, run: { resources } }) =>
      resources
        .filter((one) => one.isCustom && !isPulumi(one))
        .filter(({ type, provider }) => {
          const name = provider.split("::").at(-1);
          if (type.startsWith("kubernetes:")) return !provider.includes("kubernetes");
          return stack.layer !== "edge" && name !== stack.place;
        })
        .map(({ urn }) => urn),
    );
    expect(wrong).toEqual([]);
  });

  it("protect what cannot be made again, unless told otherwise", () => {
    const kept = runs.flatMap(({ run: { resources } }) =>
      resources.filter(({ protect }) => protect).map(({ type }) => type.split(/[:/]/)[1]),
    );
    if (fleet.name === "development") expect(kept).toEqual([]);
    else expect(new Set(kept).size).toBeGreaterThan(3);
  });

  it("use only values that the clouds accept", () => {
    expect(each(({ run }) => brokenCloudRules(run.resources))).toEqual([]);
  });

  it("say on everything that can be tagged who pays for it, and which plan asked for it", () => {
    expect(each(({ run }) => untagged(run.resources))).toEqual([]);
    const digest = runs[0]!.stack.config["capplan:planDigest"]!.slice(0, 12);
    const unplanned = each(({ run: { resources } }) =>
      resources
        .filter(({ inputs }) => "tags" in inputs || "labels" in inputs)
        .filter(
          ({ inputs }) => !JSON.stringify(inputs["tags"] ?? inputs["labels"]).includes(digest),
        )
        .map(({ urn }) => urn),
    );
    expect(unplanned).toEqual([]);
  });

  it("say where every derived value comes from", () => {
    for (const { run } of runs) {
      const derivations = run.stackOutputs.values["derivations"] as {
        readonly what: string;
        readonly because: string;
      }[];
      expect(derivations.length).toBeGreaterThan(5);
      expect(derivations.filter(({ because }) => because.length < 5)).toEqual([]);
      const whats = derivations.map(({ what }) => what);
      expect(whats.filter((what, index) => whats.indexOf(what) < index)).toEqual([]);
    }
  });

  it("are taken down from what needs to what is needed", () => {
    for (const { run } of runs) {
      const order = deletionOrder(run.resources);
      const position = new Map(order.map((urn, index) => [urn, index]));
      for (const { urn, parent, provider, dependencies } of run.resources) {
        for (const needed of [parent, provider, ...dependencies]) {
          if (!position.has(needed)) continue;
          expect(position.get(urn)!).toBeLessThan(position.get(needed)!);
        }
      }
    }
  });

  describeWithDefinitions("the objects of Kubernetes", () => {
    describeWithRules("with rules", () => {
      it("are what the definitions and their CEL rules take", () => {
        const objects = runs
          .flatMap(({ run }) => customResources(run.resources))
          .filter(({ apiVersion }) => !UNDEFINED.test(apiVersion));
        expect(objects.length).toBeGreaterThan(5);
        expect(objects.flatMap(manifestProblems)).toEqual([]);
      });
    });
  });
});

describe("a secret of a stack", () => {
  it("is nowhere in plain text", async () => {
    const runs = await twoRegions.putUp();
    const serving = runs.find(({ stack }) => stack.layer === "serving")!;
    const secret = serving.stack.config["capplan:redisUrl"]!;
    const holding = serving.run.resources.filter((one) =>
      JSON.stringify(one.inputs).includes(secret),
    );
    expect(holding.length).toBeGreaterThan(0);
    for (const { inputs, secretPaths } of holding) {
      expect(secretPaths.length).toBeGreaterThan(0);
      for (const [key, value] of Object.entries(inputs)) {
        if (!JSON.stringify(value).includes(secret)) continue;
        expect(secretPaths.some((path) => path === key || path.startsWith(`${key}.`))).toBe(true);
      }
    }
    for (const { run } of runs) {
      expect(JSON.stringify(run.stackOutputs.values)).not.toContain(secret);
    }
  });
});

describe("what needs another in a serving layer", () => {
  it("goes before it: routes before the namespace, scalers before KEDA", async () => {
    const runs = await twoRegions.putUp();
    const { run } = runs.find(({ stack }) => stack.layer === "serving")!;
    const order = deletionOrder(run.resources);
    const position = (type: string, name: RegExp): number =>
      order.findIndex((urn) => urn.includes(type) && name.test(urn));
    const route = position("HTTPRoute", /policy|route/);
    const namespace = position("core/v1:Namespace", /serving-namespace/);
    const scaler = position("ScaledObject", /scaler/);
    const keda = position("helm.sh/v3:Release", /keda/);
    for (const found of [route, namespace, scaler, keda]) expect(found).toBeGreaterThanOrEqual(0);
    expect(route).toBeLessThan(namespace);
    expect(scaler).toBeLessThan(keda);
  });
});
