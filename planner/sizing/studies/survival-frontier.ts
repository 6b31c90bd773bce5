/**
 * Cost against survival: from a fleet that may break with any part of it to one that withstands the loss of a cloud. Each
 * level withstands what the weaker ones do, too.
 */
import { findRegion } from "../../catalog";
import { REGION_DEFAULTS } from "../../fleet/defaults";
import { hasOneGateway } from "../../scenario/resolve-survive";
import type { ScenarioSpec } from "../../scenario/scenario-spec";
import { SURVIVE_WORDS } from "../../scenario/search-spec";
import type { SizingContext } from "../evaluation-job";
import {
  type AskedPoint,
  type Frontier,
  type FrontierOptions,
  type FrontierPoint,
  sizeChain,
} from "./frontier";

type SurviveWord = (typeof SURVIVE_WORDS)[number];

/** Sizes the scenario for every level that its regions allow. */
export async function survivalFrontier(
  context: SizingContext,
  options: FrontierOptions,
): Promise<Frontier> {
  const { spec } = context;
  const levels = SURVIVE_WORDS.filter((word) => whyNot(spec, word) === undefined);
  const chain = [undefined, ...levels].map((level, place): AskedPoint => {
    const survive = levels.slice(0, place);
    return {
      name: level ?? "nothing",
      factor: null,
      isBase: isSameRules(spec.survive ?? [], survive),
      context: { ...context, spec: { ...spec, survive } },
    };
  });
  // A margin that was verified with more gone is one with less gone, too.
  const sized = await sizeChain(chain.toReversed(), options, (fleet) => fleet);
  const points = SURVIVE_WORDS.map((word): FrontierPoint => {
    const reason = whyNot(spec, word);
    if (reason === undefined) return sized.find(({ name }) => name === word)!;
    const outcome = { kind: "not-applicable" as const, reason };
    return { name: word, factor: null, isBase: false, outcome };
  });
  return { kind: "survival", scaled: null, points: [sized.at(-1)!, ...points] };
}

function isSameRules(
  written: NonNullable<ScenarioSpec["survive"]>,
  rules: readonly SurviveWord[],
): boolean {
  return (
    written.every((rule) => typeof rule === "string" && rules.includes(rule)) &&
    rules.every((rule) => written.includes(rule))
  );
}

/** Why a loss cannot be asked of a fleet in these regions; undefined when it can. */
function whyNot({ fleet }: ScenarioSpec, word: SurviveWord): string | undefined {
  const names = Object.keys(fleet.regions);
  switch (word) {
    case "any-pool":
      return undefined;
    case "any-zone": {
      const zones = Object.values(fleet.regions).map(
        (region) => region.zones ?? REGION_DEFAULTS.zones.value,
      );
      if (zones.every((count) => count === 1)) return "every region has a single zone";
      return hasOneGateway(fleet) ? "the only gateway of a region is in one zone" : undefined;
    }
    case "any-region":
      return names.length > 1 ? undefined : `${names.join("")} is the only region`;
    case "any-cloud": {
      const clouds = new Set(
        names.flatMap((name) => {
          const lookup = findRegion(name);
          return lookup.found ? [lookup.row.cloud] : [];
        }),
      );
      return clouds.size > 1 ? undefined : `every region is on ${[...clouds].join("")}`;
    }
  }
}
