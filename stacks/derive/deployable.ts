/**
 * Policies that the simulator runs and that no resource of a cloud or a cluster carries out. A plan with one of them is
 * refused: a fleet without it would not be the one that was found good.
 */
import type { Problem, ResolvedFleet, ResolvedPolicies } from "../../planner/plan/fleet-of-plan";
import { notDeployable } from "./derived";
import type { FleetContext } from "./fleet-context";
import { phaseProblems } from "./phase-problems";

/** Everything of the fleet's policies that cannot be deployed. */
export function undeployable(context: FleetContext): readonly Problem[] {
  const { fleet } = context;
  const { policies } = fleet;
  return [
    ...ofRouting(fleet),
    ...ofRegions(context),
    ...phaseProblems(context),
    ...(policies.hedging === undefined
      ? []
      : [
          notDeployable(
            "fleet.hedging",
            "a second attempt while the first is under way",
            "Envoy Gateway has no setting for it: leave hedging out and size again",
          ),
        ]),
    ...ofAdmission(policies),
    ...(policies.draining.onLoss === "migrate"
      ? [
          notDeployable(
            "fleet.draining.onLoss",
            "an answer that goes on at another replica",
            'gateways do not carry on half an answer: use "fail" and size again',
          ),
        ]
      : []),
  ];
}

function ofRouting({ routing, regions }: ResolvedFleet): readonly Problem[] {
  const problems: Problem[] = [];
  if (routing.regions === "any" && regions.length > 1) {
    problems.push(
      notDeployable(
        "fleet.routing.regions",
        "one gateway in front of the replicas of all regions",
        'use "nearest", with failover, and size again',
      ),
    );
  }
  const hints: Partial<Record<typeof routing.policy, string>> = {
    "by-length": "Envoy does not know how long a prompt is",
    "by-priority": "Envoy does not route by priority",
    "cheapest-first": "Envoy does not know what a replica costs",
  };
  const hint = hints[routing.policy];
  if (hint === undefined) return problems;
  const otherwise = "use power-of-two, least-outstanding, round-robin or random, and size again";
  const what = `routing ${routing.policy}`;
  return [...problems, notDeployable("fleet.routing.policy", what, `${hint}: ${otherwise}`)];
}

function ofRegions({ fleet, plan }: FleetContext): readonly Problem[] {
  const served = new Map<string, Set<number>>();
  for (const { model, regionIndex } of fleet.pools) {
    served.set(model.name, (served.get(model.name) ?? new Set()).add(regionIndex));
  }
  const isSpread = [...served.values()].some((regions) => regions.size > 1);
  const isDirect = plan.workloads.some(({ delivery }) => delivery === "direct");
  if (fleet.policies.failover !== undefined || !isSpread || !isDirect) return [];
  return [
    {
      code: "missing",
      path: "fleet.failover",
      message:
        "a model is served in several regions, and nothing says how clients are spread over them",
      hint: "give a policy, health check and TTL, and size again",
    },
  ];
}

function ofAdmission({ admission }: ResolvedPolicies): readonly Problem[] {
  if (admission === undefined) return [];
  const problems: Problem[] = [];
  const refuse = (key: string, what: string, hint: string): void => {
    problems.push(notDeployable(`fleet.admission.${key}`, what, `${hint}, and size again`));
  };
  if (Object.values(admission.shedAboveShare).some((share) => share < 1)) {
    refuse("priorityShedding", "shedding by priority", "leave it out");
  }
  if (admission.isDeadlineAware) {
    refuse("deadlineAware", "refusing by a foreseen wait", "leave it out");
  }
  if (admission.retryAfterSeconds > 0) {
    refuse("retryAfter", "telling refused clients how long to wait", "leave it out");
  }
  admission.rateLimit.forEach(({ unit }, index) => {
    if (unit !== "input-tokens") return;
    refuse(
      `rateLimit[${index}].inputTokens`,
      "a limit on tokens before a request is let in",
      "limit requests: what counts tokens counts them when the answer is over",
    );
  });
  return problems;
}
