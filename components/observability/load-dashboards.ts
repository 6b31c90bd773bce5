/** What the dashboards of load show: engines, the gateway and its breakers, endpoint pickers, queues; and GPUs. */
import type { DashboardPanel, DashboardSection, PanelQuery } from "./dashboard-model";
import { ENVOY, gatewayMatchers, PICKER } from "./gateway-rules";
import { quoted, selector } from "./rule";
import { NAME_SERIES_LABEL, type RuleContext } from "./rule-context";
import { VLLM } from "./vllm-metrics";

/** How much there is to do, and what is refused. */
export function loadSections(context: RuleContext): readonly DashboardSection[] {
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

/** Metrics of DCGM that its exporter and GKE's own have in common. */
export function gpuSections({ servingNamespace }: RuleContext): readonly DashboardSection[] {
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
