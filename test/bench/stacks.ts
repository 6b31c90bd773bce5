/**
 * How long a preview of every stack of the largest example takes in the mini-engine, and whether what is rendered is the
 * same each time. Fails above the limit. `npm run bench:stacks`.
 */
import { createHash } from "node:crypto";
import { exampleStacks } from "../stacks/examples";
import { putUp, referencedStacks, runExampleStack } from "../stacks/run-example";
import type { EngineRun } from "../support/mini-engine/engine-run";

const EXAMPLE = { name: "two-clouds" };
const SECONDS_MAX = 20;
const ROUNDS = 3;

async function main(): Promise<void> {
  const up = await putUp(EXAMPLE.name, exampleStacks(EXAMPLE));
  const stacks = referencedStacks(up);
  const rounds: { readonly seconds: number; readonly digest: string }[] = [];
  let resources = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const runs: EngineRun[] = [];
    for (const stack of exampleStacks(EXAMPLE)) {
      runs.push(await runExampleStack(stack, stacks, { isPreview: true }));
    }
    const seconds = (performance.now() - start) / 1000;
    resources = runs.reduce((sum, run) => sum + run.resources.length, 0);
    rounds.push({ seconds, digest: digestOf(runs) });
  }
  const slowest = Math.max(...rounds.map(({ seconds }) => seconds));
  const isSame = new Set(rounds.map(({ digest }) => digest)).size === 1;
  console.log(`${up.length} stacks, ${resources} resources, ${ROUNDS} previews of all of them`);
  console.log(`seconds: ${rounds.map(({ seconds }) => seconds.toFixed(1)).join(", ")}`);
  console.log(`rendered alike each time: ${isSame ? "yes" : "no"} (${rounds[0]!.digest})`);
  if (slowest > SECONDS_MAX || !isSame) {
    console.log(`FAIL: ${SECONDS_MAX} s are allowed, and every preview must be the same`);
    process.exitCode = 1;
  }
}

/** Of everything that was registered, whatever the order. */
function digestOf(runs: readonly EngineRun[]): string {
  const lines = runs.flatMap(({ resources }) =>
    resources.map(({ urn, inputs, provider, protect, dependencies }) =>
      JSON.stringify([urn, inputs, provider, protect, [...dependencies].sort()]),
    ),
  );
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex").slice(0, 12);
}

void main();
