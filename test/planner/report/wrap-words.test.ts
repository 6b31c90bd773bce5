import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import stringWidth from "string-width";
import { wrapWords } from "../../../planner/report/wrap-words";

describe("wrapWords", () => {
  it("keeps a number with its unit", () => {
    expect(wrapWords("may be up to 30.9 s long", 17)).toEqual(["may be up to", "30.9 s long"]);
  });

  it("cuts a word that is longer than the line, behind a separator where there is one", () => {
    expect(wrapWords("see https://example.org/x", 10)).toEqual([
      "see",
      "https://",
      "example.",
      "org/x",
    ]);
  });

  it("for all texts, no line is wider than asked", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 4, max: 60 }),
        (text, width) => {
          for (const line of wrapWords(text, width))
            expect(stringWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { seed: 3 },
    );
  });
});
