import { it } from "@jest/globals";
import fs from "node:fs";
import { exampleStacks, EXAMPLES } from "./examples";
import { referencedStacks, runExampleStack, type StackRun } from "./run-example";
it("runs", async () => {
  const only = process.env["ONLY"];
  fs.writeFileSync("/tmp/scratch.log", "");
  for (const example of EXAMPLES) {
    if (only && example.name !== only) continue;
    const runs: StackRun[] = [];
    for (const stack of exampleStacks(example)) {
      try {
        const run = await runExampleStack(stack, referencedStacks(runs));
        runs.push({ stack, run });
        fs.appendFileSync("/tmp/scratch.log", `${stack.name} ${run.resources.length} ${JSON.stringify(run.stackOutputs.values["handover"])?.slice(0, 200)}\n`);
      } catch (error) { fs.appendFileSync("/tmp/scratch.log", `${stack.name} ${String(error)}\n`); }
    }
  }
}, 150000);
