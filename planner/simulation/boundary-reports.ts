/**
 * What a replica tells in the middle of a step boundary, kept until it is through: nothing may be sent to a replica
 * that is still adding up. Delivery takes it from here.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { ATTEMPT, type AttemptStore } from "./attempt-store";
import type { Recorder } from "./recorder";
import type { ReplicaListener } from "./replica";
import { REQUEST, type RequestTable } from "./request-table";

export class BoundaryReports implements ReplicaListener {
  /** Slots, in the order in which they were told. */
  readonly finished: number[] = [];
  readonly prefilled: number[] = [];
  readonly firstTokens: number[] = [];
  readonly cancelled: number[] = [];
  hasAny = false;
  /** A poisonous request is in the step that was decided. */
  hasScheduledPoison = false;
  private readonly store: AttemptStore;
  private readonly requests: RequestTable;
  private readonly recorder: Recorder;
  private readonly hasPoison: boolean;

  constructor(
    scenario: ResolvedScenario,
    parts: {
      readonly store: AttemptStore;
      readonly requests: RequestTable;
      readonly recorder: Recorder;
    },
  ) {
    this.store = parts.store;
    this.requests = parts.requests;
    this.recorder = parts.recorder;
    this.hasPoison = scenario.faults.poison.length > 0;
  }

  onScheduled(slot: number, seconds: number): void {
    this.recorder.scheduled(slot, seconds);
    if (this.hasPoison && this.isPoison(slot)) this.hasScheduledPoison = true;
  }

  private isPoison(slot: number): boolean {
    const { store } = this;
    return (
      !store.has(slot, ATTEMPT.ghost) && this.requests.has(store.request[slot]!, REQUEST.poison)
    );
  }

  onFinished(slot: number): void {
    this.finished.push(slot);
    this.hasAny = true;
  }

  onPrefilled(slot: number): void {
    this.prefilled.push(slot);
    this.hasAny = true;
  }

  onFirstToken(slot: number): void {
    this.firstTokens.push(slot);
    this.hasAny = true;
  }

  onCancelled(slot: number): void {
    this.cancelled.push(slot);
    this.hasAny = true;
  }
}
