/**
 * Paths of traces in a scenario as it is written: they are relative to the file that names them, so they change when a
 * plan lies in another folder than its scenario.
 */
import type { WrittenScenario } from "../scenario/parse-scenario";

/** A copy of the scenario with every path of a trace renamed, those in cases of `stress` among them. */
export function renameTraces(
  written: WrittenScenario,
  rename: (path: string) => string = (path) => path,
): WrittenScenario {
  return renamed(written, rename) as WrittenScenario;
}

/** A key `trace` with a text is a path, also at the end of a dotted one; a workload of that name is a map. */
function renamed(value: unknown, rename: (path: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, field]) => {
    const isPath = typeof field === "string" && /(?:^|\.)trace$/.test(key);
    return [key, isPath ? rename(field) : renamed(field, rename)];
  });
  return Object.fromEntries(entries);
}
