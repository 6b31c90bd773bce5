/**
 * Why there is no fleet: the smallest set of demands that cannot be met together (an irreducible set, by deletion:
 * Chinneck 2008, section 6.2), and for each what would make room. Only the integer programme is asked; nothing is run.
 */
import type { Highs } from "highs";
import type { ResolvedSearch } from "../scenario/resolved-search";
import { type CaseLoss, knownLosses } from "./demand";
import { solveFleet } from "./programme/fleet-programme";
import type { FleetProgrammeInput } from "./programme/programme-input";
import { regionReach } from "./region-reach";
import type { SizingProblem } from "./sizing-problem";
import type { Conflict } from "./sizing-result";

type Asked = Omit<FleetProgrammeInput, "demand" | "offers" | "search">;

/** One thing that may be given up. */
interface Asking {
  readonly conflict: Omit<Conflict, "relax">;
  drop(input: FleetProgrammeInput): FleetProgrammeInput;
  relax(input: FleetProgrammeInput, isPossible: (input: FleetProgrammeInput) => boolean): string;
}

/** @returns empty when there is a fleet after all */
export function findConflict(problem: SizingProblem, asked: Asked, solver: Highs): Conflict[] {
  const { demand, offers, search } = problem;
  const whole = { ...asked, demand, offers, search };
  const isPossible = (input: FleetProgrammeInput): boolean =>
    solveFleet(input, solver) !== undefined;
  if (isPossible(whole)) return [];
  const demands = demandsOf(problem);
  const nothing = demands.reduce((input, one) => one.drop(input), whole as FleetProgrammeInput);
  if (!isPossible(nothing)) return [overload(problem)];
  let input: FleetProgrammeInput = whole;
  const needed: Asking[] = [];
  for (const one of demands) {
    const without = one.drop(input);
    if (isPossible(without)) needed.push(one);
    else input = without;
  }
  return needed.map((one) => ({ ...one.conflict, relax: one.relax(input, isPossible) }));
}

function demandsOf(problem: SizingProblem): Asking[] {
  const { search, demand } = problem;
  return [
    ...search.survive.map((rule, index) => survival(problem, rule, index)),
    ...(demand.scenario.fleet.residency === undefined ? [] : [residency(problem)]),
    ...(search.regionsMin > 1 ? [minimum("regionsMin", search)] : []),
    ...(search.replicasMin > 1 ? [minimum("replicasMin", search)] : []),
    ...search.quotas.map((_, index) => quota(search, index)),
  ];
}

function quota(search: ResolvedSearch, index: number): Asking {
  const { path, region, name, max } = search.quotas[index]!;
  const withMax = (input: FleetProgrammeInput, most: number): FleetProgrammeInput => ({
    ...input,
    search: {
      ...input.search,
      quotas: input.search.quotas.map((one) => (one.path === path ? { ...one, max: most } : one)),
    },
  });
  return {
    conflict: {
      path,
      message: `at most ${max} × ${name} in ${region}`,
    },
    drop: (input) => withMax(input, QUOTA_FREE),
    relax: (input, isPossible) => {
      let low = max;
      let high = Math.max(1, max * 2);
      while (!isPossible(withMax(input, high)) && high < QUOTA_FREE) {
        low = high;
        high *= 2;
      }
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (isPossible(withMax(input, middle))) high = middle;
        else low = middle;
      }
      return `at least ${high} needed`;
    },
  };
}

const QUOTA_FREE = 1_000_000;

function survival(
  problem: SizingProblem,
  rule: ResolvedSearch["survive"][number],
  index: number,
): Asking {
  const { demand } = problem;
  const losses = new Set(
    knownLosses({ survive: [rule] }, demand.regions, demand.zones).map((loss) =>
      JSON.stringify(loss),
    ),
  );
  const isOfRule = (loss: CaseLoss): boolean =>
    rule.kind === "any-pool" ? loss.kind === "pool" : losses.has(JSON.stringify(loss));
  const name = "name" in rule ? `${rule.kind} ${rule.name}` : rule.kind;
  return {
    conflict: { path: `survive[${index}]`, message: `the loss of ${name} must break no objective` },
    drop: (input) => ({
      ...input,
      losses: input.losses.filter((loss) => loss === null || !isOfRule(loss)),
    }),
    relax: () => ["leave it out", ...regionsWithNothing(problem)].join(", or "),
  };
}

/** Places that could take over if anything were sold there, as something to do. */
function regionsWithNothing({ context, demand, offers }: SizingProblem): readonly string[] {
  const models = demand.groups.flatMap((group) => group.models);
  return Object.keys(context.spec.fleet.regions).flatMap((name) => {
    const unserved = models.filter(
      (model) => !offers.some((one) => one.region === name && one.option.model === model),
    );
    return unserved.length === 0
      ? []
      : [
          `allow what is sold in ${name} (search.hardware, search.purchase) or give it a price in prices.overrides: nothing there can serve ${unserved.join(", ")}`,
        ];
  });
}

function residency({ demand }: SizingProblem): Asking {
  const { residency: _, ...fleet } = demand.scenario.fleet;
  const free = regionReach({ fleet });
  return {
    conflict: {
      path: "fleet.residency",
      message: "requests are served only where their origin allows",
    },
    drop: (input) => ({ ...input, demand: { ...input.demand, reach: free } }),
    relax: () => "allow another region, which may also be one that is not lost at the same time",
  };
}

function minimum(key: "regionsMin" | "replicasMin", { [key]: value }: ResolvedSearch): Asking {
  const what = key === "regionsMin" ? "regions serve each model" : "replicas in each region";
  return {
    conflict: { path: `search.${key}`, message: `at least ${value} ${what}` },
    drop: (input) => ({ ...input, search: { ...input.search, [key]: 1 } }),
    relax: (input, isPossible) => {
      for (let less = value - 1; less > 1; less--) {
        if (isPossible({ ...input, search: { ...input.search, [key]: less } })) {
          return `${less} or fewer would do`;
        }
      }
      return "1 would do";
    },
  };
}

/** The path of that. */
export const NOTHING_CARRIES = "search.hardware";

/** Without any rule there is still no fleet: nothing that is left keeps the objectives. */
function overload({ demand }: SizingProblem): Conflict {
  const models = demand.groups.flatMap((group) => group.models);
  return {
    path: NOTHING_CARRIES,
    message: `nothing that is for sale carries ${models.join(", ")}`,
    relax: "allow other hardware, engines, regions or ways to buy",
  };
}
