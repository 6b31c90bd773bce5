/** How the kubelet asks an engine for its health. Pure. */
import type * as kubernetes from "@pulumi/kubernetes";
import type { ProbesArgs } from "./inference-service-args";
import { ENGINE_PORT_NAME } from "./replica-shape";

type Probe = kubernetes.types.input.core.v1.Probe;

/** Between two questions while the engine starts. */
export const STARTUP_PERIOD_SECONDS = 10;

/** The three probes of an engine. */
export interface EngineProbes {
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

/**
 * The probes of an engine, which is asked nothing else until it has started.
 * @param startupSeconds Longest start; the engine is given up after the first question beyond it.
 */
export function engineProbes(startupSeconds: number, probes: ProbesArgs = {}): EngineProbes {
  const {
    intervalSeconds = 5,
    timeoutSeconds = 2,
    unhealthyThreshold = 2,
    restartAfterSeconds = 60,
  } = probes;
  const httpGet = { path: "/health", port: ENGINE_PORT_NAME };
  return {
    startupProbe: {
      httpGet,
      periodSeconds: STARTUP_PERIOD_SECONDS,
      timeoutSeconds: 5,
      failureThreshold: Math.ceil(startupSeconds / STARTUP_PERIOD_SECONDS),
    },
    readinessProbe: {
      httpGet,
      periodSeconds: intervalSeconds,
      timeoutSeconds,
      failureThreshold: unhealthyThreshold,
      successThreshold: 1,
    },
    livenessProbe: {
      httpGet,
      periodSeconds: 10,
      // A busy engine answers late, and starting it anew makes nothing quicker.
      timeoutSeconds: 10,
      failureThreshold: Math.ceil(restartAfterSeconds / 10),
    },
  };
}
