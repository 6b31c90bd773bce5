/** Settings of an engine that no engine has. */
import { describe, expect, it } from "@jest/globals";
import { describeProblem } from "../../../planner/foundation/errors";
import { problemsOfSmall } from "../../support/scenario-text";

const ENGINE = "fleet.regions.us-east-1.pools.h100.engine";

describe("settings of an engine", () => {
  it("have a largest step", () => {
    expect(problemsOfSmall([`${ENGINE}.maxBatchedTokens=1e9`]).map(describeProblem)).toEqual([
      `${ENGINE}.maxBatchedTokens: must be at most 16777216, got 1000000000`,
    ]);
  });
});
