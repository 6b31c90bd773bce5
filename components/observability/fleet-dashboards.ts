/** The dashboards of a fleet, out of the same arguments as its rules. Pure; `dashboard-model.ts` gives them their form. */
import type {
  DashboardPanel,
  DashboardSection,
  FleetDashboard,
  PanelQuery,
} from "./dashboard-model";
import { REQUEST_RATE_RECORD } from "./drift-rules";
import { ENVOY, gatewayMatchers, PICKER } from "./gateway-rules";
import type { FleetRulesArgs, LatencyMetric, LatencyObjectiveArgs } from "./objective-args";
import { describeBound, objectiveName, quantileOf } from "./objective-share";
import { type PlannedModel, plannedModels } from "./planned-traffic";
import { COST_RECORD, REPLICAS_RECORD, REQUEST_COST_RECORD } from "./replica-rules";
import { decimal, quoted, selector } from "./rule";
import {
  NAME_SERIES_LABEL,
  poolLabels,
  type RuleContext,
  ruleContext,
  workloadLabels,
} from "./rule-context";
import { LATENCY_HISTOGRAMS, VLLM } from "./vllm-metrics";

/** Latency, load, plan against actual, GPUs: one dashboard each. */
export function fleetDashboards(args: FleetRulesArgs): readonly FleetDashboard[] {
  const context = ruleContext(args);
  const titled = (uid: string, title: string, sections: readonly DashboardSection[]) => ({
    uid: `capplan-${uid}`,
    title: `${title} (${context.region})`,
    sections,
  });
  return [
    titled("latency", "Latency against promises", latencySections(context)),
    titled("load", "Load and protection", loadSections(context)),
    titled("plan", "Plan against actual", planSections(context)),
    ...(context.gpuMetrics === "none" ? [] : [titled("gpu", "GPUs", gpuSections(context))]),
  ];
}

/** Always shown of a workload, whatever it promises. */
const LATENCIES = ["ttft", "tpot", "e2e"] as const satisfies readonly LatencyMetric[];
const QUANTILES = [0.5, 0.95, 0.99];
const UNPROMISED = "Estimated from a histogram: even spread inside each bucket.";

function latencySections(context: RuleContext): readonly DashboardSection[] {
  return Object.entries(context.workloads).map(([name, workload]) => {
    const labels = workloadLabels(context, workload);
    const objectives = workload.objectives ?? [];
    const metrics = new Set<LatencyMetric>([
      ...LATENCIES,
      ...objectives.map(({ metric }) => metric),
    ]);
    return {
      title: `${name} (${workload.servedModel})`,
      panels: [
        ...[...metrics].map((metric) =>
          latencyPanel(
            metric,
            labels,
            objectives.filter((one) => one.metric === metric),
          ),
        ),
        ...(objectives.some(({ statistic }) => statistic !== "mean") ? [burnPanel(name)] : []),
      ],
    };
  });
}

function latencyPanel(
  metric: LatencyMetric,
  labels: Readonly<Record<string, string>>,
  objectives: readonly LatencyObjectiveArgs[],
): DashboardPanel {
  const { name } = LATENCY_HISTOGRAMS[metric];
  const quantiles = new Set([
    ...QUANTILES,
    ...objectives.flatMap(({ statistic }) => quantileOf(statistic) ?? []),
  ]);
  const notes = objectives.flatMap((objective) => describeBound(objective) ?? []);
  return {
    title: metric,
    unit: "s",
    description: [UNPROMISED, ...notes].join(" "),
    queries: [
      ...[...quantiles].sort().map((quantile) => ({
        expr: `histogram_quantile(${quantile}, sum by (le) (rate(${name}_bucket${selector(labels)}[5m])))`,
        legend: `P${decimal(100 * quantile)}`,
      })),
      ...objectives.map((objective) => ({
        expr: `vector(${decimal(objective.limitSeconds)})`,
        legend: `limit ${objectiveName(objective)}`,
      })),
    ],
  };
}

function burnPanel(workload: string): DashboardPanel {
  const series = selector({ workload, bound: "certain" });
  return {
    title: "Requests that miss their limit",
    unit: "percentunit",
    description: "For certain: above the boundary of the histogram that follows the limit.",
    queries: ["5m", "1h", "6h"].map((window) => ({
      expr: `capplan:objective_bad:ratio_rate${window}${series}`,
      legend: `{{objective}} ${window}`,
    })),
  };
}

function loadSections(context: RuleContext): readonly DashboardSection[] {
  const ofPools = selector({ namespace: context.servingNamespace });
  const byPool = (fn: string, metric: string): PanelQuery => ({
    expr: `${fn} by (${NAME_SERIES_LABEL}) (${metric}${ofPools})`,
    legend: `{{${NAME_SERIES_LABEL}}}`,
  });
  const matchers = gatewayMatchers(context);
  const queues = Object.entries(context.queues ?? {});
  return [
    {
      title: "Engines",
      panels: [
        { title: "KV cache in use", unit: "percentunit", queries: [byPool("avg", VLLM.kvUsage)] },
        { title: "Requests running", unit: "short", queries: [byPool("sum", VLLM.running)] },
        { title: "Requests waiting", unit: "short", queries: [byPool("sum", VLLM.waiting)] },
        {
          title: "Preemptions",
          unit: "ops",
          queries: [
            {
              expr: `sum by (${NAME_SERIES_LABEL}) (rate(${VLLM.preemptions}${ofPools}[5m]))`,
              legend: `{{${NAME_SERIES_LABEL}}}`,
            },
          ],
        },
      ],
    },
    {
      title: "Gateway",
      panels: matchers === undefined ? [] : gatewayPanels(matchers),
    },
    {
      title: "Endpoint pickers",
      panels:
        context.gateway?.hasEndpointPicker === true ? pickerPanels(context.gateway.namespace) : [],
    },
    {
      title: "Queues",
      panels: queues.map(([queue, { ageSeries, ageSecondsMax }]) => ({
        title: `Age of the oldest request in ${queue}`,
        unit: "s",
        queries: [
          { expr: `max(${ageSeries})`, legend: "oldest" },
          { expr: `vector(${ageSecondsMax})`, legend: "planned at most" },
        ],
      })),
    },
  ];
}

function gatewayPanels(matchers: string): readonly DashboardPanel[] {
  const by = "sum by (envoy_cluster_name)";
  const legend = "{{envoy_cluster_name}}";
  const rate = (metric: string) => ({ expr: `${by} (rate(${metric}{${matchers}}[5m]))`, legend });
  return [
    { title: "Refused by the breaker", unit: "reqps", queries: [rate(ENVOY.overflow)] },
    {
      title: "Replicas ejected",
      unit: "short",
      queries: [{ expr: `max by (envoy_cluster_name) (${ENVOY.ejections}{${matchers}})`, legend }],
    },
    {
      title: "Requests under way",
      unit: "short",
      queries: [{ expr: `${by} (${ENVOY.active}{${matchers}})`, legend }],
    },
    { title: "Retries over their budget", unit: "reqps", queries: [rate(ENVOY.retryOverflow)] },
  ];
}

function pickerPanels(namespace: string): readonly DashboardPanel[] {
  const one = (fn: string, metric: string): readonly PanelQuery[] => [
    {
      expr: `${fn} by (${NAME_SERIES_LABEL}) (${metric}{namespace=${quoted(namespace)}})`,
      legend: `{{${NAME_SERIES_LABEL}}}`,
    },
  ];
  return [
    { title: "Saturation", unit: "percentunit", queries: one("max", PICKER.saturation) },
    { title: "Requests kept back", unit: "short", queries: one("sum", PICKER.waiting) },
  ];
}

function planSections(context: RuleContext): readonly DashboardSection[] {
  const pools = Object.entries(context.pools);
  return [
    {
      title: "Replicas",
      panels: pools.map(([pool, { replicasMin, replicasMax }]) => ({
        title: `Replicas of ${pool}`,
        unit: "short",
        queries: [
          { expr: `${REPLICAS_RECORD}${selector({ pool })}`, legend: "actual" },
          { expr: `vector(${replicasMin})`, legend: "planned least" },
          { expr: `vector(${replicasMax})`, legend: "planned most" },
        ],
      })),
    },
    {
      title: "Concurrency",
      panels: pools.flatMap(([pool, { concurrencyPerReplica }]) =>
        concurrencyPerReplica === undefined
          ? []
          : [
              {
                title: `Requests per replica of ${pool}`,
                unit: "short",
                queries: [
                  {
                    expr: `avg(${VLLM.running}${selector(poolLabels(context, pool))})`,
                    legend: "actual",
                  },
                  { expr: `vector(${decimal(concurrencyPerReplica)})`, legend: "planned" },
                ],
              },
            ],
      ),
    },
    { title: "Traffic", panels: plannedModels(context).flatMap(trafficPanels) },
    { title: "Cost", panels: costPanels(context) },
  ];
}

function trafficPanels(model: PlannedModel): readonly DashboardPanel[] {
  const labels = selector({ model: model.servedModel });
  const against = (
    title: string,
    unit: string,
    record: string,
    planned: Readonly<Record<string, number | undefined>>,
  ): DashboardPanel => ({
    title: `${title} of ${model.servedModel}`,
    unit,
    queries: [
      { expr: `${record}${labels}`, legend: "actual" },
      ...Object.entries(planned).flatMap(([legend, value]) =>
        value === undefined ? [] : [{ expr: `vector(${decimal(value)})`, legend }],
      ),
    ],
  });
  return [
    against("Requests", "reqps", REQUEST_RATE_RECORD, {
      "planned mean": model.requestsPerSecond,
      "planned most": model.requestsPerSecondMax,
    }),
    against("Prompt tokens", "short", "capplan:prompt_tokens:mean6h", {
      planned: model.promptTokensMean,
    }),
    against("Answer tokens", "short", "capplan:output_tokens:mean6h", {
      planned: model.outputTokensMean,
    }),
  ];
}

function costPanels({ pools, plannedUsdPerHour }: RuleContext): readonly DashboardPanel[] {
  if (Object.values(pools).every(({ usdPerReplicaHour }) => usdPerReplicaHour === undefined))
    return [];
  return [
    {
      title: "Cost of replicas per hour",
      unit: "currencyUSD",
      queries: [
        { expr: COST_RECORD, legend: "actual ({{completeness}})" },
        ...(plannedUsdPerHour === undefined
          ? []
          : [{ expr: `vector(${decimal(plannedUsdPerHour)})`, legend: "planned" }]),
      ],
    },
    {
      title: "Cost per request",
      unit: "currencyUSD",
      queries: [{ expr: REQUEST_COST_RECORD, legend: "last hour ({{completeness}})" }],
    },
  ];
}

/** Metrics of DCGM that its exporter and GKE's own have in common. */
function gpuSections({ servingNamespace }: RuleContext): readonly DashboardSection[] {
  // The exporter names the namespace of the pod that uses a GPU so; a scrape that keeps its own labels, `exported_…`.
  const panel = (title: string, unit: string, metric: string): DashboardPanel => ({
    title,
    unit,
    queries: ["namespace", "exported_namespace"].map((label) => ({
      expr: `avg by (modelName) (${metric}{${label}=${quoted(servingNamespace)}})`,
      legend: "{{modelName}}",
    })),
  });
  return [
    {
      title: "GPUs of the replicas",
      panels: [
        panel("Time in use", "percent", "DCGM_FI_DEV_GPU_UTIL"),
        panel("Tensor cores in use", "percentunit", "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE"),
        panel("Memory in use", "decmbytes", "DCGM_FI_DEV_FB_USED"),
        panel("Power", "watt", "DCGM_FI_DEV_POWER_USAGE"),
      ],
    },
  ];
}
