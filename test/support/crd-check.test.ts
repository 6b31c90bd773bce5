import { expect, it } from "@jest/globals";
import { crdProblems, describeWithCrds, type KubernetesObject } from "./crd-check";

const policy = (spec: Readonly<Record<string, unknown>>): KubernetesObject => ({
  apiVersion: "gateway.envoyproxy.io/v1alpha1",
  kind: "BackendTrafficPolicy",
  metadata: { name: "probe" },
  spec: {
    targetRefs: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: "probe" }],
    ...spec,
  },
});

describeWithCrds("crdProblems", () => {
  it("accepts what the API server accepts", () => {
    const object = policy({
      circuitBreaker: {
        maxPendingRequests: 0,
        retryBudget: { percent: { numerator: 20 }, minRetryConcurrency: 3 },
      },
      healthCheck: { passive: { consecutive5XxErrors: 5 } },
    });
    expect(crdProblems(object)).toEqual([]);
  });

  it("fails when a field is unknown, and says where", () => {
    const object = policy({ healthCheck: { passive: { consecutive5xxErrors: 5 } } });
    expect(crdProblems(object)).toEqual([
      expect.stringMatching(/^BackendTrafficPolicy probe\/spec\/healthCheck\/passive: .*5xx/),
    ]);
  });

  it("fails when a value breaks a CEL rule, after defaults", () => {
    const object = policy({
      circuitBreaker: { retryBudget: { percent: { numerator: 120 } } },
    });
    expect(crdProblems(object)).toEqual([
      expect.stringContaining("numerator must be less than or equal to denominator"),
    ]);
    const target = { group: "", kind: "Service", name: "probe" };
    expect(crdProblems(policy({ targetRefs: [target] })).join("\n")).toContain(
      "targetRefs[*].kind of Gateway",
    );
  });

  it("fails when there is no definition of a kind, unless its group is known to be absent", () => {
    const object = { apiVersion: "elbv2.k8s.aws/v1beta1", kind: "TargetGroupBinding" };
    expect(() => crdProblems(object)).toThrow("no CRD of elbv2.k8s.aws/v1beta1/TargetGroupBinding");
    expect(crdProblems(object, ["elbv2.k8s.aws"])).toEqual([]);
  });

  it("leaves objects of the API server itself to the types", () => {
    expect(crdProblems({ apiVersion: "v1", kind: "Service" })).toEqual([]);
    expect(crdProblems({ apiVersion: "apps/v1", kind: "Deployment" })).toEqual([]);
  });
});
