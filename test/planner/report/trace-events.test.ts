import { describe, expect, it } from "@jest/globals";
import { traceEventWriter } from "../../../planner/report/trace-events";
import type { FinishedRequest } from "../../../planner/simulation/observer";
import { NAMED_SCENARIO } from "../../support/resolved-fixture";

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

const REQUEST: FinishedRequest = {
  id: 4,
  workloadIndex: 0,
  tenantIndex: 0,
  originIndex: 0,
  poolIndex: 0,
  replicaIndex: 1,
  arrivalSeconds: 1,
  inputTokens: 100,
  outputTokens: 20,
  cachedTokens: 0,
  queueTimeSeconds: 0.25,
  ttftSeconds: 0.5,
  tpotSeconds: 0.02,
  e2eSeconds: 0.9,
  preemptions: 0,
  outcomeIndex: 0,
  sloMet: 1,
  reasonIndex: -1,
  attempts: 1,
};

function record(
  use: (writer: ReturnType<typeof traceEventWriter>) => void,
  limits = { secondsMax: 60, eventsMax: 1000 },
): { events: TraceEvent[]; cut: { steps: number; requests: number } } {
  let text = "";
  const writer = traceEventWriter(NAMED_SCENARIO, limits, (piece) => {
    text += piece;
  });
  use(writer);
  writer.end();
  const document: { readonly traceEvents: TraceEvent[] } = JSON.parse(text);
  return { events: document.traceEvents, cut: writer.cut };
}

describe("traceEventWriter", () => {
  it("names a process for each pool and a thread for each replica", () => {
    const { events } = record(() => {});
    const names = events.map((event) => [event.name, event.pid, event.tid, event.args?.["name"]]);
    expect(names).toContainEqual([
      "process_name",
      1,
      0,
      "pool us-east-1/h100 (llama-3.1-8b-instruct)",
    ]);
    expect(names).toContainEqual(["thread_name", 1, 1, "replica 0"]);
    expect(names).toContainEqual(["thread_name", 1, 2, "replica 1"]);
  });

  it("writes a step as a slice in microseconds, with counters beside it", () => {
    const { events } = record((writer) => writer.onStep(0, 1, 2, 2.5, 8, 16, 0, 400, 3));
    const slice = events.find((event) => event.ph === "X");
    expect(slice).toMatchObject({ name: "decode × 8", ts: 2_000_000, dur: 500_000, tid: 2 });
    expect(slice?.args).toEqual({ steps: 8, decodeRequests: 16, prefillTokens: 0 });
    const counters = events.filter((event) => event.ph === "C").map((event) => event.args);
    expect(counters).toEqual([{ decoding: 16, waiting: 3 }, { used: 400 }]);
  });

  it("writes a request as nested slices that begin and end in order", () => {
    const { events } = record((writer) => writer.onRequest(REQUEST));
    const slices = events.filter((event) => event.ph === "b" || event.ph === "e");
    expect(slices.map((event) => `${event.ph} ${event.name} ${event.ts}`)).toEqual([
      "b chat 4 1000000",
      "b queue 1000000",
      "e queue 1250000",
      "b prefill 1250000",
      "e prefill 1500000",
      "b decode 1500000",
      "e decode 1900000",
      "e chat 4 1900000",
    ]);
    expect(new Set(slices.map((event) => event.id))).toEqual(new Set([4]));
  });

  it("stops at the time and at the number of events asked for, and counts what it left out", () => {
    const late = record((writer) => writer.onStep(0, 0, 60, 61, 1, 1, 0, 1, 0));
    expect(late.cut).toEqual({ steps: 1, requests: 0 });
    const many = record(
      (writer) => {
        for (let step = 0; step < 10; step++) writer.onStep(0, 0, step, step + 1, 1, 1, 0, 1, 0);
        writer.onRequest(REQUEST);
      },
      { secondsMax: 60, eventsMax: 10 },
    );
    expect(many.cut).toEqual({ steps: 8, requests: 1 });
  });
});
