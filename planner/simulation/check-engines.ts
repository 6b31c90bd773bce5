/** Whether every pool of a fleet can run at all: its model fits, and its engine's settings go together. */

import type { ResolvedFleet } from "../fleet/resolved-fleet";
import { PlannerError, type Problem } from "../foundation/errors";
import { engineSettings } from "./engine-settings";

/**
 * @throws PlannerError with the problems of all pools
 */
export function checkEngines(fleet: Pick<ResolvedFleet, "pools">): void {
  const problems: Problem[] = [];
  for (const pool of fleet.pools) {
    try {
      engineSettings(pool);
    } catch (error) {
      if (!(error instanceof PlannerError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new PlannerError(problems);
}
