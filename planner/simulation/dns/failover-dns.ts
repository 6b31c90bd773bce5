/**
 * DNS with health checks and caches: the region that a client goes to. It is told when a region's health changes
 * (`region-health-check.ts`), keeps a log of that per model, and answers from the log as resolvers would that asked
 * a while ago.
 *
 * A resolver asks again whenever its answer is as old as the TTL, so at a given time the age of the answers of many
 * resolvers is uniform in [0, TTL): x seconds after a change a share max(0, 1 − x / TTL) is still as before. No
 * resolver has a state of its own: every call draws the age of its answer anew (and under weighted records the
 * answer), which is right in distribution for each call, but two calls of one client may meet two resolvers.
 * Some resolvers keep an answer for longer than its TTL; they are a share of the calls.
 */
import type { ResolvedFleet } from "../../fleet/resolved-fleet";
import type { ResolvedFailover } from "../../fleet/resolved-policies";
import { InvariantViolation } from "../../foundation/errors";
import type { RandomStream } from "../../foundation/random";
import { type DnsAnswer, dnsAnswer } from "./dns-answer";

/** The health of one model's regions over time. */
interface ModelLog {
  /** Ascending; `isHealthy` is in the same order. */
  readonly regions: readonly number[];
  readonly isHealthy: boolean[];
  /** answers[i] holds from seconds[i] until the next; the first from −Infinity. */
  readonly seconds: number[];
  readonly answers: DnsAnswer[];
  lastChangeSeconds: number;
  lastAnswer: DnsAnswer;
}

export class FailoverDns {
  private readonly logs: readonly ModelLog[];
  /** No answer in any cache is older. */
  private readonly oldestSeconds: number;

  /**
   * @param regionsOfModel by model index: the regions that serve it, at least one; all healthy at first
   * @param random its own stream; drawn from only while caches differ, and under weighted records
   */
  constructor(
    private readonly fleet: ResolvedFleet,
    private readonly failover: ResolvedFailover,
    regionsOfModel: readonly (readonly number[])[],
    private readonly random: RandomStream,
  ) {
    const { ttlSeconds, ignoringTtl } = failover;
    this.oldestSeconds =
      ignoringTtl.share > 0 ? Math.max(ttlSeconds, ignoringTtl.holdSeconds) : ttlSeconds;
    this.logs = regionsOfModel.map((regions, model) => this.newLog(model, regions));
  }

  /** What the health check of a region says from now on, for one model; times never go back. */
  setHealthy(model: number, region: number, isHealthy: boolean, seconds: number): void {
    const log = this.logs[model]!;
    const place = log.regions.indexOf(region);
    if (place < 0 || seconds < log.lastChangeSeconds) {
      const state = { model, region, seconds, regions: log.regions, last: log.lastChangeSeconds };
      throw new InvariantViolation("DNS health is set for a model's own regions, in order", state);
    }
    if (log.isHealthy[place] === isHealthy) return;
    log.isHealthy[place] = isHealthy;
    log.lastChangeSeconds = seconds;
    log.lastAnswer = this.answerOf(log.regions, log.isHealthy);
    log.seconds.push(seconds);
    log.answers.push(log.lastAnswer);
  }

  /** Index of the region that a client from `origin` uses: the answer that its resolver has in its cache. */
  resolve(model: number, origin: number, seconds: number): number {
    const log = this.logs[model]!;
    // Every cache has asked since: the usual case, and always so before the first change.
    if (seconds - log.lastChangeSeconds >= this.oldestSeconds) {
      return log.lastAnswer.choose(origin, this.random);
    }
    const askedSeconds = seconds - this.drawAge();
    return answerAt(log, askedSeconds).choose(origin, this.random);
  }

  /** Index of the region that DNS itself answers a resolver that asks at `seconds`. */
  answer(model: number, origin: number, seconds: number): number {
    return answerAt(this.logs[model]!, seconds).choose(origin, this.random);
  }

  /** Age of a cached answer; one draw decides on the kind of resolver and on its phase. */
  private drawAge(): number {
    const { ttlSeconds, ignoringTtl } = this.failover;
    const { share, holdSeconds } = ignoringTtl;
    const draw = this.random.uniform();
    if (draw < share) return (draw / share) * holdSeconds;
    return ((draw - share) / (1 - share)) * ttlSeconds;
  }

  private newLog(model: number, given: readonly number[]): ModelLog {
    if (given.length === 0) {
      throw new InvariantViolation("a model has a region that serves it", { model });
    }
    const regions = [...given].sort((a, b) => a - b);
    const isHealthy = regions.map(() => true);
    const lastAnswer = this.answerOf(regions, isHealthy);
    const lastChangeSeconds = Number.NEGATIVE_INFINITY;
    const seconds = [lastChangeSeconds];
    return { regions, isHealthy, seconds, answers: [lastAnswer], lastChangeSeconds, lastAnswer };
  }

  private answerOf(regions: readonly number[], isHealthy: readonly boolean[]): DnsAnswer {
    return dnsAnswer(this.failover.policy, this.fleet.roundTripSeconds, regions, isHealthy);
  }
}

/** The answer of the last change at or before `seconds`. */
function answerAt(log: ModelLog, seconds: number): DnsAnswer {
  let low = 0;
  let high = log.seconds.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (log.seconds[middle]! <= seconds) low = middle;
    else high = middle - 1;
  }
  return log.answers[low]!;
}
