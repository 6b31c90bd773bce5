/** What is wrong with what is served and with the replicas that serve it, before anything is made. */
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import { checkScaling } from "./check-scaling";
import { checkEngine, gpusOfReplica, resolveEngine } from "./engine-args";
import { gpusOfPod } from "./engine-argv";
import { checkImage } from "./image-digest";
import type { ProbesArgs, ReplicasArgs, ServedModelArgs } from "./inference-service-args";
import { OWN_ADDRESS_ENV, OWN_ENV } from "./pod-template";
import {
  nodesOfReplica,
  type PhaseShape,
  replicasThatFit,
  secondsBeforeSignal,
} from "./replica-shape";
import { checkWeights } from "./weights-args";

const NAMESPACE = {
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  must: "be a name of Kubernetes: at most 63 lower case letters, digits and hyphens",
};
const DAY_SECONDS = 86_400;
const REPLICAS = { min: 0, max: 100_000 };

/** The problems of what all replicas share. */
export function checkServedModel(
  model: ServedModelArgs,
  phase?: PhaseShape,
): readonly InputProblem[] {
  const { userId, longestStreamSeconds, terminationGracePeriodSeconds } = model;
  const problems: InputProblem[] = [
    ...checkForm("namespace", model.namespace, NAMESPACE),
    ...checkForm("modelName", model.modelName, {
      pattern: /^[\w-][\w./:-]{0,127}$/,
      must: "be a name of at most 128 letters, digits and ./:_-",
    }),
    ...checkImage("image", model.image),
    ...checkWeights(model.weights, "weights"),
    ...checkForm("priorityClassName", model.priorityClassName, NAMESPACE),
    ...checkWhole("userId", userId, { min: 1, max: 2_147_483_647 }),
    ...checkWhole("endpointRemovalSeconds", model.endpointRemovalSeconds, { min: 0, max: 600 }),
    ...checkEnv(model.env ?? {}),
  ];
  if (!(longestStreamSeconds > 0 && longestStreamSeconds <= DAY_SECONDS)) {
    problems.push({
      path: "longestStreamSeconds",
      must: `be above 0 and at most ${DAY_SECONDS}`,
      got: longestStreamSeconds,
    });
  }
  const graceMin = longestStreamSeconds + secondsBeforeSignal(model, phase);
  if (
    !(terminationGracePeriodSeconds >= graceMin && terminationGracePeriodSeconds <= 2 * DAY_SECONDS)
  ) {
    problems.push({
      path: "terminationGracePeriodSeconds",
      must: `be at least ${graceMin}: the longest stream, once nobody sends or reads any more`,
      got: terminationGracePeriodSeconds,
    });
  }
  return problems;
}

function checkEnv(env: Readonly<Record<string, unknown>>): readonly InputProblem[] {
  const own: readonly string[] = [...Object.keys(OWN_ENV), ...OWN_ADDRESS_ENV];
  return Object.keys(env).flatMap((name) => [
    ...checkForm(`env.${name}`, name, {
      pattern: /^[A-Za-z_]\w*$/,
      must: "be the name of a variable",
    }),
    ...(own.includes(name)
      ? [{ path: `env.${name}`, must: "be left out, since the component sets it", got: name }]
      : []),
  ]);
}

/** The problems of the replicas of one pool. */
export function checkReplicas(args: ReplicasArgs, path: string): readonly InputProblem[] {
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const { resources, scaling, rollout = {}, startupSeconds } = args;
  const problems: InputProblem[] = [
    ...checkEngine(args.engine, at("engine")),
    ...checkWhole(at("replicas"), args.replicas, REPLICAS),
    ...checkOneOf(at("zoneSpread"), args.zoneSpread, ["preferred", "required"]),
    ...checkWhole(at("rollout.surgeMax"), rollout.surgeMax, REPLICAS),
    ...checkWhole(at("rollout.unavailableMax"), rollout.unavailableMax, REPLICAS),
    ...checkWhole(at("disruptedMax"), args.disruptedMax, { min: 1, max: REPLICAS.max }),
    ...checkProbes(args.probes ?? {}, at("probes")),
    ...(scaling === undefined
      ? []
      : checkScaling(scaling, args.replicas, at("scaling")).map((problem) =>
          problem.path === "replicas" ? { ...problem, path: at("replicas") } : problem,
        )),
  ];
  if (!(startupSeconds > 0 && startupSeconds <= DAY_SECONDS)) {
    problems.push({
      path: at("startupSeconds"),
      must: `be above 0 and at most ${DAY_SECONDS}`,
      got: startupSeconds,
    });
  }
  for (const [key, value] of Object.entries({
    cpus: resources.cpus,
    memoryGib: resources.memoryGib,
    ...(resources.sharedMemoryGib === undefined
      ? {}
      : { sharedMemoryGib: resources.sharedMemoryGib }),
  })) {
    if (value > 0) continue;
    problems.push({ path: at(`resources.${key}`), must: "be above 0", got: value });
  }
  return [...problems, ...checkFit(args, at), ...checkRollout(args, at)];
}

function checkProbes(probes: ProbesArgs, path: string): readonly InputProblem[] {
  const { intervalSeconds = 5, timeoutSeconds = 2 } = probes;
  const problems: InputProblem[] = [
    ...checkWhole(`${path}.intervalSeconds`, intervalSeconds, { min: 1, max: 300 }),
    ...checkWhole(`${path}.timeoutSeconds`, timeoutSeconds, { min: 1, max: 300 }),
    ...checkWhole(`${path}.unhealthyThreshold`, probes.unhealthyThreshold, { min: 1, max: 100 }),
    ...checkWhole(`${path}.restartAfterSeconds`, probes.restartAfterSeconds, {
      min: 10,
      max: 3600,
    }),
  ];
  if (timeoutSeconds > intervalSeconds) {
    problems.push({
      path: `${path}.timeoutSeconds`,
      must: `be at most intervalSeconds (${intervalSeconds})`,
      got: timeoutSeconds,
    });
  }
  return problems;
}

/** Whether a replica can be divided over nodes of the pool, and whether there are nodes for all of them. */
function checkFit(args: ReplicasArgs, at: (key: string) => string): readonly InputProblem[] {
  const { pool, resources, zoneSpread, disruptedMax = 1 } = args;
  const { tensorParallel, pipelineParallel } = resolveEngine(args.engine);
  const gpus = gpusOfReplica(args.engine);
  const nodes = nodesOfReplica(args);
  const problems: InputProblem[] = [];
  const sharedMemoryGib = resources.sharedMemoryGib ?? gpusOfPod(args.engine, nodes) * 2;
  if (sharedMemoryGib >= resources.memoryGib) {
    problems.push({
      path: at("resources.memoryGib"),
      must: `be above the shared memory in it (${sharedMemoryGib} GiB)`,
      got: resources.memoryGib,
    });
  }
  if (nodes > 1) {
    const ranks = tensorParallel * pipelineParallel;
    if (gpus % pool.gpusPerNode !== 0) {
      problems.push({
        path: at("engine"),
        must: `take whole nodes of ${pool.gpusPerNode} GPUs when it spans several`,
        got: `${gpus} GPUs`,
      });
    } else if (ranks % pool.gpusPerNode !== 0 && pool.gpusPerNode % ranks !== 0) {
      problems.push({
        path: at("engine"),
        must: `have tensorParallel × pipelineParallel that divides ${pool.gpusPerNode} GPUs of a node, or is a multiple of them`,
        got: ranks,
      });
    }
    if (zoneSpread === "required") {
      problems.push({
        path: at("zoneSpread"),
        must: "be left out for replicas that span nodes, each of which stays in one zone",
        got: zoneSpread,
      });
    }
    if (disruptedMax > 1) {
      problems.push({
        path: at("disruptedMax"),
        must: "be 1 for replicas that span nodes: each of the pods takes its whole replica along",
        got: disruptedMax,
      });
    }
  }
  const most = args.scaling?.replicasMax ?? args.replicas;
  const wanted = most + (args.rollout?.surgeMax ?? 0);
  const fitting = replicasThatFit(args);
  if (wanted > fitting) {
    problems.push({
      path: args.scaling === undefined ? at("replicas") : at("scaling.replicasMax"),
      must: `be at most ${fitting - (args.rollout?.surgeMax ?? 0)}, for which the pool has nodes (${pool.nodesMax} of ${pool.gpusPerNode} GPUs)`,
      got: most,
      fix: "raise nodesMax of the pool, or lower rollout.surgeMax",
    });
  }
  return problems;
}

function checkRollout(args: ReplicasArgs, at: (key: string) => string): readonly InputProblem[] {
  const { surgeMax = 0, unavailableMax = 1 } = args.rollout ?? {};
  if (surgeMax > 0 || unavailableMax > 0) return [];
  const must = "be above 0 without surgeMax, or nothing could ever be replaced";
  return [{ path: at("rollout.unavailableMax"), must, got: unavailableMax }];
}
