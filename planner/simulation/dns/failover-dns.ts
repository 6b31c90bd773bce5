/**
 * DNS with health checks and caches: the region that a client goes to. It is told when a region's health changes
 * (`region-health-check.ts`), keeps a log of that per model, and answers from the log as resolvers would that asked
 * a while ago.
 *
 * A resolver asks again whenever its answer is as old as the TTL, so at a given time the age of the answers of many
 * resolvers is uniform in [0, TTL): x seconds after a change a share max(0, 1 − x / TTL) is still as before. No
 * resolver has a state of its own: a client brings the phase of its resolver, a number drawn once for it, and the
 * phase gives the time at which that resolver last asked. So all attempts of a request see one resolver, and a retry
 * goes to a lost region again until the answer has expired. Some resolvers keep an answer for longer than its TTL;
 * they are a share of the phases.
 */
import type { ResolvedFleet } from "../../fleet/resolved-fleet";
import type { ResolvedFailover } from "../../fleet/resolved-policies";
import { InvariantViolation } from "../../foundation/errors";
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
   */
  constructor(
    private readonly fleet: ResolvedFleet,
    private readonly failover: ResolvedFailover,
    regionsOfModel: readonly (readonly number[])[],
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

  /**
   * Index of the region that a client from `origin` uses: the answer that its resolver has in its cache.
   *
   * @param phase of the client's resolver, in [0, 1)
   */
  resolve(model: number, origin: number, seconds: number, phase: number): number {
    const log = this.logs[model]!;
    const { ttlSeconds, ignoringTtl } = this.failover;
    const { share, holdSeconds } = ignoringTtl;
    // One number decides on the kind of resolver and on when it asks.
    const isIgnoring = phase < share;
    const period = isIgnoring ? holdSeconds : ttlSeconds;
    const offset = isIgnoring ? phase / share : (phase - share) / (1 - share);
    if (!(period > 0)) return answerAt(log, seconds).choose(origin, drawOf(phase, seconds));
    if (period === Number.POSITIVE_INFINITY) return log.answers[0]!.choose(origin, phase);
    const refresh = Math.floor(seconds / period - offset);
    // Every cache has asked since: the usual case, and always so before the first change.
    const answer =
      seconds - log.lastChangeSeconds >= this.oldestSeconds
        ? log.lastAnswer
        : answerAt(log, (refresh + offset) * period);
    return answer.choose(origin, drawOf(phase, refresh));
  }

  /**
   * Index of the region that DNS itself answers a resolver that asks at `seconds`.
   *
   * @param draw in [0, 1): decides under weighted records
   */
  answer(model: number, origin: number, seconds: number, draw: number): number {
    return answerAt(this.logs[model]!, seconds).choose(origin, draw);
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
    return dnsAnswer(this.failover.policy, this.fleet, regions, isHealthy);
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

/** A uniform number that belongs to one answer of one resolver: the same whenever that answer is used. */
function drawOf(phase: number, refresh: number): number {
  // The finaliser of MurmurHash3 (Appleby 2011), over the phase and the number of the refresh.
  let x = Math.imul(Math.floor(phase * 2 ** 32) ^ Math.imul(Math.floor(refresh), 0x9e3779b1), 1);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}
