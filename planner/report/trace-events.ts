/**
 * A run as Chrome trace events, which Perfetto (ui.perfetto.dev) and chrome://tracing open: a process for each
 * pool, a thread for each replica, slices for steps, counters for batch and KV use, and an async track for each
 * request. Format: "Trace Event Format" of the Chromium project, JSON object form. Text only.
 *
 * Bounded twice: only what starts before `secondsMax` of simulated time, and `eventsMax` events altogether;
 * `cut` tells what was left out.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { type FinishedRequest, REQUEST_OUTCOMES, type RunObserver } from "../simulation/observer";

export interface TraceEventOptions {
  readonly secondsMax: number;
  readonly eventsMax: number;
}

/** An observer that writes events through `write`; call `end` when the run is over. */
export interface TraceEventWriter extends RunObserver {
  end(): void;
  /** Steps and requests that were not written. */
  readonly cut: { readonly steps: number; readonly requests: number };
}

export function traceEventWriter(
  scenario: ResolvedScenario,
  options: TraceEventOptions,
  write: (text: string) => void,
): TraceEventWriter {
  const cut = { steps: 0, requests: 0 };
  let events = 0;
  const emit = (event: Readonly<Record<string, unknown>>): void => {
    write(`${events === 0 ? "" : ",\n"}${JSON.stringify(event)}`);
    events++;
  };
  write('{"displayTimeUnit":"ms","traceEvents":[\n');
  for (const event of nameEvents(scenario)) emit(event);

  return {
    cut,
    onStep(
      pool,
      replica,
      startSeconds,
      endSeconds,
      steps,
      decodes,
      prefillTokens,
      blocks,
      waiting,
    ) {
      if (startSeconds >= options.secondsMax || events >= options.eventsMax) {
        cut.steps++;
        return;
      }
      const place = { pid: pool + 1, tid: replica + 1, ts: microseconds(startSeconds) };
      emit({
        ...place,
        ph: "X",
        cat: "step",
        name: stepName(steps, decodes, prefillTokens),
        dur: microseconds(endSeconds - startSeconds),
        args: { steps, decodeRequests: decodes, prefillTokens },
      });
      emit({
        ...place,
        ph: "C",
        name: `replica ${replica} requests`,
        args: { decoding: decodes, waiting },
      });
      emit({ ...place, ph: "C", name: `replica ${replica} KV blocks`, args: { used: blocks } });
    },
    onRequest(request) {
      if (request.arrivalSeconds >= options.secondsMax || events >= options.eventsMax) {
        cut.requests++;
        return;
      }
      for (const event of requestEvents(scenario, request)) emit(event);
    },
    end: () => write("\n]}\n"),
  };
}

function stepName(steps: number, decodeRequests: number, prefillTokens: number): string {
  if (prefillTokens === 0) return steps === 1 ? "decode" : `decode × ${steps}`;
  return decodeRequests === 0 ? "prefill" : "prefill + decode";
}

/** Metadata events: what processes and threads are called and how they are sorted. */
function nameEvents(scenario: ResolvedScenario): Record<string, unknown>[] {
  return scenario.fleet.pools.flatMap((pool, poolIndex) => {
    const pid = poolIndex + 1;
    const name = `pool ${pool.name} (${pool.model.name})`;
    return [
      { ph: "M", pid, tid: 0, name: "process_name", args: { name } },
      { ph: "M", pid, tid: 0, name: "process_sort_index", args: { sort_index: poolIndex } },
      ...Array.from({ length: pool.replicas }, (_, replica) => ({
        ph: "M",
        pid,
        tid: replica + 1,
        name: "thread_name",
        args: { name: `replica ${replica}` },
      })),
    ];
  });
}

/** A request as nested async slices: the whole of it, and within it queue, prefill and decode. */
function requestEvents(
  scenario: ResolvedScenario,
  request: FinishedRequest,
): Record<string, unknown>[] {
  const workload = scenario.workloads[request.workloadIndex]?.name ?? "request";
  const common = {
    cat: workload,
    id: request.id,
    pid: Math.max(0, request.poolIndex + 1),
    tid: request.replicaIndex + 1,
  };
  const start = request.arrivalSeconds;
  const slice = (name: string, from: number, to: number, args?: Record<string, unknown>) =>
    Number.isFinite(from) && Number.isFinite(to) && to >= from
      ? [
          {
            ...common,
            ph: "b",
            name,
            ts: microseconds(from),
            ...(args === undefined ? {} : { args }),
          },
          { ...common, ph: "e", name, ts: microseconds(to) },
        ]
      : [];
  const [open, close] = slice(`${workload} ${request.id}`, start, start + request.e2eSeconds, {
    inputTokens: request.inputTokens,
    outputTokens: request.outputTokens,
    cachedTokens: request.cachedTokens,
    preemptions: request.preemptions,
    outcome: REQUEST_OUTCOMES[request.outcomeIndex],
  });
  if (open === undefined || close === undefined) return [];
  const scheduled = start + request.queueTimeSeconds;
  const firstToken = start + request.ttftSeconds;
  return [
    open,
    ...slice("queue", start, scheduled),
    ...slice("prefill", scheduled, firstToken),
    ...slice("decode", firstToken, start + request.e2eSeconds),
    close,
  ];
}

/** Trace events count in microseconds; three decimals keep nanoseconds. */
function microseconds(seconds: number): number {
  return Number((seconds * 1e6).toFixed(3));
}
