import { expect, it } from "@jest/globals";
import { atMost } from "../../../planner/execution/redis/at-most";

it("waits for work that ends, well or badly, and not for what does not end", async () => {
  expect(await atMost(10_000, Promise.resolve())).toBe(true);
  expect(await atMost(10_000, Promise.reject(new Error("lost")))).toBe(true);
  expect(await atMost(10, new Promise(() => {}))).toBe(false);
});
