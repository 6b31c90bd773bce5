/** The collector of traces: the OpenTelemetry project's chart with a configuration of our own, and nothing of its own. */
import * as kubernetes from "@pulumi/kubernetes";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import { AUTHORIZATION_VARIABLE, collectorConfig } from "./collector-config";
import type { MonitoringPlace } from "./monitoring-place";

const RELEASE = "otel-collector";
const OTLP_PORT = 4317;

/** Makes it where it is asked for. @returns where replicas send traces */
export function createTraceCollector(place: MonitoringPlace): string | undefined {
  const { name, args, namespace, opts } = place;
  const { traces } = args;
  if (traces === undefined) return undefined;
  const { replicas = 2, authorizationSecret, endpoint } = traces;
  const closed = { enabled: false };
  new kubernetes.helm.v3.Release(
    ...transformed<kubernetes.helm.v3.ReleaseArgs>(
      args.transform?.collector,
      childName(name, "collector"),
      {
        chart: "opentelemetry-collector",
        version: "0.170.0",
        repositoryOpts: { repo: "https://open-telemetry.github.io/opentelemetry-helm-charts" },
        name: RELEASE,
        namespace,
        values: {
          fullnameOverride: RELEASE,
          mode: "deployment",
          replicaCount: replicas,
          image: { repository: "otel/opentelemetry-collector-contrib" },
          // The chart's own configuration has pipelines through which nothing is taken out; this one takes its place.
          alternateConfig: collectorConfig(traces, endpoint),
          ports: {
            "jaeger-compact": closed,
            "jaeger-thrift": closed,
            "jaeger-grpc": closed,
            zipkin: closed,
          },
          ...(authorizationSecret === undefined
            ? {}
            : {
                extraEnvs: [
                  {
                    name: AUTHORIZATION_VARIABLE,
                    valueFrom: {
                      secretKeyRef: { name: authorizationSecret, key: "authorization" },
                    },
                  },
                ],
              }),
          resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "512Mi" } },
        },
      },
      opts,
    ),
  );
  return `http://${RELEASE}.${namespace}:${OTLP_PORT}`;
}
