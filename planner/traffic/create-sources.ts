/**
 * From a resolved scenario to one request source per workload. The only entry of this folder that the
 * simulation needs.
 */
import { PlannerError, type Problem } from "../foundation/errors";
import { RandomStream } from "../foundation/random";
import { createSampler } from "../foundation/sampler";
import type {
  ResolvedArrivals,
  ResolvedScenario,
  ResolvedWorkload,
} from "../scenario/resolved-scenario";
import { type ArrivalClock, createArrivalClock } from "./arrivals";
import { ClosedLoopSource } from "./closed-loop-source";
import { createLengthSource } from "./lengths";
import { OpenLoopSource } from "./open-loop-source";
import { type CompiledProfile, compileProfile } from "./rate-profile";
import { RequestShape } from "./request-shape";
import { type RequestSource, SegmentIds } from "./request-source";
import { SessionSource } from "./session-source";
import { periodOf, TraceClock } from "./trace-clock";
import { TraceSource } from "./trace-source";

/**
 * One source per workload, in the order of the workloads. The same scenario and seed give the same
 * requests; a workload's draws depend on its name, not on its place or on the other workloads.
 *
 * @throws PlannerError when a workload's arrivals and lengths do not go together, or a trace is empty
 */
export function createSources(scenario: ResolvedScenario, seed: number): RequestSource[] {
  const problems = scenario.workloads.flatMap(problemsOf);
  if (problems.length > 0) throw new PlannerError(problems);
  const ids = new SegmentIds();
  return scenario.workloads.map((workload) =>
    createSource(workload, { horizon: scenario.horizon, seed, ids }),
  );
}

function createSource(
  workload: ResolvedWorkload,
  run: {
    readonly horizon: ResolvedScenario["horizon"];
    readonly seed: number;
    readonly ids: SegmentIds;
  },
): RequestSource {
  const { arrivals, tokens, origins, name: workloadName } = workload;
  const { seed, ids } = run;
  const { startSeconds, durationSeconds: horizonSeconds } = run.horizon;
  const profile =
    arrivals.kind === "open"
      ? compileProfile(arrivals.profile, arrivals.requestsPerSecond, origins, startSeconds)
      : undefined;
  const hasOwnLengths = tokens.kind === "from-arrivals" || workload.chain !== undefined;
  const lengths = hasOwnLengths ? undefined : createLengthSource(tokens);
  const shape = new RequestShape(workload, lengths, profile, ids);
  const requestsMax = arrivals.kind === "trace" ? Number.POSITIVE_INFINITY : arrivals.requestsMax;
  const common = { workloadName, seed, shape, horizonSeconds, requestsMax };

  if (workload.sessions !== undefined) {
    const start =
      arrivals.kind === "closed"
        ? { concurrency: arrivals.concurrency, thinkSeconds: createSampler(arrivals.thinkSeconds) }
        : createClock(arrivals, profile, workloadName, seed, horizonSeconds);
    const turns = createSampler(workload.sessions.turns);
    const thinkSeconds = createSampler(workload.sessions.thinkSeconds);
    const { overflow } = workload.sessions;
    return new SessionSource({ ...common, start, turns, thinkSeconds, overflow, ids });
  }
  if (arrivals.kind === "closed") {
    const thinkSeconds = createSampler(arrivals.thinkSeconds);
    return new ClosedLoopSource({ ...common, concurrency: arrivals.concurrency, thinkSeconds });
  }
  const clock = createClock(arrivals, profile, workloadName, seed, horizonSeconds);
  const streams = shape.createStreams(seed, workloadName);
  if (arrivals.kind === "trace" && tokens.kind === "from-arrivals" && clock instanceof TraceClock) {
    return new TraceSource({ trace: arrivals.trace, clock, shape, streams, ids, horizonSeconds });
  }
  return new OpenLoopSource({ clock, shape, streams, horizonSeconds, requestsMax });
}

function createClock(
  arrivals: Exclude<ResolvedArrivals, { kind: "closed" }>,
  profile: CompiledProfile | undefined,
  workloadName: string,
  seed: number,
  horizonSeconds: number,
): ArrivalClock {
  if (arrivals.kind === "trace") {
    const { trace, speed, loop, sample } = arrivals;
    const random = new RandomStream(seed, `${workloadName}/sample`);
    return new TraceClock({ trace, speed, loop, sample, random, horizonSeconds });
  }
  const random = new RandomStream(seed, `${workloadName}/arrivals`);
  return createArrivalClock(arrivals.process, profile!.total, random, horizonSeconds);
}

/** What the shape of the scenario allows and traffic cannot do. */
function problemsOf(workload: ResolvedWorkload): Problem[] {
  const { arrivals, tokens, chain } = workload;
  const path = `workloads.${workload.name}`;
  const problems: Problem[] = [];
  const report = (code: Problem["code"], where: string, message: string, hint: string): void => {
    problems.push({ code, path: `${path}.${where}`, message, hint });
  };
  if (tokens.kind === "from-arrivals" && arrivals.kind !== "trace") {
    const message = `lengths come from the arrivals, but ${arrivals.kind} arrivals have none`;
    report("conflict", "tokens", message, "give tokens.input and tokens.output");
  }
  if (tokens.kind === "from-arrivals" && workload.sessions !== undefined) {
    const message = "lengths of a replayed trace cannot be spread over the turns of sessions";
    report(
      "conflict",
      "sessions",
      message,
      "give tokens.input and tokens.output, or leave out sessions",
    );
  }
  if (chain !== undefined && workload.sessions !== undefined) {
    const message = "a chain cannot be a turn of a session";
    report("conflict", "sessions", message, "leave out chain or sessions");
  }
  if (chain !== undefined && tokens.kind === "from-arrivals") {
    const message = "lengths of a replayed trace cannot be spread over the steps of a chain";
    report("conflict", "chain", message, "give each model step its tokens");
  }
  if (chain !== undefined && !chain.some((step) => step.kind === "model")) {
    report("conflict", "chain", "has no model step", "add { model: …, tokens: … }");
  }
  if (tokens.kind === "pairs" && tokens.trace.requests === 0) {
    report("empty", "tokens", `no requests in ${tokens.trace.source}`, "use another trace");
  }
  if (arrivals.kind === "trace") {
    const { trace } = arrivals;
    if (trace.requests === 0) {
      report("empty", "arrivals", `no requests in ${trace.source}`, "use another trace");
    } else if (!trace.hasArrivals) {
      const message = `${trace.source} has lengths but no arrival times`;
      report(
        "conflict",
        "arrivals",
        message,
        "give arrivals.rate and take only the tokens from it",
      );
    } else if (arrivals.loop && periodOf(trace) === 0) {
      const message = `all arrivals of ${trace.source} are at one time, which cannot be looped`;
      report("conflict", "arrivals.loop", message, "leave out loop");
    }
  }
  return problems;
}
