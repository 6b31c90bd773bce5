/**
 * The configuration file of llm-d's endpoint picker (router 0.10, `llm-d.ai/v1alpha1 EndpointPickerConfig`), and the
 * InferencePool that refers to the picker, as plain data. The file is read when the picker starts and is no object of
 * Kubernetes. Names of plugins and weights are those of the router's own chart.
 */

import { gatewayDuration } from "./gateway-duration";
import type { DisaggregationArgs, FlowControlArgs, InferencePoolArgs } from "./inference-args";
import type { ManifestPart } from "./manifest-part";

/** Port on which a picker answers Envoy's external processing. */
export const PICKER_PORT = 9002;

const DETECTOR = "concurrency-detector";
const FAIRNESS = "round-robin-fairness-policy";
const ORDERING = "fcfs-ordering-policy";

const SCORERS = [
  ["queue-scorer", 2],
  ["kv-cache-utilization-scorer", 2],
  ["prefix-cache-scorer", 3],
] as const;

const DECIDER = "prefix-based-pd-decider";
/** Filters that go by the label `llm-d.ai/role`. */
const PHASE_FILTERS = { prefill: "prefill-filter", decode: "decode-filter" } as const;

/** The file, as JSON, which is YAML too. */
export function endpointPickerConfig(
  flowControl: FlowControlArgs,
  disaggregation: DisaggregationArgs | undefined,
): string {
  const { priorityBands = [{ priority: 0, maxRequests: flowControl.maxRequests }] } = flowControl;
  const config = {
    apiVersion: "llm-d.ai/v1alpha1",
    kind: "EndpointPickerConfig",
    featureGates: ["flowControl"],
    plugins: [
      ...SCORERS.map(([type]) => ({ type })),
      { type: FAIRNESS },
      { type: ORDERING },
      {
        type: DETECTOR,
        parameters: {
          maxConcurrency: flowControl.concurrencyPerReplica,
          concurrencyMode: "requests",
          headroom: 0,
        },
      },
      ...(disaggregation === undefined ? [] : phasePlugins(disaggregation)),
    ],
    schedulingProfiles: schedulingProfiles(disaggregation),
    flowControl: {
      maxRequests: String(flowControl.maxRequests),
      defaultRequestTTL: gatewayDuration(flowControl.requestTtlSeconds),
      saturationDetector: { pluginRef: DETECTOR },
      priorityBands: priorityBands.map(({ priority, maxRequests }) => ({
        priority,
        maxRequests: String(maxRequests),
        fairnessPolicyRef: FAIRNESS,
        orderingPolicyRef: ORDERING,
      })),
    },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** What decides whether a prompt is read elsewhere, and by whom (router 0.10, docs/disaggregation.md). */
function phasePlugins({ uncachedTokensMin }: DisaggregationArgs) {
  return [
    ...Object.values(PHASE_FILTERS).map((type) => ({ type })),
    { type: DECIDER, parameters: { nonCachedTokens: uncachedTokensMin } },
    { type: "disagg-profile-handler", parameters: { deciders: { prefill: DECIDER } } },
  ];
}

function schedulingProfiles(disaggregation: DisaggregationArgs | undefined) {
  const scorers = SCORERS.map(([pluginRef, weight]) => ({ pluginRef, weight }));
  if (disaggregation === undefined) return [{ name: "default", plugins: scorers }];
  return Object.entries(PHASE_FILTERS).map(([name, pluginRef]) => ({
    name,
    plugins: [{ pluginRef }, ...scorers],
  }));
}

/** The `spec` of the pool. */
export function inferencePoolSpec(pool: InferencePoolArgs, pickerName: string): ManifestPart {
  return {
    selector: { matchLabels: { ...pool.matchLabels } },
    targetPorts: [{ number: pool.targetPort }],
    endpointPickerRef: {
      name: pickerName,
      port: { number: PICKER_PORT },
      failureMode: pool.failureMode ?? "FailClose",
    },
  };
}
