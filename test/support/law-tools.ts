/**
 * What the laws of resilience share: campaigns, sums, what a law has seen, and times at which replicas were down.
 */
import { expect } from "@jest/globals";
import type { ControlEvent } from "../../planner/simulation/control-event";
import type { Span } from "./resilience-run";

const CASES = Number(process.env["LAW_CASES"] ?? 60);
export const CAMPAIGN = {
  seed: Number(process.env["LAW_SEED"] ?? 20_261_122),
  numRuns: CASES,
};

/** Reports the first few breaches of a law, so that one case does not print thousands. */
export function expectNone(breaches: readonly string[]): void {
  if (breaches.length === 0) return;
  throw new Error(`${breaches.length} breaches: ${breaches.slice(0, 5).join("; ")}`);
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** What a law has seen over all of its cases: a law that nothing puts to the test says nothing. */
export class Coverage {
  private readonly counts = new Map<string, number>();

  add(what: string, count: number): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + count);
  }

  /** Each more than `least` times; campaigns that were cut short by hand are let off. */
  expectAll(what: readonly string[], least = 0): void {
    if (CASES < 60) return;
    expect(what.filter((one) => (this.counts.get(one) ?? 0) <= least)).toEqual([]);
  }
}

/** From each replica-down to the replica-ready after it. */
export function downSpans(control: readonly ControlEvent[]): Map<number, Span[]> {
  const spans = new Map<number, Span[]>();
  const since = new Map<number, number>();
  for (const event of control) {
    if (event.kind === "replica-down") {
      expect(since.has(event.replica)).toBe(false);
      since.set(event.replica, event.seconds);
    } else if (event.kind === "replica-ready") {
      const fromSeconds = since.get(event.replica);
      since.delete(event.replica);
      if (fromSeconds === undefined) continue;
      add(spans, event.replica, { fromSeconds, toSeconds: event.seconds });
    }
  }
  for (const [replica, fromSeconds] of since)
    add(spans, replica, { fromSeconds, toSeconds: Number.POSITIVE_INFINITY });
  return spans;
}

function add(spans: Map<number, Span[]>, replica: number, span: Span): void {
  spans.set(replica, [...(spans.get(replica) ?? []), span]);
}

export function contains(outer: Span, inner: Span): boolean {
  return outer.fromSeconds <= inner.fromSeconds && inner.toSeconds <= outer.toSeconds;
}

export function overlaps(one: Span, other: Span): boolean {
  return one.fromSeconds < other.toSeconds && other.fromSeconds < one.toSeconds;
}
