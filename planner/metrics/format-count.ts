/** Counts in the words of warnings: rounded, thousands grouped. Tables are written by planner/report. */
import { groupThousands } from "../foundation/format-units";

export function formatCount(count: number): string {
  return groupThousands(Math.round(count).toString());
}
