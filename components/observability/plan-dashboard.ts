/** What the dashboard of the plan shows: every number that was planned beside what is. */
import type { DashboardPanel, DashboardSection } from "./dashboard-model";
import { REQUEST_RATE_RECORD } from "./drift-rules";
import { type PlannedModel, plannedModels } from "./planned-traffic";
import { COST_RECORD, REPLICAS_RECORD, REQUEST_COST_RECORD } from "./replica-rules";
import { decimal, selector } from "./rule";
import { poolLabels, type RuleContext } from "./rule-context";
import { VLLM } from "./vllm-metrics";

/** Replicas, concurrency, traffic, cost. */
export function planSections(context: RuleContext): readonly DashboardSection[] {
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
