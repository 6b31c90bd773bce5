/**
 * One line on stderr that tells how far a run is, how fast, and how long it will take. Only on a terminal and
 * without --quiet; nothing of it remains when the run is over. cli-progress draws it; what stands in the line
 * and what is left out where it is narrow is decided here.
 */
import { Writable } from "node:stream";
import type { Options, Params, SingleBar } from "cli-progress";
import { formatDuration, formatNumber } from "../planner/report/format-number";
import { hasColor, type Io } from "./io";

/** Between two readings of how far the run is. */
const UPDATE_MS = 100;
/** A run that is over before this shows nothing. */
const FIRST_DRAW_MS = 300;
const BAR_CELLS_MAX = 20;
const BAR_CELLS_MIN = 4;
/** Readings that the time left is estimated from: the last ten seconds. */
const ETA_READINGS = 100;

interface ProgressState {
  /** From 0 to 1, over all replications; undefined where nobody knows how much there will be. */
  readonly fractionDone: number | undefined;
  /** Requests simulated so far, over all replications. */
  readonly requestsDone: number;
  readonly label: string;
}

export interface Progress {
  update(state: ProgressState): void;
  /** Takes the line away and gives the cursor back; call it before anything else is written. */
  clear(): void;
}

/** What cli-progress hands back to the format. */
interface Payload {
  readonly requestsPerSecond: number;
  readonly label: string;
  readonly isOpenEnded: boolean;
}

export function makeProgress(io: Io, isQuiet: boolean): Progress {
  if (isQuiet || !io.stderr.isTTY) return { update: () => {}, clear: () => {} };
  const startedMs = io.now();
  let nextMs = startedMs + FIRST_DRAW_MS;
  let bar: SingleBar | undefined;
  return {
    update({ fractionDone, requestsDone, label }) {
      const nowMs = io.now();
      if (nowMs < nextMs) return;
      nextMs = nowMs + UPDATE_MS;
      const requestsPerSecond = (requestsDone / (nowMs - startedMs)) * 1000;
      const payload: Payload = {
        requestsPerSecond,
        label,
        isOpenEnded: fractionDone === undefined,
      };
      if (bar === undefined) {
        bar = makeBar(io);
        bar.start(1, fractionDone ?? 0, payload);
      } else {
        bar.update(fractionDone ?? 0, payload);
      }
    },
    clear() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function makeBar(io: Io): SingleBar {
  // Loaded here: most runs are over before they need it.
  const { Format, SingleBar } = require("cli-progress") as typeof import("cli-progress");
  const { BarFormat } = Format;
  return new SingleBar({
    stream: terminalStream(io),
    format: (options, params, payload: Payload) =>
      progressLine(params, payload, io, (cells) =>
        BarFormat(params.progress, { ...options, barsize: cells }),
      ),
    barsize: BAR_CELLS_MAX,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    etaBuffer: ETA_READINGS,
    hideCursor: true,
    clearOnComplete: true,
    synchronousUpdate: true,
    noTTYOutput: false,
    // Ctrl-C belongs to the run (interrupts.ts).
    gracefulExit: false,
  } satisfies Options);
}

/** cli-progress writes to a Node stream. */
function terminalStream(io: Io): NodeJS.WritableStream {
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      io.stderr.write(text);
      done();
    },
  });
  return Object.assign(stream, { isTTY: true });
}

/** One line that fits the terminal: parts are left out from the right, the bar first of all. */
function progressLine(
  { progress, eta }: Params,
  { requestsPerSecond, label, isOpenEnded }: Payload,
  io: Io,
  drawBar: (cells: number) => string,
): string {
  const rate = `${formatNumber(requestsPerSecond)} requests/s`;
  // The last column stays free: some terminals wrap when it is written.
  const room = io.stderr.columns - 1;
  if (isOpenEnded) return fittingLine([label, rate], room);
  // Not a number until there are two readings.
  const isEtaKnown = typeof eta === "number" && Number.isFinite(eta);
  const parts = [
    `${String(Math.floor(progress * 100)).padStart(3)} %`,
    isEtaKnown ? `${formatDuration(eta)} left` : "",
    rate,
    label,
  ].filter((part) => part !== "");
  const text = fittingLine(parts, room);
  const cells = Math.min(BAR_CELLS_MAX, room - text.length - 1);
  if (cells < BAR_CELLS_MIN) return text;
  const bar = drawBar(cells);
  return `${hasColor(io, io.stderr) ? `\u001b[36m${bar}\u001b[39m` : bar} ${text}`;
}

/** As many of the parts as there is room for, the first one at least. */
function fittingLine(parts: readonly string[], room: number): string {
  let count = parts.length;
  while (count > 1 && parts.slice(0, count).join("  ").length > room) count -= 1;
  return parts.slice(0, count).join("  ").slice(0, Math.max(0, room));
}
