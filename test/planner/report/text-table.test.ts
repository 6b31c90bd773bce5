import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { ReportTable } from "../../../planner/report/report";
import { layOutTable } from "../../../planner/report/text-table";

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

  it("divides columns evenly over as few tables as fit, rather than leave one for the last", () => {
    const names = ["name", "aaaaa", "bbbbb", "ccccc", "ddddd"];
    const table: ReportTable = {
      columns: names.map((header) => ({ header, align: "left" })),
      rows: [names.map(() => "1")],
    };
    // Three columns would fit beside the first one.
    expect(layOutTable(table, 30, plain).filter((line) => !line.includes("1"))).toEqual([
      "name  aaaaa  bbbbb",
      "",
      "name  ccccc  ddddd",
    ]);
  });

  it("paints the text of a cell and not its padding", () => {
    const table: ReportTable = {
      columns: [{ header: "verdict", align: "left" }],
      rows: [[{ text: "PASS", tone: "good" }]],
    };
    const green = (text: string, tone: string): string =>
      tone === "good" ? `\u001b[32m${text}\u001b[39m` : text;
    expect(layOutTable(table, 80, green)).toEqual(["verdict", "\u001b[32mPASS\u001b[39m"]);
  });

  it("paints each line of a broken cell by itself, so that no colour runs into the next column", () => {
    const table: ReportTable = {
      columns: [
        { header: "what", align: "left", wraps: true },
        { header: "busy", align: "right" },
      ],
      rows: [[{ text: "a note of several words", tone: "quiet" }, "7 %"]],
    };
    const dim = (text: string, tone: string): string =>
      tone === "quiet" ? `\u001b[2m${text}\u001b[22m` : text;
    expect(layOutTable(table, 24, dim).slice(1)).toEqual([
      "\u001b[2ma note of several\u001b[22m    7 %",
      "\u001b[2mwords\u001b[22m",
    ]);
  });

  it("counts wide characters twice and combining marks not at all", () => {
    const table: ReportTable = {
      columns: [
        { header: "name", align: "left" },
        { header: "n", align: "right" },
      ],
      rows: [
        ["東京", "1"],
        ["e\u0301", "2"],
      ],
    };
    expect(layOutTable(table, 80, plain)).toEqual(["name  n", "東京  1", "e\u0301     2"]);
  });

  it("lays out long tables as one: widths and order do not depend on the number of rows", () => {
    const columns = TABLE.columns;
    const rows = Array.from({ length: 120 }, (_, index) => [`row-${index}`, `${index} %`, "x"]);
    const lines = layOutTable({ columns, rows }, 80, plain);
    expect(lines).toHaveLength(121);
    rows.forEach(([name, share], index) => {
      const line = `${name!.padEnd(7)}  ${share!.padStart(5)}  x`;
      expect(lines[index + 1]).toBe(line);
    });
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
