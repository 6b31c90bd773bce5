import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { oneForm, unionOf } from "../../../planner/fleet/one-form";
import { plainNumber, strict, word } from "../../../planner/fleet/schema-kit";
import { describeProblem } from "../../../planner/foundation/errors";
import { problemsOf } from "../../../planner/scenario/zod-problems";

const shape = oneForm({
  what: "shape",
  description: "A shape",
  style: "tag",
  bare: word("shape", ["point"], "A shape without size"),
  words: ["point"],
  forms: {
    circle: strict({ circle: strict({ radius: plainNumber("Radius", { above: 0 }) }, "A circle") }),
    square: strict({ square: strict({ side: plainNumber("Side", { above: 0 }) }, "A square") }),
  },
});
const drawing = strict({ shape: shape.optional() });

function problems(value: unknown): string[] {
  const parsed = drawing.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error.issues, value).map(describeProblem);
}

describe("oneForm", () => {
  it("takes each form, a bare word, and nothing where it is optional", () => {
    for (const value of [
      { shape: { circle: { radius: 2 } } },
      { shape: { square: { side: 1 } } },
      { shape: "point" },
      {},
    ]) {
      expect(drawing.safeParse(value)).toMatchObject({ success: true, data: value });
    }
  });

  it.each([
    [{ shape: { cirle: { radius: 2 } } }, 'shape: unknown shape "cirle"; did you mean "circle"?'],
    [{ shape: "circle" }, "shape: circle needs parameters; write { circle: … }"],
    [{ shape: "pont" }, 'shape: unknown shape "pont"; did you mean "point"?'],
    [{ shape: {} }, "shape: needs one of point, circle or square"],
    [{ shape: [] }, "shape: expected a map with point, circle or square, got a list"],
    [{ shape: null }, "shape: is missing; give point, circle or square"],
    [
      { shape: { circle: {}, square: {} } },
      "shape: give one of circle or square, got circle and square",
    ],
    [{ shape: { circle: { radius: 0 } } }, "shape.circle.radius: must be greater than 0, got 0"],
    [
      { shape: { circle: { radius: 1, colour: "red" } } },
      "shape.circle.colour: unknown key; allowed here: radius",
    ],
    [{ shape: { circle: 5 } }, "shape.circle: expected a map, got 5"],
  ])("shows only the problem of the form that was meant: %j", (value, shown) => {
    expect(problems(value)).toEqual([shown]);
  });

  it("stands for a plain union in JSON Schema", () => {
    const union = unionOf(shape);
    expect(union).toBeInstanceOf(z.ZodUnion);
    expect(unionOf(drawing)).toBeUndefined();
  });
});
