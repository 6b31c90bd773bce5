/** What `capplan validate` says of clients, chains, sessions and faults. */
import { describe, expect, it } from "@jest/globals";
import { describeResolved } from "../../../planner/scenario/describe-resolved";
import { parseTroubled, resolveTroubled } from "./troubled-scenario";

function shown(overrides: readonly string[] = []) {
  const rows = describeResolved(parseTroubled(overrides), resolveTroubled(overrides));
  return new Map(rows.map(({ path, value, origin, note }) => [path, { value, origin, note }]));
}

const CHAT = "workloads.chat";
const REVIEW = "workloads.review";

describe("describeResolved", () => {
  it.each<readonly [string, string, string]>([
    [`${CHAT}.client.timeout`, "lognormal, median 60 s, sigma 0.298", "given"],
    [`${CHAT}.client.giveUp`, "5 min", "given"],
    [`${CHAT}.client.retries.max`, "unlimited", "given"],
    [`${CHAT}.client.retries.on`, "rejected, timed-out", "given"],
    [`${CHAT}.client.retries.budget.minPerSecond`, "0.5", "given"],
    ["workloads.mail.client.timeout", "none", "default"],
    ["workloads.mail.client.retries", "none", "default"],
    ["workloads.mail.delivery", "queue", "given"],
    [`${REVIEW}.client`, "patient", "default"],
    [`${REVIEW}.delivery`, "direct", "default"],
    [`${CHAT}.fallback.model`, "qwen3-8b", "given"],
    [`${CHAT}.fallback.on`, "timed-out", "given"],
    ["workloads.mail.fallback", "none", "default"],
    [`${CHAT}.sessions.overflow`, "summarise to 500 tokens", "given"],
    [`${REVIEW}.model`, "llama-3.1-8b-instruct", "derived"],
    [`${REVIEW}.chain[0].name`, "1-retrieve", "default"],
    [`${REVIEW}.chain[0].retrieve.latency`, "lognormal, median 120 ms, sigma 0.6918", "given"],
    [`${REVIEW}.chain[0].retrieve.timeout`, "1 s", "given"],
    [`${REVIEW}.chain[0].retrieve.failureShare`, "1%", "given"],
    [`${REVIEW}.chain[2].name`, "search", "given"],
    [`${REVIEW}.chain[2].tool.onFailure`, "fail", "default"],
    [`${REVIEW}.chain[1].prefix.groups`, "3", "given"],
    [`${REVIEW}.chain[1].contextWindow`, "40Ki", "derived"],
    ["faults[0].effect", "lose", "given"],
    ["faults[0].when", "at 4 h for 45 min", "given"],
    ["faults[1].when", "at 60 min, to the end of the run", "given"],
    ["faults[3].effect", "slow, × 3", "given"],
    ["faults[3].targets", "gcp, us-east-1/h100", "given"],
    ["faults[4].effect", "delay, 200 ms more", "given"],
    ["faults[5].when", "at 2 h", "given"],
    ["faults[7].when", "each at random, every 30 d on average, for 2 h", "given"],
    ["faults[9].effect", "poison, 0.01%", "given"],
    ["faults[9].targets", "requests of chat", "given"],
    ["faults[10].name", "wave", "given"],
    ["faults[10].spotReclaim.pools", "us-east-1/l40s", "given"],
  ])("%s is %s, %s", (path, value, origin) => {
    expect(shown().get(path)).toMatchObject({ value, origin });
  });

  it("counts targets beyond the first few", () => {
    const faults = "faults=[{ at: 1 h, lose: { each: replica } }]";
    expect(shown([faults, "stress=null"]).get("faults[0].targets")?.value).toMatch(/ and 5 more$/);
  });

  it("says that there are no faults", () => {
    expect(shown(["faults=null", "stress=null"]).get("faults")).toMatchObject({
      value: "none",
      origin: "default",
    });
  });

  it("gives every default a reason, every row a value, and no path twice", () => {
    const rows = describeResolved(parseTroubled(), resolveTroubled());
    for (const { path, value, origin, note } of rows) {
      expect(value).not.toMatch(/undefined|NaN|\[object/);
      expect([path, value]).not.toEqual([path, ""]);
      if (origin !== "given") expect([path, note]).not.toEqual([path, ""]);
    }
    expect(new Set(rows.map(({ path }) => path)).size).toBe(rows.length);
  });
});
