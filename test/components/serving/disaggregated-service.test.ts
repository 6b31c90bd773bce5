import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import {
  DisaggregatedService,
  type DisaggregatedServiceArgs,
  type ReplicasArgs,
} from "../../../components/serving";
import { describeComponentLaws } from "../../support/component-laws";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";
import { disaggregatedArgs, poolOf } from "./serving-fixture";

function service(args: Partial<DisaggregatedServiceArgs> = {}) {
  return (): Record<string, unknown> => {
    const providers = [
      new kubernetes.Provider("cluster", { kubeconfig: "{}" }),
      new aws.Provider("us-east-1", { region: "us-east-1" }),
    ];
    const { poolLabels, port, metricsPortName } = new DisaggregatedService(
      "llama",
      { ...disaggregatedArgs, ...args },
      { providers },
    );
    return { poolLabels, port, metricsPortName };
  };
}

describeComponentLaws({ name: "disaggregated-service", program: service() });

interface Pod {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: {
    readonly containers: readonly Record<string, unknown>[];
    readonly initContainers: readonly Record<string, unknown>[];
  };
}
const podOf = (run: EngineRun, pool: string): Pod =>
  (
    only(run, "kubernetes:apps/v1:Deployment", `llama-${pool}-replicas`).inputs["spec"] as {
      readonly template: Pod;
    }
  ).template;
const argsOf = (container: Record<string, unknown> | undefined): readonly string[] =>
  container?.["args"] as readonly string[];
const transferOf = (pod: Pod) =>
  JSON.parse(
    argsOf(pod.spec.containers[0])
      .find((flag) => flag.startsWith("--kv-transfer-config="))!
      .slice("--kv-transfer-config=".length),
  );

describe("DisaggregatedService", () => {
  it("puts the sidecar in front of decode engines, and of no others", async () => {
    const run = await registered(service());
    const [prefill, decode] = [podOf(run, "h100"), podOf(run, "h200")];
    expect(prefill.spec.initContainers.map((each) => each["name"])).toEqual(["weights"]);
    expect(argsOf(prefill.spec.containers[0])).toContain("--port=8000");
    expect(decode.spec.initContainers.map((each) => each["name"])).toEqual(["weights", "router"]);
    expect(argsOf(decode.spec.containers[0])).toContain("--port=8200");
    // A sidecar of Kubernetes: it starts before the engine and ends after it.
    const router = decode.spec.initContainers[1];
    expect(router).toMatchObject({
      restartPolicy: "Always",
      ports: [{ name: "http", containerPort: 8000 }],
    });
    expect(argsOf(router)).toEqual([
      "--port=8000",
      "--model-server-port=8200",
      "--kv-connector=nixlv2",
      "--secure-serving=false",
    ]);
  });

  it("moves the KV cache over NIXL, told by the pod's own address", async () => {
    const run = await registered(service({ transfer: { leaseSeconds: 20 } }));
    const [prefill, decode] = [podOf(run, "h100"), podOf(run, "h200")];
    expect([transferOf(prefill), transferOf(decode)]).toMatchObject([
      { kv_connector: "NixlConnector", kv_role: "kv_producer" },
      {
        kv_connector: "NixlConnector",
        kv_role: "kv_consumer",
        kv_connector_extra_config: { backends: ["UCX"], kv_lease_duration: 20 },
      },
    ]);
    for (const pod of [prefill, decode]) {
      expect(pod.spec.containers[0]?.["env"]).toContainEqual({
        name: "VLLM_NIXL_SIDE_CHANNEL_HOST",
        valueFrom: { fieldRef: { fieldPath: "status.podIP" } },
      });
    }
  });

  it("lets decode read what a prefill replica that goes has computed", async () => {
    const run = await registered(service());
    const lifecycle = (pool: string) => podOf(run, pool).spec.containers[0]?.["lifecycle"];
    expect(lifecycle("h100")).toEqual({ preStop: { sleep: { seconds: 45 } } });
    expect(lifecycle("h200")).toEqual({ preStop: { sleep: { seconds: 15 } } });
  });

  it("is one pool, in which the picker knows the phases", async () => {
    const run = await registered(service());
    expect(run.stackOutputs.values["poolLabels"]).toEqual({
      "capplan/disaggregated": "llama",
      "capplan/answers": "requests",
    });
    for (const [pool, role] of [
      ["h100", "prefill"],
      ["h200", "decode"],
    ] as const) {
      expect(podOf(run, pool).metadata.labels).toMatchObject({
        "capplan/disaggregated": "llama",
        "capplan/answers": "requests",
        "capplan/pool": pool,
        "llm-d.ai/role": role,
      });
    }
    // A Service would send requests that no picker has seen.
    expect(ofType(run, "kubernetes:core/v1:Service")).toEqual([]);
  });

  const h100 = disaggregatedArgs.prefill["h100"]!;
  const h200 = disaggregatedArgs.decode["h200"]!;
  const decode = (change: Partial<ReplicasArgs["engine"]>) => ({
    decode: { h200: { ...h200, engine: { ...h200.engine, ...change } } },
  });
  const efa = { ...h100.resources, extended: { "vpc.amazonaws.com/efa": 32 } };
  it.each<[string, Partial<DisaggregatedServiceArgs>]>([
    ["prefill", { prefill: {} }],
    ["decode", { decode: {} }],
    ["decode.h100", { decode: { h100 } }],
    ["prefill.H100", { prefill: { H100: h100 } }],
    ["sidecarImage", { sidecarImage: "ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0" }],
    ["terminationGracePeriodSeconds", { terminationGracePeriodSeconds: 640 }],
    ["transfer.backend", { transfer: { backend: "GDS" as never } }],
    ["decode.h200.engine.computePrecision", decode({ computePrecision: "fp16" })],
    ["decode.h200.engine.kvPrecision", decode({ kvPrecision: "fp8" })],
    ["decode.h200.engine.quantization", decode({ quantization: "fp8" })],
    ["decode.h200.engine.maxContextTokens", decode({ maxContextTokens: 8192 })],
    [
      "decode.h200.engine.speculation.method",
      decode({ speculation: { method: "ngram", draftTokens: 3 } }),
    ],
    ["decode.h200.engine.blockTokens", decode({ blockTokens: 8 })],
    [
      "decode.h200.engine",
      {
        decode: {
          h200: { ...h200, pool: poolOf(64), engine: { ...h200.engine, tensorParallel: 16 } },
        },
      },
    ],
    ["prefill.h100.replicas", { prefill: { h100: { ...h100, replicas: 9 } } }],
    ["transfer.backend", { prefill: { h100: { ...h100, resources: efa } } }],
  ])("fails when %s cannot be provisioned", async (propertyPath, change) => {
    await expect(registered(service(change))).rejects.toMatchObject({ propertyPath });
  });

  it("fails when libfabric has no EFA to go over, for each pool", async () => {
    await expect(registered(service({ transfer: { backend: "LIBFABRIC" } }))).rejects.toMatchObject(
      {
        errors: [
          expect.objectContaining({ propertyPath: "prefill.h100.resources.extended" }),
          expect.objectContaining({ propertyPath: "decode.h200.resources.extended" }),
        ],
      },
    );
  });
});
