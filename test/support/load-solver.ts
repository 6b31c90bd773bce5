/** The solver as the command loads it. */
import type { Highs } from "highs";

export async function loadSolver(): Promise<Highs> {
  const load = require("highs") as () => Promise<Highs>;
  return await load();
}
