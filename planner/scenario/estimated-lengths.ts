/**
 * Lengths that were estimated from text, in words: for notes before a run, warnings after it, and the reports of a
 * trace. The estimate itself is made where traces are read, in planner/traffic/trace/.
 */
import { formatShare } from "../foundation/format-units";
import type { ResolvedScenario } from "./resolved-scenario";
import { tracesOf } from "./skipped-rows";
import type { LengthEstimate } from "./trace-table";

/** `input tokens are estimated …`, the figure and its error. */
export function describeEstimate(estimate: LengthEstimate): string {
  const { of: lengths, charactersPerToken, wideCharactersPerToken } = estimate;
  const english = formatShare(estimate.englishError);
  const code = formatShare(estimate.codeExcess);
  return `${lengths} tokens are estimated from text, at ${charactersPerToken} characters per token (${wideCharactersPerToken} of Chinese, Japanese and Korean): English has up to ${english} more or fewer, code up to ${code} more`;
}

/** One entry for each workload and trace with lengths that are estimates. */
export function estimatedLengths({
  workloads,
}: Pick<ResolvedScenario, "workloads">): { readonly about: string; readonly message: string }[] {
  return workloads.flatMap((workload) =>
    [...tracesOf(workload)].flatMap(({ source, estimatedLengths: estimate }) =>
      estimate === undefined
        ? []
        : [{ about: workload.name, message: `of ${source}, ${describeEstimate(estimate)}` }],
    ),
  );
}
