/** Errors keep what matters on their way between threads. */
import { describe, expect, it } from "@jest/globals";
import { carryError, uncarryError } from "../../../planner/execution/carried-error";
import { InvariantViolation, PlannerError } from "../../../planner/foundation/errors";

describe("carried errors", () => {
  const travel = (error: unknown): Error => uncarryError(structuredClone(carryError(error)));

  it("keep class, message and problems through a message between threads", () => {
    const problem = {
      code: "missing",
      path: "a.b",
      message: "is missing",
      hint: "add it",
    } as const;
    const planner = travel(new PlannerError([problem]));
    expect(planner).toBeInstanceOf(PlannerError);
    expect((planner as PlannerError).problems).toEqual([problem]);
    expect(planner.message).toBe("a.b: is missing; add it");
    const law = new InvariantViolation("blocks are conserved", { free: 3 });
    const broken = travel(law);
    expect(broken).toBeInstanceOf(InvariantViolation);
    expect([broken.message, broken.stack]).toEqual([law.message, law.stack]);
    const other = travel(new TypeError("no such thing"));
    expect([other.name, other.message]).toEqual(["TypeError", "no such thing"]);
    expect(travel("a word").message).toBe("a word");
  });
});
