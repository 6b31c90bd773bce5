/**
 * What goes wrong in a run, as written: one map for each fault. Names of regions and pools are looked up in
 * `resolve-faults.ts`; nothing is filled in.
 */
import { z } from "zod";
import { oneOrMore, orWord } from "../fleet/alternatives";
import { distribution } from "../fleet/distribution-spec";
import { oneForm } from "../fleet/one-form";
import { plainNumber, share, strict, text, word } from "../fleet/schema-kit";
import { positiveDuration } from "./client-spec";
import { duration } from "./duration-spec";

/** Kinds of parts that `each` can stand for. */
export const EACH_KINDS = ["replica", "node", "zone", "region", "pool", "gateway"] as const;

/** A replica that is slowed more than this is as good as lost, and its run would never end. */
const FACTOR_MAX = 1000;
const FAULTS_MAX = 1000;

/** The ways to name a part of the fleet, each with `extra` fields beside. */
function targetForms<const Extra extends z.core.$ZodLooseShape>(extra: Extra) {
  return {
    region: strict({ region: text("Region: us-east-1"), ...extra }),
    zone: strict({ zone: text("Zone of a region: us-east-1/a"), ...extra }),
    pool: strict({ pool: text("Pool of a region: us-east-1/h100"), ...extra }),
    node: strict({ node: text("Node of a pool, from 0: us-east-1/h100/2"), ...extra }),
    replica: strict({ replica: text("Replica of a pool, from 0: us-east-1/h100/5"), ...extra }),
    cloud: strict({ cloud: text("Cloud: aws"), ...extra }),
    gateway: strict({
      gateway: text("Process of a region's gateway, from 0: us-east-1/0"),
      ...extra,
    }),
    healthChecker: strict({
      healthChecker: text("DNS health checks of a region: us-east-1"),
      ...extra,
    }),
    queue: strict({ queue: text("Message queue of a region: us-east-1"), ...extra }),
    each: strict({
      each: word("kind", EACH_KINDS, "Every part of this kind"),
      of: text("Where: fleet, a cloud, a region, or a pool such as us-east-1/h100").optional(),
      ...extra,
    }),
  };
}

const target = oneForm({
  what: "target",
  description: "What is struck: a part of the fleet, or fleet",
  style: "tag",
  bare: word("target", ["fleet"], "The whole fleet"),
  words: ["fleet"],
  forms: targetForms({}),
});

const targets = (description: string) =>
  oneOrMore(
    target,
    `${description}: a part of the fleet, or a list of parts that are struck at once`,
  );

const slowFields = {
  factor: plainNumber("How many times as long each step takes: 2 is half speed", {
    above: 1,
    max: FACTOR_MAX,
  }),
};
const delayFields = {
  added: duration("Added to the network round trip of every attempt", { above: 0 }),
};

const name = text(
  "Name of the fault in reports; by default its number, kind and target",
).optional();
const at = duration("When it begins, from the start of the run").optional();
const when = {
  name,
  at,
  for: duration("How long it lasts; to the end of the run when left out", {
    above: 0,
  }).optional(),
  mtbf: duration("Random instead of at: mean time between two of it, for each target by itself", {
    above: 0,
  }).optional(),
  repair: distribution(positiveDuration, "Random: how long each lasts").optional(),
};

const fault = oneForm({
  what: "fault",
  description: "One fault: what happens to which part of the fleet, and when",
  style: "keys",
  bare: z.never(),
  forms: {
    lose: strict({ ...when, lose: targets("Gone, with all that is in flight") }),
    partition: strict({
      ...when,
      partition: targets("Alive, but nothing gets through to it or from it"),
    }),
    slow: strict({
      ...when,
      slow: oneForm({
        what: "target",
        description: "Every step takes longer",
        style: "keys",
        bare: z.never(),
        forms: {
          ...targetForms(slowFields),
          targets: strict({ targets: targets("Slow"), ...slowFields }),
        },
      }),
    }),
    delay: strict({
      ...when,
      delay: oneForm({
        what: "target",
        description: "The network takes longer",
        style: "keys",
        bare: z.never(),
        forms: {
          ...targetForms(delayFields),
          targets: strict({ targets: targets("Delayed"), ...delayFields }),
        },
      }),
    }),
    coldCache: strict({ ...when, coldCache: targets("The prefix caches are emptied") }),
    poison: strict({
      name,
      at,
      for: when.for,
      poison: strict(
        {
          workload: text("Workload of the requests"),
          share: share("Share of its requests that kill the replica they run on", { above: 0 }),
        },
        "Requests that kill their replica",
      ),
    }),
    spotReclaim: strict({
      name,
      at,
      spotReclaim: strict(
        {
          pools: orWord(
            ["all"],
            "a list of pools",
            z.array(text("Pool with spot replicas: us-east-1/h100")).min(1),
            "Pools with spot replicas, or all",
          ).optional(),
          share: share("Share of each pool's spot nodes that is reclaimed", {
            above: 0,
          }).optional(),
          unavailable: duration("Time until the cloud offers the capacity again").optional(),
        },
        "The cloud takes spot capacity back, everywhere at once",
      ),
    }),
  },
});

/** The schema of `faults`. */
export const faultsSpec = z
  .array(fault)
  .max(FAULTS_MAX)
  .meta({ description: "What goes wrong in the run, at a time or at random" });

export type FaultSpec = z.output<typeof fault>;
export type TargetSpec = z.output<typeof target>;
/** Faults of parts of the fleet: all but poison and reclaim waves. */
export type PartFaultSpec = Exclude<
  FaultSpec,
  { readonly poison: unknown } | { readonly spotReclaim: unknown }
>;
