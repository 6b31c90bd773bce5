import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { settleAll } from "../../../planner/foundation/settle-all";

describe("settleAll", () => {
  it("gives results in the order of what was asked, whichever is first", async () => {
    const late = pause(5).then(() => "late");
    expect(await settleAll([late, Promise.resolve("soon")])).toEqual(["late", "soon"]);
    expect(await settleAll([])).toEqual([]);
  });

  it("waits for all before it throws what the first in order threw", async () => {
    let isOver = false;
    const first = pause(2).then(() => Promise.reject(new Error("first")));
    const second = Promise.reject(new Error("second"));
    const third = pause(5).then(() => {
      isOver = true;
    });
    await expect(settleAll<unknown>([first, second, third])).rejects.toThrow("first");
    expect(isOver).toBe(true);
  });
});
