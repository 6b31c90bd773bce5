/** What alerts and dashboards of a place are made of: the promises, and what was planned of traffic, replicas and cost. */
import type {
  FleetRulesArgs,
  MonitoredPoolArgs,
  MonitoredWorkloadArgs,
  PlannedTrafficArgs,
} from "../../components/observability";
import type { ResolvedPool } from "../../planner/plan/fleet-of-plan";
import type { PlanWorkload } from "../../planner/plan/plan-spec";
import type { Derivation, Derived } from "./derived";
import { modelName } from "./names";
import type { PlaceContext } from "./place-context";
import { SERVING_NAMESPACE, type ServiceOfPool } from "./services";

/** Everything of monitoring that follows from the plan. */
export type MonitoringArgs = Pick<
  FleetRulesArgs,
  "region" | "servingNamespace" | "workloads" | "pools" | "gateway"
> & { readonly scrapeSeconds: number };

/** Seconds between two samples, where no autoscaler reads them. */
const SCRAPE_SECONDS = 15;
/** What a Prometheus is scraped at, by the component. */
const SCRAPE_BOUNDS = { min: 5, max: 300 };

/** What of the gateway is watched. */
export interface MonitoredGateway {
  /** Of the RegionalGateway; undefined without one. */
  readonly gatewayName: string | undefined;
  readonly hasPicker: boolean;
}

/** The monitoring of a place. */
export function deriveMonitoring(
  place: PlaceContext,
  services: readonly ServiceOfPool[],
  { gatewayName, hasPicker }: MonitoredGateway,
): Derived<MonitoringArgs> {
  const derivations: Derivation[] = [];
  const served = new Set(services.map(({ pool }) => pool.model.name));
  const workloads = place.plan.workloads.filter(({ model }) => served.has(model));
  const scrape = scrapeSeconds(services);
  derivations.push({ what: "monitoring.scrapeSeconds", ...scrape });
  return {
    args: {
      region: place.region.name,
      servingNamespace: SERVING_NAMESPACE,
      workloads: Object.fromEntries(
        workloads.map((one) => [
          one.name,
          monitoredWorkload(place, one, gatewayName !== undefined, derivations),
        ]),
      ),
      pools: Object.fromEntries(
        services.map(({ name, pool }) => [name, monitoredPool(place, name, pool, derivations)]),
      ),
      ...(gatewayName === undefined
        ? {}
        : {
            gateway: {
              name: gatewayName,
              namespace: SERVING_NAMESPACE,
              ...(hasPicker ? { hasEndpointPicker: true } : {}),
            },
          }),
      scrapeSeconds: scrape.value,
    },
    derivations,
    problems: [],
  };
}

/** An autoscaler sees a sample that is as old as in the simulation. */
function scrapeSeconds(services: readonly ServiceOfPool[]): {
  readonly value: number;
  readonly because: string;
} {
  const lags = services.flatMap(({ pool }) => pool.autoscaling?.metricLagSeconds ?? []);
  if (lags.length === 0) {
    return { value: SCRAPE_SECONDS, because: "no autoscaler reads the metrics" };
  }
  const lag = Math.min(...lags);
  const { min, max } = SCRAPE_BOUNDS;
  const value = Math.min(max, Math.max(min, Math.floor(lag)));
  return { value, because: "autoscaling.metricLag: no sample is older than was simulated" };
}

function monitoredWorkload(
  place: PlaceContext,
  workload: PlanWorkload,
  hasGateway: boolean,
  derivations: Derivation[],
): MonitoredWorkloadArgs {
  const { name, model, delivery, objectives } = workload;
  const what = `monitoring.workloads.${name}`;
  const isDirect = delivery === "direct";
  const isDisaggregated = place.pools.some(
    (pool) => pool.model.name === model && pool.role !== "unified",
  );
  const watched = objectives.filter(({ metric }) => !isDisaggregated || metric !== "queueTime");
  if (isDirect) {
    if (isDisaggregated)
      derivations.push(describeMeasurer(what, watched.length < objectives.length));
    watched.forEach(({ metric, statistic, limitSeconds }) => {
      derivations.push({
        what: `${what}.objectives.${metric}-${statistic}`,
        value: limitSeconds,
        because: "the workload's promise, in seconds",
      });
    });
  }
  return {
    servedModel: model,
    // What goes through a queue waits where no engine sees it: the queue has an alarm of its own.
    ...(isDirect ? { objectives: watched } : {}),
    ...(isDirect && isDisaggregated ? { measuredBy: "picker" } : {}),
    ...(isDirect && hasGateway ? { backend: modelName(model) } : {}),
    planned: plannedTraffic(place, workload, derivations),
  };
}

/** An engine sees one phase; who has sent a request to both knows how long it took. */
function describeMeasurer(what: string, hasUnwatched: boolean): Derivation {
  return {
    what: `${what}.measuredBy`,
    value: "picker",
    because: "prefill and decode are apart, and no engine sees a whole request",
    ...(hasUnwatched
      ? { deviation: "nobody watches queueTime, which is spent in two engines" }
      : {}),
  };
}

/** What the nominal run had. Rates are those of the fleet, which are a region's where there is one. */
function plannedTraffic(
  { plan, fleet }: PlaceContext,
  { name }: PlanWorkload,
  derivations: Derivation[],
): PlannedTrafficArgs {
  const of = (run: (typeof plan.evidence.runs)[number]) =>
    run.workloads.find(({ workload }) => workload === name);
  const [nominal] = plan.evidence.runs;
  const measured = nominal === undefined ? undefined : of(nominal);
  if (measured === undefined) return {};
  const what = `monitoring.workloads.${name}.planned`;
  const planned: Record<string, number> = {};
  const add = (key: keyof PlannedTrafficArgs, value: number | null, because: string): void => {
    if (value === null || !(value > 0)) return;
    planned[key] = value;
    derivations.push({ what: `${what}.${key}`, value, because });
  };
  const nominally = "measured in the nominal run";
  add("promptTokensMean", measured.inputTokensPerRequest, nominally);
  add("outputTokensMean", measured.outputTokensPerRequest, nominally);
  if (fleet.regions.length === 1) {
    add("requestsPerSecond", measured.requestsPerSecond, `${nominally}; the fleet has one region`);
    const rates = plan.evidence.runs.map((run) => of(run)?.requestsPerSecond ?? 0);
    add("requestsPerSecondMax", Math.max(...rates), "the most of all runs");
  }
  return planned;
}

function monitoredPool(
  place: PlaceContext,
  name: string,
  pool: ResolvedPool,
  derivations: Derivation[],
): MonitoredPoolArgs {
  const what = `monitoring.pools.${name}`;
  const usd = usdPerReplicaHour(place, pool);
  const concurrencyPerReplica = pool.engine.maxSequences * pool.engine.dataParallel;
  derivations.push(
    { what: `${what}.replicasMin`, value: pool.replicasMin, because: "replicas.min" },
    { what: `${what}.replicasMax`, value: pool.replicasMax, because: "replicas.max" },
    {
      what: `${what}.concurrencyPerReplica`,
      value: concurrencyPerReplica,
      because: "engine.maxSequences × engine.dataParallel",
    },
    {
      what: `${what}.usdPerReplicaHour`,
      value: usd ?? "unknown",
      because: "cost.lines of the plan: what is billed for the pool, by its replicas",
    },
  );
  return {
    servedModel: pool.model.name,
    replicasMin: pool.replicasMin,
    replicasMax: pool.replicasMax,
    concurrencyPerReplica,
    ...(usd === undefined ? {} : { usdPerReplicaHour: usd }),
  };
}

/** Undefined where a part of the pool has no price. */
function usdPerReplicaHour({ plan }: PlaceContext, { name }: ResolvedPool): number | undefined {
  let usd = 0;
  let replicas = 0;
  for (const line of plan.cost.lines.filter(({ pool }) => pool === name)) {
    if (line.usdPerHour === null) return undefined;
    usd += line.usdPerHour;
    replicas += line.replicas;
  }
  return replicas > 0 ? usd / replicas : undefined;
}
