import { expect, it } from "@jest/globals";
import { describeWithRules } from "./check-rules";
import { describeWithDefinitions } from "./definitions";
import type { Manifest } from "./manifest";
import { manifestProblems } from "./problems";

const policy = (spec: Readonly<Record<string, unknown>>): Manifest => ({
  apiVersion: "gateway.envoyproxy.io/v1alpha1",
  kind: "BackendTrafficPolicy",
  metadata: { name: "probe" },
  spec: {
    targetRefs: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: "probe" }],
    ...spec,
  },
});

describeWithDefinitions("manifestProblems", () => {
  describeWithRules("with rules", () => {
    it("accepts what the API server accepts", () => {
      const object = policy({
        circuitBreaker: {
          maxPendingRequests: 0,
          retryBudget: { percent: { numerator: 20 }, minRetryConcurrency: 3 },
        },
        healthCheck: { passive: { consecutive5XxErrors: 5 } },
      });
      expect(manifestProblems(object)).toEqual([]);
    });

    it("fails when a field is unknown, and says where", () => {
      const object = policy({ healthCheck: { passive: { consecutive5xxErrors: 5 } } });
      expect(manifestProblems(object)).toEqual([
        expect.stringMatching(/^BackendTrafficPolicy probe: \/spec\/healthCheck\/passive .*5xx/),
      ]);
    });

    it("fails when a value breaks a CEL rule, after defaults", () => {
      const object = policy({
        circuitBreaker: { retryBudget: { percent: { numerator: 120 } } },
      });
      expect(manifestProblems(object)).toEqual([
        expect.stringContaining("numerator must be less than or equal to denominator"),
      ]);
      const target = { group: "", kind: "Service", name: "probe" };
      expect(manifestProblems(policy({ targetRefs: [target] })).join("\n")).toContain(
        "targetRefs[*].kind of Gateway",
      );
    });

    it("fails when there is no definition of a kind", () => {
      const object = { apiVersion: "elbv2.k8s.aws/v1beta1", kind: "TargetGroupBinding" };
      expect(() => manifestProblems(object)).toThrow("no definition of TargetGroupBinding");
    });
  });
});
