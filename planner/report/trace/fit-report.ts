/**
 * The goodness of a fitted workload, in words: how like the trace the traffic of the block is.
 * Lines of plain text, because they travel as comments in the block they are about.
 */
import type { TraceFit } from "../../traffic/trace/fit-trace";
import { formatDuration, formatNumber, formatShare } from "../format-number";
import { inspectionWarnings, requestsInTime } from "./inspection-report";

/** Each line fits 80 columns with a comment sign before it. */
export function describeFit(fit: TraceFit): string[] {
  const { goodness, inspection } = fit;
  const { input, output, rankCorrelation: rank, arrivals, prefixReuse } = goodness;
  const lines = [
    `Fitted to ${inspection.source}`,
    requestsInTime(inspection),
    "",
    row("Goodness of fit", "trace", "block", "distance"),
    row(
      "input tokens, mean; KS",
      formatNumber(input.traceMean),
      formatNumber(input.fitMean),
      formatNumber(input.ksDistance),
    ),
    row(
      "output tokens, mean; KS",
      formatNumber(output.traceMean),
      formatNumber(output.fitMean),
      formatNumber(output.ksDistance),
    ),
    row("rank correlation", formatNumber(rank.trace), formatNumber(rank.fit), ""),
  ];
  if (arrivals !== undefined) {
    const bucket = formatDuration(arrivals.bucketSeconds);
    lines.push(
      row(`rate per ${bucket}, mean error`, "", "", formatShare(arrivals.rateOverTimeError)),
    );
    if (arrivals.gapKsDistance !== undefined) {
      lines.push(row("gaps between arrivals; KS", "", "", formatNumber(arrivals.gapKsDistance)));
    }
    for (const { windowSeconds, trace, fit: block } of arrivals.dispersion) {
      const name = `dispersion per ${formatDuration(windowSeconds)}`;
      lines.push(row(name, formatNumber(trace), formatNumber(block), ""));
    }
  }
  if (prefixReuse !== undefined) {
    lines.push(
      row(
        "prefix reuse, at most",
        formatShare(prefixReuse.trace),
        formatShare(prefixReuse.fit),
        "",
      ),
    );
  }
  return [...lines, ...notes(fit)];
}

function row(name: string, trace: string, block: string, distance: string): string {
  return `  ${name.padEnd(30)}${trace.padStart(10)}${block.padStart(10)}${distance.padStart(10)}`.trimEnd();
}

function notes(fit: TraceFit): string[] {
  const { goodness, inspection } = fit;
  const notes: string[] = inspectionWarnings(inspection);
  const { prefixReuse } = goodness;
  if (prefixReuse !== undefined && prefixReuse.fit < 0.9 * prefixReuse.trace) {
    notes.push(
      "prefix groups give less reuse than the trace has (conversations that grow); replay it with arrivals: { trace: FILE } for the same reuse",
    );
  }
  if (inspection.arrivals !== undefined && fit.workload.arrivals?.profile !== undefined) {
    notes.push(
      `the rate follows the trace for ${formatDuration(inspection.arrivals.durationSeconds)}; after that its last step holds`,
    );
  }
  return notes.length === 0 ? [] : ["", ...notes.flatMap((note) => wrapNote(note))];
}

const NOTE_COLUMNS = 76;

function wrapNote(text: string): string[] {
  const lines: string[] = [];
  let line = "-";
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > NOTE_COLUMNS) {
      lines.push(line);
      line = " ";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
