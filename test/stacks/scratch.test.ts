import { it } from "@jest/globals";
import { EXAMPLES, exampleStacks } from "./examples";
import { referencedStacks, runExampleStack, type StackRun } from "./run-example";

it("runs", async () => {
  for (const example of EXAMPLES) {
    const runs: StackRun[] = [];
    for (const stack of exampleStacks(example)) {
      try {
        const run = await runExampleStack(stack, referencedStacks(runs));
        runs.push({ stack, run });
        console.log(
          stack.name,
          run.resources.length,
          JSON.stringify(run.stackOutputs.values["handover"]).slice(0, 600),
        );
      } catch (error) {
        console.log(stack.name, String(error));
      }
    }
  }
});
