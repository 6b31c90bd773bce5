/** Mistakes in `search`, `survive` and what a search can do with the rest, each with all the problems that it makes. */
import { describe, expect, it } from "@jest/globals";
import { describeProblem } from "../../../planner/foundation/errors";
import { parseScenario } from "../../../planner/scenario/parse-scenario";
import { sizingProblem } from "../../../planner/sizing/sizing-problem";
import { problemsIn } from "../../support/scenario-text";
import { TWO_REGION_SIZING } from "../../support/two-region-sizing";

/** Changes to a good scenario → the problems that they make, as they are shown. */
const changes: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["search.hardware=[]"], ["search.hardware: needs at least 1 entries, got 0"]],
  [
    ["search.hardware=[h1000]"],
    ['search.hardware[0]: unknown instance type or accelerator "h1000"; did you mean "h100"?'],
  ],
  [
    ["search.hardware=[g6.xlarg]"],
    [
      'search.hardware[0]: unknown instance type or accelerator "g6.xlarg"; did you mean "g6.xlarge"?',
    ],
  ],
  [["search.hardware=5"], ["search.hardware: expected a list, got 5"]],
  [
    ["search.engine.tensorParallel=[]"],
    ["search.engine.tensorParallel: needs at least 1 entries, got 0"],
  ],
  [
    ["search.engine.tensorParallel=[0]"],
    ["search.engine.tensorParallel[0]: must be at least 1, got 0"],
  ],
  [
    ["search.engine.tensorParallel=[1.5]"],
    ["search.engine.tensorParallel[0]: must be a whole number, got 1.5"],
  ],
  [["search.engine.tensorParallel=2"], ["search.engine.tensorParallel: expected a list, got 2"]],
  [
    ["search.engine.tensorParallel=[128]"],
    ["search.engine.tensorParallel[0]: must be at most 64, got 128"],
  ],
  [
    ["search.engine.quantization=[fp7]"],
    ['search.engine.quantization[0]: unknown precision "fp7"; did you mean "fp4"?'],
  ],
  [
    ["search.engine.kvCachePrecision=[int4]"],
    ['search.engine.kvCachePrecision[0]: unknown precision "int4"; use bf16 or fp8'],
  ],
  [
    ["search.engine.maxSequences=[0]"],
    ["search.engine.maxSequences[0]: must be at least 1, got 0"],
  ],
  [["search.engine.maxContext=1"], ["search.engine.maxContext: must be at least 2, got 1"]],
  [
    ["search.engine.prefixCaching=[perhaps]"],
    ['search.engine.prefixCaching[0]: expected true or false, got "perhaps"'],
  ],
  [
    ["search.engine.speculation=[some]"],
    ['search.engine.speculation[0]: unknown speculation "some"; use none'],
  ],
  [
    ["search.engine.split=[{prefill: 0, decode: 1}]"],
    ["search.engine.split[0].prefill: must be at least 1, got 0"],
  ],
  [["search.engine.split=[both]"], ['search.engine.split[0]: unknown split "both"; use unified']],
  [
    ["search.engine.tensorParalel=[1]"],
    ['search.engine.tensorParalel: unknown key; did you mean "tensorParallel"?'],
  ],
  [
    ["search.models={mistral-7b: {tensorParallel: [1]}}"],
    ["search.models.mistral-7b: no workload asks for mistral-7b; use one of llama-3.1-8b-instruct"],
  ],
  [
    ["search.models={qwen3-8b: {tensorParallel: [1]}}"],
    ["search.models.qwen3-8b: no workload asks for qwen3-8b; use one of llama-3.1-8b-instruct"],
  ],
  [["search.models={}"], ["search.models: needs at least one model"]],
  [["search.purchase=[]"], ["search.purchase: needs at least 1 entries, got 0"]],
  [
    ["search.purchase=[spott]"],
    ['search.purchase[0]: unknown purchase option "spott"; did you mean "spot"?'],
  ],
  [
    ["search.spotShareMax=1.5"],
    ["search.spotShareMax: must be at most 1 (100%), got 1.5; did you mean 1.5%?"],
  ],
  [
    ["search.spotShareMax=0.5"],
    ["search.spotShareMax: limits spot capacity, and search.purchase does not allow any"],
  ],
  [["search.quotas={}"], ["search.quotas: needs at least one region"]],
  [["search.quotas={us-east-1: {}}"], ["search.quotas.us-east-1: needs at least one quota"]],
  [
    ["search.quotas={us-east-1: {g6.xlarge: -1}}"],
    ["search.quotas.us-east-1.g6.xlarge: must be at least 0, got -1"],
  ],
  [
    ["search.quotas={us-east-1: {g6.xlarge: 1.5}}"],
    ["search.quotas.us-east-1.g6.xlarge: must be a whole number, got 1.5"],
  ],
  [
    ["search.quotas={us-east-1: {g6.xlrge: 1}}"],
    [
      'search.quotas.us-east-1.g6.xlrge: unknown instance type or accelerator "g6.xlrge"; did you mean "g6.xlarge"?',
    ],
  ],
  [
    ["search.quotas={eu-west-1: {g6.xlarge: 1}}"],
    ["search.quotas.eu-west-1: eu-west-1 is not a region of this fleet; add it to fleet.regions"],
  ],
  [
    ["search.quotas={us-east-9: {g6.xlarge: 1}}"],
    ['search.quotas.us-east-9: unknown region "us-east-9"; did you mean "us-east-1"?'],
  ],
  [["search.replicasMin=0"], ["search.replicasMin: must be at least 1, got 0"]],
  [["search.regionsMin=0"], ["search.regionsMin: must be at least 1, got 0"]],
  [["search.regionsMin=3"], ["search.regionsMin: the fleet has 2 regions, got 3; use 2 or less"]],
  [["search.gap=2"], ["search.gap: must be at most 1 (100%), got 2; did you mean 2%?"]],
  [["search.gap=-1%"], ['search.gap: must not be negative, got "-1%"']],
  [["search.evaluationsMax=0"], ["search.evaluationsMax: must be at least 1, got 0"]],
  [
    ["search.evaluationsMax=1000000"],
    ["search.evaluationsMax: must be at most 100000, got 1000000"],
  ],
  [["search.requestsPerRun=5"], ["search.requestsPerRun: must be at least 100, got 5"]],
  [["search.gaps=0"], ['search.gaps: unknown key; did you mean "gap"?']],
  [["survive=any-region"], ['survive: expected a list, got "any-region"']],
  [
    ["survive=[any-continent]"],
    [
      'survive[0]: unknown loss "any-continent"; use any-pool, any-zone, any-region, any-cloud, region, cloud or zone',
    ],
  ],
  [
    ["survive=[{region: us-east-9}]"],
    ['survive[0].region: unknown region "us-east-9"; did you mean "us-east-1"?'],
  ],
  [
    ["survive=[{region: eu-west-1}]"],
    ["survive[0].region: eu-west-1 is not a region of this fleet; add it to fleet.regions"],
  ],
  [
    ["survive=[{cloud: azure}]"],
    ['survive[0].cloud: no region of this fleet is in "azure"; they are in aws'],
  ],
  [
    ["survive=[{cloud: aws}]"],
    [
      "survive[0]: the loss of aws cannot be survived: the fleet has one cloud; add a region of another cloud to fleet.regions",
    ],
  ],
  [
    ["survive=[any-cloud]"],
    [
      "survive[0]: any-cloud cannot be survived: the fleet has one cloud; add a region of another cloud to fleet.regions",
    ],
  ],
  [
    ["survive=[{zone: us-east-1}]"],
    ['survive[0].zone: expected region/zone, got "us-east-1"; such as us-east-1/a'],
  ],
  [
    ["survive=[{zone: us-east-1/z}]"],
    ['survive[0].zone: us-east-1 has no zone "z"; it has zones a to c'],
  ],
  [
    ["survive=[{zone: us-east-1/a}]"],
    [
      "survive[0]: the loss of us-east-1/a cannot be survived: the only gateway of us-east-1 is in zone a; use fleet.gateway.replicas: 2 or more",
    ],
  ],
  [
    ["survive=[any-zone]"],
    [
      "survive[0]: any-zone cannot be survived: the only gateway of us-east-1 is in zone a; use fleet.gateway.replicas: 2 or more",
      "survive[0]: any-zone cannot be survived: the only gateway of us-west-2 is in zone a; use fleet.gateway.replicas: 2 or more",
    ],
  ],
  [
    ["survive=[{zone: eu-west-1/a}]"],
    ["survive[0].zone: eu-west-1 is not a region of this fleet; add it to fleet.regions"],
  ],
  [
    ["survive=[{zone: us-east-1/a/b}]"],
    ['survive[0].zone: expected region/zone, got "us-east-1/a/b"; such as us-east-1/a'],
  ],
  [["survive=[{pool: x}]"], ['survive[0]: unknown loss "pool"; did you mean "any-pool"?']],
  [
    ["fleet.failover=null"],
    [
      "survive[0]: any-region needs a way for clients to go elsewhere, and there is none; add fleet.failover, or routing.regions: any",
    ],
  ],
  [
    ["fleet.regions.us-west-2=null", "survive=[any-region]", "fleet.failover=null"],
    [
      "survive[0]: any-region cannot be survived: the fleet has one region; add a region to fleet.regions",
    ],
  ],
  [
    ["fleet.regions.us-west-2=null", "fleet.failover=null", "survive=[{region: us-east-1}]"],
    [
      "survive[0]: the loss of us-east-1 cannot be survived: the fleet has one region; add a region to fleet.regions",
    ],
  ],
  [
    ["fleet.failover=null", "survive=[any-region]"],
    [
      "survive[0]: any-region needs a way for clients to go elsewhere, and there is none; add fleet.failover, or routing.regions: any",
    ],
  ],
  [
    ["fleet.residency={us-east: [us-east-9]}"],
    ['fleet.residency.us-east[0]: unknown region "us-east-9"; did you mean "us-east-1"?'],
  ],
  [
    ["fleet.residency={us-east: [eu-west-1]}"],
    [
      "fleet.residency.us-east[0]: eu-west-1 is not a region of this fleet; add it to fleet.regions",
    ],
  ],
  [["fleet.residency={us-east: []}"], ["fleet.residency.us-east: needs at least 1 entries, got 0"]],
  [
    ["fleet.residency={us-eas: [us-east-1]}"],
    ['fleet.residency.us-eas: unknown origin "us-eas"; did you mean "us-east"?'],
  ],
  [
    [
      "fleet.residency={us-east: [us-east-1]}",
      "fleet.routing={regions: any}",
      "fleet.failover=null",
    ],
    [
      "fleet.residency: cannot be kept: routing.regions: any sends requests to every region; use routing.regions: nearest with failover policy latency, geo or primaryBackup",
    ],
  ],
  [
    ["fleet.failover.policy={weighted: {us-east-1: 1, us-west-2: 1}}"],
    [
      "fleet.failover.policy.weighted: weights belong to a fleet that is already there; use latency, geo or primaryBackup, or leave the policy out",
    ],
  ],
  [
    ["workloads.chat.arrivals={closed: {concurrency: 5}}"],
    [
      "workloads.chat.arrivals.closed: a fixed number of clients sends as much as the fleet answers, so that no fleet is too small; give a rate or a trace",
    ],
  ],
  [["prices={overrides: []}"], ["prices.overrides: needs at least 1 entries, got 0"]],
  [
    ["search.hardware=[h1000, g6.xlrge]", "search.gap=7", "survive=[{cloud: azure}]"],
    ["search.gap: must be at most 1 (100%), got 7; did you mean 7%?"],
  ],
  [
    ["fleet.regions={us-east-9: {}}"],
    [
      "survive[0]: any-region cannot be survived: the fleet has one region; add a region to fleet.regions",
      'fleet.regions.us-east-9: unknown region "us-east-9"; did you mean "us-east-1"?',
    ],
  ],
  [["fleet.regions={}"], ["fleet.regions: needs at least one region"]],
  [
    ["workloads.chat.model=lama"],
    ['workloads.chat.model: unknown model "lama"; did you mean "codellama-13b"?'],
  ],
  [
    ["workloads.chat.fallback={model: lama}"],
    ['workloads.chat.fallback.model: unknown model "lama"; did you mean "codellama-13b"?'],
  ],
  [
    [
      "workloads.chat.model=null",
      "workloads.chat.tokens=null",
      "workloads.chat.chain=[{model: qwen3-8bb, tokens: {input: 10, output: 10}}]",
    ],
    ['workloads.chat.chain[0].model: unknown model "qwen3-8bb"; did you mean "qwen3-8b"?'],
  ],
  [
    ["fleet.residency={us-east: [us-east-1, eu-west-1]}"],
    [
      "fleet.residency.us-east[1]: eu-west-1 is not a region of this fleet; add it to fleet.regions",
    ],
  ],
  [
    [
      "fleet.regions.us-east-1.zones=1",
      "fleet.regions.us-west-2=null",
      "fleet.failover=null",
      "survive=[any-zone]",
    ],
    [
      "survive[0]: any-zone cannot be survived: us-east-1 has one zone, and the fleet no other region; give us-east-1 more zones, or add a region to fleet.regions",
    ],
  ],
  [
    ["fleet.regions.us-east-1.zones=1", "survive=[{zone: us-east-1/a}]", "fleet.failover=null"],
    [
      "survive[0]: the loss of us-east-1/a needs a way for clients to go elsewhere, and there is none; add fleet.failover, or routing.regions: any",
    ],
  ],
];

function problemsOf(overrides: readonly string[]): string[] {
  const read = () =>
    sizingProblem({ spec: parseScenario(TWO_REGION_SIZING, { overrides }), traces: new Map() });
  return problemsIn(read).map(describeProblem);
}

describe("a search that cannot be meant", () => {
  it("is good without mistakes", () => {
    expect(problemsOf([])).toEqual([]);
  });

  it.each(changes)("%j", (overrides, expected) => {
    expect(problemsOf(overrides)).toEqual(expected);
  });
});
