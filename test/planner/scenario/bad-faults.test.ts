/** Mistakes in faults and stress cases, each with the one problem that it makes. */
import { describe, expect, it } from "@jest/globals";
import { describeProblem } from "../../../planner/foundation/errors";
import { problemsOfTroubled } from "./troubled-scenario";

/** A change to a good scenario → the one problem that it makes, as it is shown. */
const changes: readonly (readonly [string, string, string])[] = [
  // Faults.
  ["faults that are a map", "faults={}", "faults: expected a list, got a map"],
  [
    "a fault of nothing",
    "faults[0]={at: 1 h}",
    "faults[0]: needs one of lose, partition, slow, delay, coldCache, poison or spotReclaim",
  ],
  [
    "an unknown kind of fault",
    "faults[0]={at: 1 h, loose: fleet}",
    'faults[0].loose: unknown key; did you mean "lose"?',
  ],
  [
    "a fault of two kinds",
    "faults[0]={at: 1 h, lose: fleet, partition: fleet}",
    "faults[0]: give one of lose, partition, slow, delay, coldCache, poison or spotReclaim, got lose and partition",
  ],
  [
    "a fault without a time",
    "faults[0].at=null",
    "faults[0].at: is missing; give at or mtbf; for example at: 10 min, from the start of the run",
  ],
  [
    "a fault at a time and at random",
    "faults[0]={at: 1 h, mtbf: 1 d, repair: 1 h, lose: fleet}",
    "faults[0].mtbf: a fault is at a time or random; give at or mtbf",
  ],
  [
    "a fault after the run",
    "faults[0].at=14 h",
    "faults[0].at: must be before the end of the run (10 h), got 14 h; times count from the start of the run; lengthen horizon.duration or move the fault",
  ],
  [
    "a fault at the end of the run",
    "faults[0].at=10 h",
    "faults[0].at: must be before the end of the run (10 h), got 10 h; times count from the start of the run; lengthen horizon.duration or move the fault",
  ],
  ["a negative time", "faults[0].at=-1 h", 'faults[0].at: must not be negative, got "-1 h"'],
  [
    "a fault that lasts no time",
    "faults[0].for=0 s",
    'faults[0].for: must be greater than 0, got "0 s"',
  ],
  [
    "a random fault with a length",
    "faults[7].for=1 h",
    "faults[7].for: a random fault lasts as long as its repair; use repair",
  ],
  [
    "a random fault without a repair",
    "faults[7].repair=null",
    "faults[7].repair: is missing; a random fault is repaired, and strikes again; for example repair: 2 h",
  ],
  [
    "a repair of a fault at a time",
    "faults[0].repair=1 h",
    "faults[0].repair: is read with mtbf only; use for: with at, or give mtbf",
  ],
  ["an mtbf of 0", "faults[7].mtbf=0 s", 'faults[7].mtbf: must be greater than 0, got "0 s"'],
  [
    "an mtbf of a typing error",
    "faults[8].mtbf=30 ms",
    "faults[8].mtbf: would strike about 2400000 times in the run, over 2 targets; at most 100000 are simulated: lengthen mtbf",
  ],
  [
    "a repair that takes no time",
    "faults[7].repair=0 s",
    'faults[7].repair: must be greater than 0, got "0 s"',
  ],
  [
    "a length of a cold cache",
    "faults[5].for=1 min",
    "faults[5].for: emptied caches fill again by themselves; leave it out",
  ],
  [
    "a repair of a cold cache",
    "faults[8].repair=1 min",
    "faults[8].repair: emptied caches fill again by themselves; leave it out",
  ],
  [
    "an unknown target word",
    "faults[0].lose=flet",
    'faults[0].lose: unknown target "flet"; did you mean "fleet"?',
  ],
  ["no targets", "faults[0].lose=[]", "faults[0].lose: needs at least 1 entries, got 0"],
  ["a target that is a number", "faults[0].lose=3", "faults[0].lose: unknown target 3; use fleet"],
  [
    "a misspelt kind of target",
    "faults[0].lose={rgion: us-east-1}",
    'faults[0].lose: unknown target "rgion"; did you mean "region"?',
  ],
  [
    "slow gateways, once",
    "faults[2].slow={each: gateway, factor: 2}",
    "faults[2].slow: slow has no meaning for a process of a gateway; use lose or partition",
  ],
  [
    "each node twice, once",
    "faults[0].lose=[{each: node}, {each: node}]",
    "faults[0].lose[1]: strikes the node europe-west4/h100/node-0 twice",
  ],
  [
    "an unknown kind of target",
    "faults[0].lose={rack: us-east-1/1}",
    'faults[0].lose: unknown target "rack"; use fleet, region, zone, pool, node, replica, cloud, gateway, healthChecker, queue or each',
  ],
  [
    "two targets in one map",
    "faults[0].lose={region: us-east-1, pool: us-east-1/h100}",
    "faults[0].lose: give one of region, zone, pool, node, replica, cloud, gateway, healthChecker, queue or each, got region and pool",
  ],
  [
    "a region that is not in the fleet",
    "faults[0].lose.region=us-west-2",
    'faults[0].lose.region: no region "us-west-2" in the fleet; did you mean "us-east-1"?',
  ],
  [
    "a misspelt region",
    "faults[0].lose.region=us-esat-1",
    'faults[0].lose.region: no region "us-esat-1" in the fleet; did you mean "us-east-1"?',
  ],
  [
    "a pool without its region",
    "faults[0].lose={pool: h100}",
    'faults[0].lose.pool: expected region/pool such as europe-west4/h100, got "h100"',
  ],
  [
    "a misspelt pool",
    "faults[0].lose={pool: us-east-1/h10}",
    'faults[0].lose.pool: no pool "us-east-1/h10" in the fleet; did you mean "us-east-1/h100"?',
  ],
  [
    "a cloud that is not in the fleet",
    "faults[0].lose={cloud: azure}",
    'faults[0].lose.cloud: no cloud "azure" in the fleet; the fleet has aws or gcp',
  ],
  [
    "a zone without its region",
    "faults[0].lose={zone: b}",
    'faults[0].lose.zone: expected region/zone such as us-east-1/a, got "b"',
  ],
  [
    "a zone that is not there",
    "faults[0].lose={zone: us-east-1/z}",
    'faults[0].lose.zone: no zone "z" in us-east-1; us-east-1 has zones a to c',
  ],
  [
    "a node that is not there",
    "faults[0].lose={node: us-east-1/h100/4}",
    'faults[0].lose.node: no node "4" in us-east-1/h100; us-east-1/h100 has nodes 0 to 3',
  ],
  [
    "a node without a number",
    "faults[0].lose={node: us-east-1/h100/two}",
    'faults[0].lose.node: no node "two" in us-east-1/h100; us-east-1/h100 has nodes 0 to 3',
  ],
  [
    "a node without a pool",
    "faults[0].lose={node: us-east-1/2}",
    'faults[0].lose.node: expected region/pool/node such as us-east-1/h100/2, got "us-east-1/2"',
  ],
  [
    "a replica that is not there",
    "faults[0].lose={replica: europe-west4/h100/2}",
    'faults[0].lose.replica: no replica "2" in europe-west4/h100; europe-west4/h100 has replicas 0 to 1',
  ],
  [
    "a gateway that is not there",
    "faults[0].lose={gateway: us-east-1/2}",
    'faults[0].lose.gateway: no gateway "2" in us-east-1; us-east-1 has gateways 0 to 1',
  ],
  [
    "a gateway of a pool",
    "faults[0].lose={gateway: us-east-1/h100/0}",
    'faults[0].lose.gateway: expected region/process such as us-east-1/0, got "us-east-1/h100/0"',
  ],
  [
    "a queue of no region",
    "faults[0].lose={queue: us-west-2}",
    'faults[0].lose.queue: no region "us-west-2" in the fleet; did you mean "us-east-1"?',
  ],
  [
    "a health checker of no region",
    "faults[0].lose={healthChecker: us-west-2}",
    'faults[0].lose.healthChecker: no region "us-west-2" in the fleet; did you mean "us-east-1"?',
  ],
  [
    "one target twice",
    "faults[0].lose=[{region: us-east-1}, {region: us-east-1}]",
    "faults[0].lose[1]: strikes the region us-east-1 twice",
  ],
  [
    "one target in two ways",
    "faults[0].lose=[{node: us-east-1/h100/1}, {each: node, of: us-east-1/h100}]",
    "faults[0].lose[1]: strikes the node us-east-1/h100/node-1 twice",
  ],
  [
    "each of an unknown kind",
    "faults[7].lose={each: rack}",
    'faults[7].lose.each: unknown kind "rack"; use replica, node, zone, region, pool or gateway',
  ],
  [
    "each of an unknown place",
    "faults[7].lose={each: node, of: us-west-2}",
    'faults[7].lose.of: no region "us-west-2" in the fleet; did you mean "us-east-1"?',
  ],
  [
    "each of an unknown pool",
    "faults[7].lose={each: node, of: us-east-1/a100}",
    'faults[7].lose.of: no pool "us-east-1/a100" in the fleet; did you mean "us-east-1/h100"?',
  ],
  [
    "zones of a pool",
    "faults[7].lose={each: zone, of: us-east-1/h100}",
    "faults[7].lose: a pool has no zones of its own, got each: zone of us-east-1/h100; use of: with a region, or each: node",
  ],
  [
    "a slow gateway",
    "faults[2].slow={gateway: us-east-1/0, factor: 2}",
    "faults[2].slow: slow has no meaning for a process of a gateway; use lose or partition",
  ],
  [
    "a cold queue",
    "faults[5].coldCache={queue: us-east-1}",
    "faults[5].coldCache: coldCache has no meaning for a queue; use lose",
  ],
  [
    "a partitioned health checker",
    "faults[6].partition={healthChecker: us-east-1}",
    "faults[6].partition: partition has no meaning for a health checker; use lose",
  ],
  [
    "a delayed queue",
    "faults[4].delay={queue: us-east-1, added: 1 s}",
    "faults[4].delay: delay has no meaning for a queue; use lose",
  ],
  [
    "a slow target without a factor",
    "faults[2].slow={replica: us-east-1/h100/3}",
    "faults[2].slow.factor: is missing; how many times as long each step takes: 2 is half speed",
  ],
  [
    "a factor of 1",
    "faults[2].slow.factor=1",
    "faults[2].slow.factor: must be greater than 1, got 1",
  ],
  [
    "a slow fault of nothing",
    "faults[2].slow={factor: 2}",
    "faults[2].slow: needs one of region, zone, pool, node, replica, cloud, gateway, healthChecker, queue, each or targets",
  ],
  [
    "no delay",
    "faults[4].delay.added=0 s",
    'faults[4].delay.added: must be greater than 0, got "0 s"',
  ],
  [
    "two faults of one name",
    "faults[0].name=wave",
    'faults[10].name: is the name of faults[0] as well: "wave"',
  ],
  [
    "a name that another gets by default",
    "faults[0].name=10-poison-chat",
    'faults[9].name: is the name of faults[0] as well: "10-poison-chat"',
  ],
  [
    "poison of an unknown workload",
    "faults[9].poison.workload=chatt",
    'faults[9].poison.workload: no workload "chatt" in the scenario; did you mean "chat"?',
  ],
  [
    "no poison",
    "faults[9].poison.share=0%",
    'faults[9].poison.share: must be greater than 0, got "0%"',
  ],
  [
    "poison at random",
    "faults[9].mtbf=1 d",
    "faults[9].mtbf: unknown key; allowed here: name, at, for or poison",
  ],
  [
    "poison after the run",
    "faults[9].at=11 h",
    "faults[9].at: must be before the end of the run (10 h), got 11 h; times count from the start of the run; lengthen horizon.duration or move the fault",
  ],
  [
    "a wave over pools without spot",
    "faults[10].spotReclaim.pools=[us-east-1/h100]",
    "faults[10].spotReclaim.pools[0]: us-east-1/h100 has no spot replicas; give it purchase: { onDemand: 1, spot: rest }",
  ],
  [
    "a wave over unknown pools",
    "faults[10].spotReclaim.pools=[us-east-1/l40]",
    'faults[10].spotReclaim.pools[0]: no pool "us-east-1/l40" in the fleet; did you mean "us-east-1/l40s"?',
  ],
  [
    "a wave over a word",
    "faults[10].spotReclaim.pools=some",
    'faults[10].spotReclaim.pools: unknown value "some"; use all or a list of pools',
  ],
  [
    "a wave without spot anywhere",
    "fleet.regions.us-east-1.pools.l40s.purchase=null",
    "faults[10].spotReclaim: no pool has spot replicas; give a pool purchase: { onDemand: 1, spot: rest }",
  ],
  [
    "a wave without a time",
    "faults[10].at=null",
    "faults[10].at: is missing; give at; for example at: 10 min, from the start of the run",
  ],
  // Stress.
  [
    "an unknown limit",
    "stress.failOn.availabilty=99%",
    'stress.failOn.availabilty: unknown key; did you mean "availability"?',
  ],
  [
    "an availability above 1",
    "stress.failOn.availability=990%",
    'stress.failOn.availability: must be at most 1 (100%), got "990%"',
  ],
  [
    "a recovery without a unit",
    "stress.failOn.recovery=10",
    "stress.failOn.recovery: a duration needs a unit (ms, s, min, h, d), got 10",
  ],
  ["no cases", "stress.cases=[]", "stress.cases: needs at least 1 entries, got 0"],
  [
    "a case without a name",
    "stress.cases[0]={set: {seed: 3}}",
    "stress.cases[0].name: is missing; name of the case in reports",
  ],
  [
    "a case that changes nothing",
    "stress.cases[0]={name: nothing}",
    "stress.cases[0]: needs faults or set",
  ],
  [
    "two cases of one name",
    "stress.cases[1].name=double",
    'stress.cases[1].name: is the name of another case: "double"',
  ],
  [
    "a case of an unknown workload",
    "stress.cases[0].set={workloads.chatt.arrivals.rate: 3/s}",
    'stress.cases[0].set.workloads.chatt.arrivals.rate: no workload "chatt" in the scenario; did you mean "chat"?',
  ],
  [
    "a case that sets a wrong value",
    "stress.cases[0].set={workloads.chat.arrivals.rate: fast}",
    'stress.cases[0].set: workloads.chat.arrivals.rate: expected a rate such as 40/s, 2.5/min or 1000/h, got "fast"',
  ],
  [
    "a case that sets an unknown key",
    "stress.cases[0].set={workloads.chat.arivals: {rate: 1/s}}",
    'stress.cases[0].set: workloads.chat.arivals: unknown key; did you mean "arrivals"?',
  ],
  [
    "a case that changes stress",
    "stress.cases[0].set={stress.failOn: null}",
    "stress.cases[0].set: a case cannot change stress",
  ],
  [
    "a case with a broken path",
    'stress.cases[0].set={"workloads..rate": 3/s}',
    'stress.cases[0].set: expected a dotted path such as a.b[0].c, got "workloads..rate"',
  ],
  [
    "a case with a wrong fault",
    "stress.cases[1].faults=[{at: 1 h, lose: {rgion: us-east-1}}]",
    'stress.cases[1].faults[0].lose: unknown target "rgion"; did you mean "region"?',
  ],
  [
    "a case with a fault after the run",
    "stress.cases[1].faults=[{at: 1 h, lose: {region: us-east-1}}, {at: 20 h, lose: fleet}]",
    "stress.cases[1].faults[1].at: must be before the end of the run (10 h), got 20 h; times count from the start of the run; lengthen horizon.duration or move the fault",
  ],
  [
    "a case that is no scenario",
    "stress.cases[0].set={workloads.chat.client.giveUp: null}",
    "stress.cases[0].set: workloads.chat.client.retries.max: unlimited retries end only with client.giveUp, which is missing; for example giveUp: 10 min",
  ],
];

describe("bad faults and stress cases", () => {
  it("are good without the mistakes", () => {
    expect(problemsOfTroubled([])).toEqual([]);
  });

  it.each(changes)("fails when it has %s", (_, override, shown) => {
    expect(problemsOfTroubled([override]).map(describeProblem)).toEqual([shown]);
  });

  it("lists the problems of all parts at once", () => {
    const paths = problemsOfTroubled([
      "workloads.chat.fallback.model=qwen3-8",
      "workloads.chat.client.giveUp=null",
      "workloads.review.chain[0].retrieve.latency={p50: 2 s, p99: 1 s}",
      "workloads.review.chain[3].model=gpt-9",
      "workloads.mail.client.timeout=1 min",
      "faults[0].lose.region=us-west-2",
      "faults[2].at=11 h",
      "faults[9].poison.workload=chatt",
      "stress.cases[1].faults=[{at: 20 h, lose: fleet}]",
    ]).map(({ path }) => path);
    // The case has the scenario's problems too; what it has of its own is shown once.
    expect(paths).toEqual([
      "workloads.chat.fallback.model",
      "workloads.chat.client.retries.max",
      "workloads.mail.client.timeout",
      "workloads.review.chain[0].retrieve.latency",
      "workloads.review.chain[3].model",
      "faults[0].lose.region",
      "faults[2].at",
      "faults[9].poison.workload",
      "stress.cases[1].faults[0].at",
    ]);
  });

  it("blames a fleet's own mistake on nothing else", () => {
    const shown = problemsOfTroubled([
      "fleet.regions.us-east-1.pools.h100.instanceType=p5.4xlargest",
    ]).map(({ path }) => path);
    expect(shown).toEqual(["fleet.regions.us-east-1.pools.h100.instanceType"]);
  });

  it("says of a case's run that is too short which faults are outside of it", () => {
    const paths = problemsOfTroubled(["stress.cases[0].set={horizon: {duration: 150 min}}"]).map(
      ({ path }) => path,
    );
    expect(paths).toEqual([0, 6, 9, 10].map((n) => `stress.cases[0].set: faults[${n}].at`));
  });
});
