/** When the faults of a run struck and ended, read from its control events. */
import type { RunRecord } from "../simulation/run-record";

/** Occurrences of one fault that overlap, as one. */
export interface FaultEpisode {
  readonly fault: string;
  readonly startSeconds: number;
  /** Infinity: not over when the run ended. */
  readonly endSeconds: number;
  /** Times that it struck. */
  readonly occurrences: number;
}

interface OpenEpisode {
  readonly startSeconds: number;
  /** Occurrences under way, and all of them. */
  depth: number;
  occurrences: number;
}

/** Those that start in the measured window, by start, then by name. What strikes later meets no request of it. */
export function faultEpisodes({ control, windowEndSeconds }: RunRecord): FaultEpisode[] {
  const open = new Map<string, OpenEpisode>();
  const episodes: FaultEpisode[] = [];
  const close = (fault: string, endSeconds: number): void => {
    const { startSeconds, occurrences } = open.get(fault)!;
    open.delete(fault);
    episodes.push({ fault, startSeconds, endSeconds, occurrences });
  };
  for (const event of control) {
    if (event.kind === "fault-start") {
      const { fault, seconds } = event;
      const episode = open.get(fault) ?? { startSeconds: seconds, depth: 0, occurrences: 0 };
      episode.depth++;
      episode.occurrences++;
      open.set(fault, episode);
    } else if (event.kind === "fault-end") {
      const episode = open.get(event.fault);
      if (episode === undefined) continue;
      episode.depth--;
      if (episode.depth === 0) close(event.fault, event.seconds);
    }
  }
  for (const fault of [...open.keys()]) close(fault, Number.POSITIVE_INFINITY);
  return episodes
    .filter(({ startSeconds }) => startSeconds < windowEndSeconds)
    .sort((a, b) => a.startSeconds - b.startSeconds || (a.fault < b.fault ? -1 : 1));
}
