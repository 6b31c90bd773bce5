import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { oneOrMore, orMap, orWord } from "../../../planner/fleet/alternatives";
import { unionOf } from "../../../planner/fleet/one-form";
import { count, duration, percent, strict, word } from "../../../planner/fleet/schema-kit";
import { describeProblem } from "../../../planner/foundation/errors";
import { problemsOf } from "../../../planner/scenario/zod-problems";

const box = strict({
  wait: orWord(["auto"], "a duration", duration("A wait"), "A wait, or auto").optional(),
  size: orMap(
    count("A size"),
    strict({ wide: count("Width"), high: count("Height") }),
    "A size or two",
  ).optional(),
  lid: orMap(word("lid", ["none"], "none"), strict({ hinge: count("Hinges") }), "A lid").optional(),
  labels: oneOrMore(strict({ text: count("A number") }), "Labels").optional(),
  full: percent("How full", { max: 1 }).optional(),
});

function problems(value: unknown): string[] {
  const parsed = box.safeParse(value);
  return parsed.success ? [] : problemsOf(parsed.error.issues, value).map(describeProblem);
}

describe("alternatives of shape", () => {
  it.each([
    [{ wait: "auto" }, { wait: "auto" }],
    [{ wait: "2 s" }, { wait: 2 }],
    [{ size: 3 }, { size: 3 }],
    [{ size: { wide: 2, high: 3 } }, { size: { wide: 2, high: 3 } }],
    [{ lid: "none" }, { lid: "none" }],
    [{ labels: { text: 1 } }, { labels: { text: 1 } }],
    [{ labels: [{ text: 1 }, { text: 2 }] }, { labels: [{ text: 1 }, { text: 2 }] }],
    [{ full: "20 %" }, { full: 0.2 }],
    [{ full: 0 }, { full: 0 }],
    [{}, {}],
  ])("read %j", (value, data) => {
    expect(box.safeParse(value)).toMatchObject({ success: true, data });
  });

  it.each([
    [{ wait: "atuo" }, 'wait: unknown value "atuo"; use auto or a duration'],
    [
      { wait: "2 parsecs" },
      'wait: unknown unit "parsecs" in "2 parsecs"; use ns, us, ms, s, min, h, d or w',
    ],
    [{ wait: 2 }, "wait: a duration needs a unit (ms, s, min, h, d), got 2"],
    [{ size: "big" }, 'size: expected a number, got "big"'],
    [{ size: { wide: 2 } }, "size.high: is missing; height"],
    [{ size: [1] }, "size: expected a number, got a list"],
    [{ lid: "open" }, 'lid: unknown lid "open"; use none'],
    [{ labels: [{ text: 1 }, { txt: 2 }] }, 'labels[1].txt: unknown key; did you mean "text"?'],
    [{ labels: [] }, "labels: needs at least 1 entries, got 0"],
    [{ labels: 4 }, "labels: expected a map, got 4"],
    [
      { full: 1 },
      "full: expected a percentage with its sign, such as 20%, got 1; did you mean 100%?",
    ],
    [
      { full: 1.5 },
      "full: expected a percentage with its sign, such as 20%, got 1.5; did you mean 1.5%?",
    ],
    [{ full: "x%" }, 'full: expected a percentage with its sign, such as 20%, got "x%"'],
    [{ full: "150%" }, 'full: must be at most 100%, got "150%"'],
  ])("show only the problem of the shape that was meant: %j", (value, shown) => {
    expect(problems(value)).toEqual([shown]);
  });

  it("stand for unions in JSON Schema", () => {
    const wait = orWord(["auto"], "a duration", duration("A wait"), "A wait, or auto");
    expect(z.toJSONSchema(unionOf(wait)!, { io: "input" })).toMatchObject({
      anyOf: [{ enum: ["auto"] }, { type: ["string", "number"] }],
    });
  });
});
