/** KV blocks given by hand that the memory does not hold are said to be, and simulated all the same. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCommand } from "../support/run-command";
import { SMALL_SCENARIO } from "../support/scenario-text";
import { withTemporaryFolder } from "../support/temporary-folder";

const BLOCKS = "fleet.regions.us-east-1.pools.h100.engine.kvBlocks";
const WARNING =
  /kvBlocks gives 900,000 KV blocks, and the memory of \S+ holds at most [1-9]\d,\d{3} beside the weights/;

describe("kvBlocks", () => {
  it("warns of more blocks than the memory holds, and of no others", async () => {
    await withTemporaryFolder(async (cwd) => {
      fs.writeFileSync(path.join(cwd, "capplan.yaml"), SMALL_SCENARIO);
      const set = (blocks: string) => ["--set", `${BLOCKS}=${blocks}`];
      const validated = async (blocks: string) =>
        (await runCommand(["validate", "--output", "json", ...set(blocks)], { cwd })).stdout;
      expect(await validated("900000")).toMatch(WARNING);
      expect(await validated("20000")).not.toContain("kv-beyond-memory");
      const argv = ["simulate", ...set("900000"), "--set", "horizon={duration: 10s, warmUp: 1s}"];
      const { exitCode, stderr } = await runCommand(argv, { cwd });
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(WARNING),
      });
    });
  });
});
