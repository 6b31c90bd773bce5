/**
 * Everything that is asked around the sizing of a scenario: frontiers, what-ifs, and variants for a load that varies.
 * Each is a matter of its own; what they ask of the simulator is asked once.
 */
import { didYouMean } from "../../catalog/suggest";
import { PlannerError, type Problem } from "../../foundation/errors";
import { quoteValue } from "../../foundation/units";
import type { SizingContext } from "../evaluation-job";
import { SearchInterrupted } from "../evaluator";
import type { SizingResult } from "../sizing-result";
import type { Frontier } from "./frontier";
import {
  LATENCY_FACTORS,
  type LatencyFrontierRequest,
  latencyFrontier,
  refuseUnknownObjectives,
} from "./latency-frontier";
import { readWhatIfs, type WhatIf } from "./read-what-if";
import { runWhatIfs, type WhatIfStudy } from "./run-what-ifs";
import type { ScalingStudy } from "./scaling-study";
import { scalingVariants } from "./scaling-variants";
import { type StudyOptions, studyOutcome } from "./study-outcome";
import { survivalFrontier } from "./survival-frontier";

export interface SizingStudies {
  /** In the order in which they were asked. */
  readonly frontiers: readonly Frontier[];
  /** null when none was asked. */
  readonly whatIfs: WhatIfStudy | null;
  /** null when they were not asked, there is no fleet to vary, or the run was ended before. */
  readonly scaling: ScalingStudy | null;
}

export type FrontierRequest =
  | ({ readonly kind: "latency" } & LatencyFrontierRequest)
  | { readonly kind: "survival" };

export interface AskedStudies {
  readonly frontiers: readonly FrontierRequest[];
  readonly whatIfs: readonly WhatIf[];
  readonly hasVariants: boolean;
}

/** As on a command line. */
export interface WrittenStudies {
  /** `latency`, `latency:ttft,chat.e2e@0.5,1,2`, `survival` */
  readonly frontier: readonly string[];
  /** See `read-what-if.ts`. */
  readonly whatIf: readonly string[];
  readonly hasVariants: boolean;
}

/** @throws PlannerError with every problem of all of them */
export function readStudies(written: WrittenStudies, context: SizingContext): AskedStudies {
  const problems: Problem[] = [];
  const collected = <Value>(read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof PlannerError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const frontiers = written.frontier.flatMap(
    (text) => collected(() => readFrontier(text, context)) ?? [],
  );
  const whatIfs = collected(() => readWhatIfs(written.whatIf, context)) ?? [];
  if (problems.length > 0) throw new PlannerError(problems);
  return { frontiers, whatIfs, hasVariants: written.hasVariants };
}

/**
 * @param base of the scenario as it is
 * @throws PlannerError when a job cannot be run
 */
export async function runStudies(
  { frontiers: asked, whatIfs, hasVariants }: AskedStudies,
  { context, base }: { readonly context: SizingContext; readonly base: SizingResult },
  options: StudyOptions,
): Promise<SizingStudies> {
  const frontiers: Frontier[] = [];
  for (const request of asked) {
    frontiers.push(
      request.kind === "latency"
        ? await latencyFrontier(context, request, { ...options, base })
        : await survivalFrontier(context, { ...options, base }),
    );
  }
  return {
    frontiers,
    whatIfs: whatIfs.length === 0 ? null : await runWhatIfs(studyOutcome(base), whatIfs, options),
    scaling:
      hasVariants && base.kind === "sized" ? await untilInterrupted(context, base, options) : null,
  };
}

async function untilInterrupted(
  ...[context, base, options]: Parameters<typeof scalingVariants>
): Promise<ScalingStudy | null> {
  try {
    return await scalingVariants(context, base, options);
  } catch (error) {
    if (error instanceof SearchInterrupted) return null;
    throw error;
  }
}

const KINDS = ["latency", "survival"] as const;

function readFrontier(text: string, { spec }: SizingContext): FrontierRequest {
  const path = `--frontier ${text}`;
  const match = /^([a-z-]*)(?::([^@]+))?(?:@(.+))?$/.exec(text.trim());
  const kind = match?.[1] ?? text;
  if (kind === "survival" && match?.[2] === undefined && match?.[3] === undefined) return { kind };
  if (kind === "survival") {
    const message = "survival has no objectives and no factors";
    throw new PlannerError([{ code: "invalid-value", path, message }]);
  }
  if (kind !== "latency") {
    const message = `unknown frontier ${quoteValue(kind)}`;
    const hint = didYouMean(kind, KINDS) ?? `use ${KINDS.join(" or ")}`;
    throw new PlannerError([{ code: "unknown-name", path, message, hint }]);
  }
  const objectives = listOf(match?.[2]);
  const written = listOf(match?.[3]);
  const factors = written.length === 0 ? LATENCY_FACTORS : written.map(Number);
  const strange = factors.findIndex((factor) => !(factor > 0 && factor <= FACTOR_MAX));
  if (strange >= 0) {
    const message = `expected factors above 0, at most ${FACTOR_MAX}, got ${quoteValue(written[strange])}`;
    const hint = "for example latency@0.5,1,2";
    throw new PlannerError([{ code: "invalid-value", path, message, hint }]);
  }
  refuseUnknownObjectives(spec, objectives, path);
  return { kind, factors, objectives };
}

const FACTOR_MAX = 100;

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(",").map((one) => one.trim());
}
