/** The order of keys in a scenario file means nothing: the built-in scenario read forwards and backwards. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { parseScenario } from "../../planner/scenario/parse-scenario";
import { resolveScenario } from "../../planner/scenario/resolve-scenario";
import type { ResolvedScenario } from "../../planner/scenario/resolved-scenario";
import { simulate } from "../../planner/simulation/simulate";

const FOLDER = path.resolve(__dirname, "../../planner/scenarios");

/** All maps of a document with their keys in the opposite order. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, backwards(inner)] as const);
  return Object.fromEntries(entries.reverse());
}

function resolved(text: string): ResolvedScenario {
  const overrides = ["horizon={duration: 60 s, warmUp: 10 s}"];
  return resolveScenario(parseScenario(text, { overrides }), { traces: new Map() });
}

describe("order of keys in a file", () => {
  it.each(["support-assistant", "mixed-hardware-cheapest-first", "prefill-decode-split"])(
    "%s read backwards is the same run, byte for byte",
    (name) => {
      const text = readFileSync(path.join(FOLDER, `${name}.yaml`), "utf8");
      const forward = resolved(text);
      const backward = resolved(JSON.stringify(backwards(parse(text))));
      expect(backward.digest).toBe(forward.digest);
      const seed = 5;
      expect(JSON.stringify(simulate(backward, seed))).toBe(
        JSON.stringify(simulate(forward, seed)),
      );
    },
  );
});
