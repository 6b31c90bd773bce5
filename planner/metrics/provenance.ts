/** Where the numbers that a result rests on come from, one row each. */
import type { Provenance } from "../catalog/specs";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import type { ProvenanceRow } from "./simulation-summary";

export function collectProvenance(scenario: ResolvedScenario): ProvenanceRow[] {
  const rows = new Map<string, ProvenanceRow>();
  const add = (what: string, kind: ProvenanceRow["kind"], { source, date }: Provenance): void => {
    rows.set(what, { what, kind, source, date });
  };
  for (const pool of scenario.fleet.pools) {
    add(`step time of ${pool.accelerator.name}`, pool.coefficients.kind, pool.coefficients);
    add(`accelerator ${pool.accelerator.name}`, "given", pool.accelerator);
    add(`model ${pool.model.name}`, "given", pool.model);
  }
  return [...rows.values()];
}
