/**
 * What a cut keeps from getting through: answers of which all tokens are there, and first tokens of attempts that go
 * on. They wait here until the cut is mended; whether it is, and what becomes of them then, is the delivery's.
 */
import { ATTEMPT, type AttemptStore } from "./attempt-store";

export class HeldBack {
  private answers: number[] = [];
  private firstTokens: number[] = [];

  /** @param isCutOff whether nothing gets through from an attempt now */
  constructor(
    private readonly store: AttemptStore,
    private readonly isCutOff: (slot: number) => boolean,
  ) {}

  /** All tokens of an attempt are there: true when they do not get through. */
  holdsAnswer(slot: number): boolean {
    this.store.unmark(slot, ATTEMPT.held);
    if (!this.isCutOff(slot)) return false;
    this.store.mark(slot, ATTEMPT.held);
    this.answers.push(slot);
    return true;
  }

  /** Its first one is: true when it does not get through. Until it does, its time is later than any. */
  holdsFirstToken(slot: number): boolean {
    if (!this.isCutOff(slot)) return false;
    this.store.mark(slot, ATTEMPT.muted);
    this.store.firstTokenSeconds[slot] = Number.POSITIVE_INFINITY;
    this.firstTokens.push(slot);
    return true;
  }

  /** Takes the attempts whose first token gets through at `seconds`; the others stay. */
  takeFirstTokens(seconds: number): number[] {
    const { store, firstTokens } = this;
    if (firstTokens.length === 0) return firstTokens;
    this.firstTokens = [];
    return firstTokens.filter((slot) => {
      // Some are over, and a slot may be another attempt's by now.
      if (!store.has(slot, ATTEMPT.muted) || store.has(slot, ATTEMPT.ghost)) return false;
      if (this.isCutOff(slot)) {
        this.firstTokens.push(slot);
        return false;
      }
      store.unmark(slot, ATTEMPT.muted);
      store.firstTokenSeconds[slot] = seconds;
      return true;
    });
  }

  /** Takes all answers, still marked as held: each is to be asked about anew. */
  takeAnswers(): number[] {
    const { answers } = this;
    this.answers = [];
    return answers;
  }
}
