/** What FleetMonitoring refuses: promises that nothing can measure, plans that cannot be, settings that nobody reads. */
import { checkForm, checkOneOf, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { FleetMonitoringArgs, MonitoringBackend } from "./fleet-monitoring-args";
import {
  type FleetRulesArgs,
  LATENCY_METRICS,
  type LatencyObjectiveArgs,
  MEASURERS,
  type Measurer,
  type MonitoredPoolArgs,
  type MonitoredWorkloadArgs,
  OBJECTIVE_STATISTICS,
} from "./objective-args";
import { objectiveName } from "./objective-share";
import { requestMetrics } from "./request-metrics";
import { placeOfLimit } from "./vllm-metrics";

const NAME = {
  pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
  must: "be a name of Kubernetes: at most 63 lower case letters, digits and hyphens",
};
const COUNT = { min: 0, max: 1_000_000 };

/** Above 0 and finite; nothing to say of what is left out. */
function checkPositive(path: string, got: number | undefined): readonly InputProblem[] {
  if (got === undefined || (got > 0 && Number.isFinite(got))) return [];
  return [{ path, must: "be a number above 0", got, fix: "leave out what is not known" }];
}

/** Above 0 and below 1. */
function checkShare(path: string, got: number | undefined): readonly InputProblem[] {
  if (got === undefined || (got > 0 && got < 1)) return [];
  return [{ path, must: "be a share above 0 and below 1", got }];
}

/** What is wrong with the arguments. */
export function checkFleetMonitoring(args: FleetMonitoringArgs): readonly InputProblem[] {
  return [
    ...checkFleetRules(args),
    ...checkForm("namespace", args.namespace, NAME),
    ...checkForm("replicaPort", args.replicaPort, {
      pattern: /^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/,
      must: "be the name of a port: at most 15 lower case letters, digits and hyphens",
    }),
    ...checkWhole("scrapeSeconds", args.scrapeSeconds, { min: 5, max: 300 }),
    ...checkBackend(args.backend),
    ...checkGpuMetrics(args),
    ...checkTraces(args),
  ];
}

/** What is wrong with the arguments that rules are made of. */
function checkFleetRules(args: FleetRulesArgs): readonly InputProblem[] {
  const { limits = {}, queues = {}, gateway } = args;
  return [
    ...checkForm("servingNamespace", args.servingNamespace, NAME),
    ...checkForm("gateway.name", gateway?.name, NAME),
    ...checkForm("gateway.namespace", gateway?.namespace, NAME),
    ...checkForm("runbookUrl", args.runbookUrl, {
      pattern: /^https?:\/\/[^\s#]+$/,
      must: "be an address of the web without a #",
    }),
    ...Object.entries(args.workloads).flatMap(([name, one]) => checkWorkload(name, one, args)),
    ...Object.entries(args.pools).flatMap(([name, one]) => checkPool(name, one, args)),
    ...Object.entries(queues).flatMap(([name, { ageSeries, ageSecondsMax }]) => [
      ...checkPositive(`queues.${name}.ageSecondsMax`, ageSecondsMax),
      ...checkForm(`queues.${name}.ageSeries`, ageSeries, {
        pattern: /^[a-zA-Z_:][\w:]*(\{.*\})?$/,
        must: "be the selector of a series, such as sqsAgeSeries gives",
      }),
    ]),
    ...checkPositive("plannedUsdPerHour", args.plannedUsdPerHour),
    ...checkWhole("limits.requestsMin", limits.requestsMin, { min: 1, max: 1_000_000 }),
    ...checkPositive("limits.driftTolerance", limits.driftTolerance),
    ...checkPositive("limits.costTolerance", limits.costTolerance),
    ...checkShare("limits.kvUsageMax", limits.kvUsageMax),
    ...checkPositive("limits.preemptionShareMax", limits.preemptionShareMax),
  ];
}

function checkWorkload(
  name: string,
  workload: MonitoredWorkloadArgs,
  { gateway, pools, workloads }: FleetRulesArgs,
): readonly InputProblem[] {
  const path = `workloads.${name}`;
  const { servedModel, objectives = [], availability, backend, planned = {} } = workload;
  const { measuredBy = "engine" } = workload;
  const problems: InputProblem[] = [
    ...checkUnique(`${path}.objectives`, objectives.map(objectiveName)),
    ...checkOneOf(`${path}.measuredBy`, measuredBy, MEASURERS),
    ...objectives.flatMap((one, index) =>
      checkObjective(`${path}.objectives[${index}]`, one, measuredBy),
    ),
    ...checkShare(`${path}.availability`, availability),
    ...checkPositive(`${path}.planned.requestsPerSecond`, planned.requestsPerSecond),
    ...checkPositive(`${path}.planned.requestsPerSecondMax`, planned.requestsPerSecondMax),
    ...checkPositive(`${path}.planned.promptTokensMean`, planned.promptTokensMean),
    ...checkPositive(`${path}.planned.outputTokensMean`, planned.outputTokensMean),
  ];
  const { requestsPerSecond, requestsPerSecondMax } = planned;
  if (
    requestsPerSecond !== undefined &&
    requestsPerSecondMax !== undefined &&
    requestsPerSecondMax < requestsPerSecond
  ) {
    const must = `be at least planned.requestsPerSecond, which is ${requestsPerSecond}`;
    problems.push({
      path: `${path}.planned.requestsPerSecondMax`,
      must,
      got: requestsPerSecondMax,
    });
  }
  if (backend !== undefined && gateway === undefined) {
    const must = "be left out without gateway, which would have its metrics";
    problems.push({ path: `${path}.backend`, must, got: backend });
  }
  if (availability !== undefined && backend === undefined) {
    const must = "be left out without backend: errors are counted at the gateway";
    problems.push({ path: `${path}.availability`, must, got: availability });
  }
  if (measuredBy === "picker" && gateway?.hasEndpointPicker !== true) {
    const must = 'be "engine" without gateway.hasEndpointPicker: nobody else measures';
    problems.push({ path: `${path}.measuredBy`, must, got: measuredBy });
  }
  const others = Object.values(workloads).filter((one) => one.servedModel === servedModel);
  if (others.some((one) => (one.measuredBy ?? "engine") !== measuredBy)) {
    const must = `be the same for all workloads of ${servedModel}`;
    problems.push({ path: `${path}.measuredBy`, must, got: measuredBy });
  }
  if (!Object.values(pools).some((pool) => pool.servedModel === servedModel)) {
    const must = "be the model of a pool, or nothing ever measures it";
    problems.push({ path: `${path}.servedModel`, must, got: servedModel });
  }
  return problems;
}

function checkObjective(
  path: string,
  objective: LatencyObjectiveArgs,
  measuredBy: Measurer,
): readonly InputProblem[] {
  const { metric, statistic, limitSeconds } = objective;
  const problems: InputProblem[] = [
    ...checkOneOf(`${path}.metric`, metric, LATENCY_METRICS),
    ...checkOneOf(`${path}.statistic`, statistic, OBJECTIVE_STATISTICS),
    ...checkPositive(`${path}.limitSeconds`, limitSeconds),
  ];
  if (problems.length > 0) return problems;
  const { latencies } = requestMetrics(measuredBy);
  const histogram = latencies[metric];
  if (histogram === undefined) {
    const must = `be one of ${Object.keys(latencies).join(", ")}, which the ${measuredBy} measures`;
    return [{ path: `${path}.metric`, must, got: metric }];
  }
  // A mean needs no boundary.
  if (statistic === "mean") return [];
  if (placeOfLimit(histogram, limitSeconds) !== undefined) return [];
  const last = histogram.boundsSeconds.at(-1);
  return [
    {
      path: `${path}.limitSeconds`,
      must: `be at most ${last}, the last boundary of ${histogram.name}: nothing above it can be told apart`,
      got: limitSeconds,
    },
  ];
}

function checkPool(
  name: string,
  pool: MonitoredPoolArgs,
  { workloads }: FleetRulesArgs,
): readonly InputProblem[] {
  const path = `pools.${name}`;
  const { replicasMin, replicasMax, servedModel } = pool;
  const problems: InputProblem[] = [
    ...checkForm(path, name, NAME),
    ...checkWhole(`${path}.replicasMin`, replicasMin, COUNT),
    ...checkWhole(`${path}.replicasMax`, replicasMax, { ...COUNT, min: 1 }),
    ...checkPositive(`${path}.concurrencyPerReplica`, pool.concurrencyPerReplica),
    ...checkPositive(`${path}.usdPerReplicaHour`, pool.usdPerReplicaHour),
  ];
  if (replicasMin > replicasMax) {
    const must = `be at most ${path}.replicasMax, which is ${replicasMax}`;
    problems.push({ path: `${path}.replicasMin`, must, got: replicasMin });
  }
  if (!Object.values(workloads).some((workload) => workload.servedModel === servedModel)) {
    const must = "be the model of a workload, or nobody plans for what it costs";
    problems.push({ path: `${path}.servedModel`, must, got: servedModel });
  }
  return problems;
}

function checkBackend(backend: MonitoringBackend): readonly InputProblem[] {
  const problems = [
    ...checkOneOf("backend.kind", backend.kind, ["kube-prometheus-stack", "amp", "gmp"]),
  ];
  switch (backend.kind) {
    case "kube-prometheus-stack":
      return [
        ...problems,
        ...checkWhole("backend.retentionDays", backend.retentionDays, { min: 1, max: 3650 }),
        ...checkWhole("backend.storageGib", backend.storageGib, { min: 1, max: 65_536 }),
        ...checkWhole("backend.replicas", backend.replicas, { min: 1, max: 4 }),
        ...checkForm("backend.alertmanagerSecret", backend.alertmanagerSecret, NAME),
      ];
    case "amp":
      return [
        ...problems,
        ...checkForm("backend.region", backend.region, {
          pattern: /^[a-z]{2}(-[a-z]+)+-\d+$/,
          must: 'name a region, such as "us-east-1"',
        }),
        // Amazon Managed Service for Prometheus, quotas: three years.
        ...checkWhole("backend.retentionDays", backend.retentionDays, { min: 1, max: 1095 }),
      ];
    case "gmp":
      return [
        ...problems,
        ...checkForm("backend.alertmanagerSecret", backend.alertmanagerSecret, NAME),
      ];
    default:
      return problems;
  }
}

function checkGpuMetrics({ gpuMetrics, backend }: FleetMonitoringArgs): readonly InputProblem[] {
  const problems = checkOneOf("gpuMetrics", gpuMetrics, ["exporter", "managed", "none"]);
  if (gpuMetrics === "managed" && backend.kind !== "gmp") {
    const must = "be exporter or none: GKE's own metrics of GPUs only go to gmp";
    return [...problems, { path: "gpuMetrics", must, got: gpuMetrics }];
  }
  if (gpuMetrics === "exporter" && backend.kind === "gmp") {
    const must = "be managed or none: GKE's own exporter is there already";
    return [...problems, { path: "gpuMetrics", must, got: gpuMetrics }];
  }
  return problems;
}

function checkTraces({ traces }: FleetMonitoringArgs): readonly InputProblem[] {
  if (traces === undefined) return [];
  const { samplePercent, endpoint } = traces;
  const problems: InputProblem[] = [
    ...checkWhole("traces.replicas", traces.replicas, { min: 1, max: 50 }),
    ...checkForm("traces.authorizationSecret", traces.authorizationSecret, NAME),
    ...(typeof endpoint === "string"
      ? checkForm("traces.endpoint", endpoint, {
          pattern: /^https:\/\/[^\s]+$/,
          must: "be an address that begins with https://, since traces leave the cluster",
        })
      : []),
  ];
  if (samplePercent !== undefined && !(samplePercent > 0 && samplePercent <= 100)) {
    const must = "be above 0 and at most 100; leave traces out for none";
    problems.push({ path: "traces.samplePercent", must, got: samplePercent });
  }
  return problems;
}
