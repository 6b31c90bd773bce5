/** The few names of a resolved scenario that reports look up; for tests that need no simulation. */
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";

export const NAMED_SCENARIO = {
  name: "named",
  workloads: [
    { name: "chat", model: "llama-3.1-8b-instruct", tenants: [{ name: "acme, Inc.", share: 1 }] },
  ],
  fleet: {
    origins: ["us-east"],
    regions: [{ name: "us-east-1" }],
    pools: [
      {
        name: "us-east-1/h100",
        regionIndex: 0,
        replicas: 2,
        model: { name: "llama-3.1-8b-instruct" },
      },
    ],
  },
} as unknown as ResolvedScenario;
