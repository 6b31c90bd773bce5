import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { ReportTable } from "../../../planner/report/report";
import { layOutTable } from "../../../planner/report/text-table";
import { textWidth, wrapWords } from "../../../planner/report/text-width";

const plain = (text: string): string => text;

const TABLE: ReportTable = {
  columns: [
    { header: "pool", align: "left" },
    { header: "busy", align: "right" },
    { header: "note", align: "left", wraps: true },
  ],
  rows: [
    ["a", "7.0 %", "first"],
    ["long-name", "100 %", "a note of several words that may be broken"],
  ],
};

describe("layOutTable", () => {
  it("aligns words left and numbers right", () => {
    expect(layOutTable(TABLE, 80, plain)).toEqual([
      "pool        busy  note",
      "a          7.0 %  first",
      "long-name  100 %  a note of several words that may be broken",
    ]);
  });

  it("breaks a column that wraps before anything else", () => {
    expect(layOutTable(TABLE, 40, plain)).toEqual([
      "pool        busy  note",
      "a          7.0 %  first",
      "long-name  100 %  a note of several",
      "                  words that may be",
      "                  broken",
    ]);
  });

  it("goes on below, with the first column again, when that is not enough", () => {
    expect(layOutTable(TABLE, 30, plain)).toEqual([
      "pool        busy",
      "a          7.0 %",
      "long-name  100 %",
      "",
      "pool       note",
      "a          first",
      "long-name  a note of several",
      "           words that may be",
      "           broken",
    ]);
  });

  it("paints the text of a cell and not its padding", () => {
    const table: ReportTable = {
      columns: [{ header: "verdict", align: "left" }],
      rows: [[{ text: "PASS", tone: "good" }]],
    };
    const paint = (text: string, tone: string): string => `<${tone}>${text}</>`;
    expect(layOutTable(table, 80, paint)).toEqual(["<quiet>verdict</>", "<good>PASS</>"]);
  });

  it("for all tables and widths from 30, no word of a cell is lost", () => {
    const word = fc.stringMatching(/^[a-z]{1,10}$/);
    const cell = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 30, max: 120 }),
        (rows, width) => {
          const columns = ["a", "b", "c", "d"].map((header, index) => ({
            header,
            align: "left" as const,
            wraps: index % 2 === 0,
          }));
          const text = layOutTable({ columns, rows }, width, plain).join(" ");
          const shown = text.split(/\s+/);
          for (const expected of rows.flat().flatMap((words) => words.split(" "))) {
            expect(shown).toContain(expected);
          }
        },
      ),
      { seed: 2, numRuns: 60 },
    );
  });
});

describe("textWidth", () => {
  it("counts wide characters twice and combining marks not at all", () => {
    expect(textWidth("abc")).toBe(3);
    expect(textWidth("±95 %")).toBe(5);
    expect(textWidth("東京")).toBe(4);
    expect(textWidth("e\u0301")).toBe(1);
  });
});

describe("wrapWords", () => {
  it("keeps a number with its unit", () => {
    expect(wrapWords("may be up to 30.9 s long", 17)).toEqual(["may be up to", "30.9 s long"]);
  });

  it("cuts a word that is longer than the line", () => {
    expect(wrapWords("see https://example.org/x", 10)).toEqual([
      "see",
      "https://ex",
      "ample.org/",
      "x",
    ]);
  });

  it("for all texts, no line is wider than asked", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 4, max: 60 }),
        (text, width) => {
          for (const line of wrapWords(text, width))
            expect(textWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { seed: 3 },
    );
  });
});
