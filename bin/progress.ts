/**
 * One line on stderr that tells how far a run is, how fast, and how long it will take. Only on a terminal
 * and without --quiet; nothing of it remains when the run is over. It is drawn from inside the run: the
 * simulation is synchronous, so a timer would never fire.
 */
import { formatDuration, formatNumber } from "../planner/report/format-number";
import { textWidth } from "../planner/report/text-width";
import { hasColor, type Io } from "./io";

/** Between two drawings; the clock is read at each call. */
const REDRAW_MS = 100;
/** A run that is over before this shows nothing. */
const FIRST_DRAW_MS = 300;
const BAR_CELLS_MAX = 24;

interface ProgressState {
  /** From 0 to 1, over all replications. */
  readonly fractionDone: number;
  /** Requests simulated so far, over all replications. */
  readonly requestsDone: number;
  readonly label: string;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Takes the line away; call it before anything else is written. */
  clear(): void;
}

export function makeProgress(io: Io, isQuiet: boolean): Progress {
  if (isQuiet || !io.stderr.isTTY) return { update: () => {}, clear: () => {} };
  const startedMs = io.now();
  let nextMs = startedMs + FIRST_DRAW_MS;
  let isDrawn = false;
  return {
    update(state) {
      const nowMs = io.now();
      if (nowMs < nextMs) return;
      nextMs = nowMs + REDRAW_MS;
      isDrawn = true;
      io.stderr.write(`\r\u001b[K${progressLine(state, nowMs - startedMs, io)}`);
    },
    clear() {
      if (isDrawn) io.stderr.write("\r\u001b[K");
      isDrawn = false;
    },
  };
}

/** One line that fits the terminal: parts are left out from the right, and the bar last. */
function progressLine(state: ProgressState, elapsedMs: number, io: Io): string {
  const fraction = Math.min(1, Math.max(0, state.fractionDone));
  const perSecond = elapsedMs > 0 ? (state.requestsDone / elapsedMs) * 1000 : 0;
  const leftSeconds = fraction > 0 ? ((elapsedMs / 1000) * (1 - fraction)) / fraction : undefined;
  const left = leftSeconds === undefined ? "" : `${formatDuration(Math.ceil(leftSeconds))} left`;
  const parts = [
    `${String(Math.floor(fraction * 100)).padStart(3)} %`,
    left,
    `${formatNumber(perSecond)} requests/s`,
    state.label,
  ].filter((part) => part !== "");
  // The last column stays free: some terminals wrap when it is written.
  const room = io.stderr.columns - 1;
  while (parts.length > 1 && textWidth(parts.join("  ")) > room) parts.pop();
  const text = parts.join("  ");
  const cells = Math.min(BAR_CELLS_MAX, room - textWidth(text) - 1);
  if (cells < 4) return text;
  const done = Math.round(fraction * cells);
  const bar = "█".repeat(done) + "░".repeat(cells - done);
  return `${hasColor(io, io.stderr) ? `\u001b[36m${bar}\u001b[39m` : bar} ${text}`;
}
