/** Loads the solver of integer programmes: HiGHS (MIT licence), compiled to WebAssembly. */
import v8 from "node:v8";
import type { Highs } from "highs";

/**
 * How much V8 runs of a function before it compiles it anew, better (in bytes, roughly; 1.8 million by itself). The
 * solver's functions are so large that this took two seconds of a core, for a programme that is solved in one.
 */
const WASM_TIERING_BUDGET = 1_000_000_000;

export async function loadSolver(): Promise<Highs> {
  v8.setFlagsFromString(`--wasm-tiering-budget=${WASM_TIERING_BUDGET}`);
  const { default: loadHighs } = await import("highs");
  return await loadHighs();
}
