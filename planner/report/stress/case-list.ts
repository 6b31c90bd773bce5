/** The cases of a game day before it is run: what each tests, and which do not apply. */
import type { StressCase } from "../../stress/stress-case";
import type { ReportTable } from "../report";

export function caseListTable(cases: readonly StressCase[]): ReportTable {
  return {
    columns: [
      { header: "case", align: "left", wraps: true },
      { header: "what it tests", align: "left", wraps: true },
    ],
    rows: cases.map((one) => [
      one.name,
      one.applies ? one.tests : { text: `not applicable: ${one.why}`, tone: "quiet" as const },
    ]),
  };
}
