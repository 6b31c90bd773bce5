import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { describeProblem, PlannerError } from "../../../planner/foundation/errors";
import { applyOverrides } from "../../../planner/scenario/apply-overrides";
import { parseScenario, readScenarioText } from "../../../planner/scenario/parse-scenario";
import { problemsIn, SMALL_SCENARIO } from "../../support/scenario-text";

describe("parseScenario", () => {
  it("reads quantities into base units and fills nothing in", () => {
    const spec = parseScenario(SMALL_SCENARIO);
    expect(spec).toEqual({
      version: 1,
      name: "small",
      horizon: { duration: 600, warmUp: 60 },
      workloads: {
        chat: {
          model: "llama-3.1-8b-instruct",
          arrivals: { rate: 5 },
          tokens: { input: 1000, output: 200 },
        },
      },
      fleet: {
        regions: {
          "us-east-1": {
            pools: {
              h100: { model: "llama-3.1-8b-instruct", instanceType: "p5.4xlarge", replicas: 1 },
            },
          },
        },
      },
    });
  });

  it("reads JSON, also with tabs, and a byte order mark", () => {
    const json = JSON.stringify(readScenarioText(SMALL_SCENARIO, "small"), undefined, "\t");
    expect(parseScenario(`\uFEFF${json}`)).toEqual(parseScenario(SMALL_SCENARIO));
  });

  it("takes anchors that are used a few times", () => {
    const text = SMALL_SCENARIO.replace(
      "{ input: 1000, output: 200 }",
      "{ input: &n 1k, output: *n }",
    );
    expect(parseScenario(text).workloads["chat"]?.tokens).toEqual({ input: 1000, output: 1000 });
  });

  it("takes what pools have in common from one of them", () => {
    const text = SMALL_SCENARIO.replace(
      /h100: \{([^}]*)\}/,
      "h100: &common {$1}\n        more: { <<: *common, replicas: 2 }",
    );
    const pools = parseScenario(text).fleet?.regions["us-east-1"]?.pools;
    expect(pools?.["more"]).toEqual({ ...pools?.["h100"], replicas: 2 });
  });

  it.each([
    ["{ constant: 5 }", { constant: 5 }],
    ["{ uniform: { min: 1, max: 1Ki } }", { uniform: { min: 1, max: 1024 } }],
    ["{ exponential: { mean: 2k } }", { exponential: { mean: 2000 } }],
    ["{ normal: { mean: 5, sd: 2, min: 1 } }", { normal: { mean: 5, sd: 2, min: 1 } }],
    [
      "{ lognormal: { median: 5, sigma: 1, max: 8k } }",
      { lognormal: { median: 5, sigma: 1, max: 8000 } },
    ],
    ["{ lognormal: { mean: 5, cv: 1 } }", { lognormal: { mean: 5, cv: 1 } }],
    ["{ lognormal: { p50: 5, p99: 9 } }", { lognormal: { p50: 5, p99: 9 } }],
    ["{ gamma: { mean: 5, cv: 1 } }", { gamma: { mean: 5, cv: 1 } }],
    ["{ quantiles: { p0: 1, p50: 4, p100: 9 } }", { quantiles: { p0: 1, p50: 4, p100: 9 } }],
  ])("reads the distribution %s", (text, expected) => {
    const spec = parseScenario(SMALL_SCENARIO, {
      overrides: [`workloads.chat.tokens.input=${text}`],
    });
    expect(spec.workloads["chat"]?.tokens).toMatchObject({ input: expected });
  });

  it("for all texts, answers with a scenario or with problems, and nothing else", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 80 }), fc.json()), (text) => {
        try {
          parseScenario(text);
        } catch (error) {
          expect(error).toBeInstanceOf(PlannerError);
          expect((error as PlannerError).problems.length).toBeGreaterThan(0);
        }
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it("for all values at any place, answers with a scenario or with problems below that place", () => {
    const places = [
      "horizon",
      "workloads.chat.arrivals",
      "workloads.chat.tokens",
      "workloads.chat.tenants",
      "workloads.chat.slo",
      "fleet.regions.us-east-1.pools.h100",
      "fleet.regions.us-east-1.pools.h100.engine",
      "fleet.routing",
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        notNull(fc.jsonValue({ maxDepth: 3 })),
        (place, value) => {
          const problems = problemsIn(() =>
            parseScenario(SMALL_SCENARIO, { overrides: [`${place}=${JSON.stringify(value)}`] }),
          );
          for (const { path } of problems) expect(path.startsWith(place)).toBe(true);
        },
      ),
      { seed: 1, numRuns: 400 },
    );
  });
});

/** `null` on a command line takes a key out. */
function notNull(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return values.filter((value) => value !== null);
}

describe("applyOverrides", () => {
  it("sets values, entries of lists and maps that are not there, and leaves its input alone", () => {
    const raw = Object.freeze({
      a: Object.freeze({ b: Object.freeze([1, Object.freeze({ c: 2 })]) }),
    });
    const changed = applyOverrides(raw, [
      "a.b[1].c=3",
      "a.b[0]=9",
      "x.y.z={k: [1]}",
      "t=40/s",
      "n=~",
    ]);
    expect(changed).toEqual({
      a: { b: [9, { c: 3 }] },
      x: { y: { z: { k: [1] } } },
      t: "40/s",
      n: null,
    });
  });

  it("takes out what is set to null, also where there is nothing", () => {
    const raw = { a: { b: 1, c: 2 }, list: [1, 2] };
    expect(applyOverrides(raw, ["a.b=null", "x.y= null", "list[0]=null"])).toEqual({
      a: { c: 2 },
      x: {},
      list: [null, 2],
    });
    expect(raw.a.b).toBe(1);
  });

  it("lets the last of two win, and keeps an equals sign of the value", () => {
    expect(applyOverrides({}, ["a=1", "a=2", "b=x=y"])).toEqual({ a: 2, b: "x=y" });
  });

  it.each([
    ["a", "--set a: expected path=value; for example --set workloads.chat.arrivals.rate=80/s"],
    ["=1", "--set =1: expected path=value; for example --set workloads.chat.arrivals.rate=80/s"],
    ["a..b=1", '--set a..b=1: expected a dotted path such as a.b[0].c, got "a..b"'],
    ["a[x]=1", '--set a[x]=1: expected a dotted path such as a.b[0].c, got "a[x]"'],
    ["list[7]=1", "--set list[7]=1: list has 2 entries, so there is no [7]"],
    ["text[0]=1", "--set text[0]=1: text is no list, so it has no entry [0]"],
    ["text.x=1", '--set text.x=1: cannot set "x" in text, which is "words"'],
    ["list.x=1", '--set list.x=1: cannot set "x" in list, which is a list'],
    ["a={", "--set a={: the value is not valid YAML: flow map must end with a }"],
    ["a=*x", "--set a=*x: the value is not valid YAML: an alias has no anchor"],
  ])("fails when it is %s", (override, shown) => {
    const problems = problemsIn(() => applyOverrides({ list: [1, 2], text: "words" }, [override]));
    expect(problems.map(describeProblem)[0]).toContain(shown);
  });

  it.each([
    // The only one, which is not near; the nearest; all of them; none.
    [
      "workloads.x.slo.ttft.p95=1s",
      'workloads.x.slo.ttft.p95: no workload "x" in the scenario; the workload is chat',
    ],
    [
      "fleet.regions.eu-west-1.pools.h100.replicas=1",
      'fleet.regions.eu-west-1.pools.h100.replicas: no region "eu-west-1" in the scenario; the region is us-east-1',
    ],
    [
      "fleet.regions.us-east-1.pools.h10 .replicas=null",
      'fleet.regions.us-east-1.pools.h10 .replicas: no pool "h10 " in the scenario; did you mean "h100"?',
    ],
    [
      "fleet.regions.us-east-1.pools.chat.replicas=1",
      'fleet.regions.us-east-1.pools.chat.replicas: no pool "chat" in the scenario; the pools are h100, l40s',
    ],
    [
      "fleet.regions.us-west-2.pools.h100.replicas=1",
      'fleet.regions.us-west-2.pools.h100.replicas: no pool "h100" in the scenario; give the pool whole, as a map: {…}',
    ],
  ])("refuses half of an entry that is not there: %s", (override, shown) => {
    const raw = {
      workloads: { chat: {} },
      fleet: { regions: { "us-east-1": { pools: { h100: {}, l40s: {} } } } },
    };
    const isOther = override.includes("us-west-2");
    const start = isOther ? ["fleet.regions.us-west-2={pools: {}}"] : [];
    const problems = problemsIn(() => applyOverrides(raw, [...start, override]));
    expect(problems.map(describeProblem)).toEqual([`--set ${shown}`]);
  });

  it("adds a whole entry, and changes it afterwards", () => {
    const raw = { workloads: { chat: {} } };
    expect(
      applyOverrides(raw, [
        "workloads.new={model: a}",
        "workloads.new.model=b",
        "workloads.old=null",
      ]),
    ).toEqual({ workloads: { chat: {}, new: { model: "b" } } });
  });

  it("does not reach the prototypes of objects", () => {
    applyOverrides({}, ["__proto__.polluted=1", "constructor.prototype.polluted=1"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("for all paths and values, what was set can be read back", () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9-]{0,5}$/);
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 4 }),
        notNull(fc.jsonValue()),
        (path, value) => {
          let found = applyOverrides({}, [`${path.join(".")}=${JSON.stringify(value)}`]);
          for (const step of path) found = (found as Record<string, unknown>)[step];
          expect(JSON.stringify(found)).toBe(JSON.stringify(value));
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});
