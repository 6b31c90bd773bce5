/**
 * One spot node: interruptions of its own and reclaim waves, each with notice, reclaim and return.
 *
 * Its own interruptions arrive as a Poisson process; those that arrive between a notice and the return are without
 * effect, so that the time from a return to the next notice is exponential again. With rate λ, the share of time
 * between return and notice is (1/λ) / (1/λ + notice + mean unavailable); the node is there for the notice as well.
 * The process runs on while the node is away, so that a wave more or less moves no other interruption.
 */
import type { ResolvedPurchase } from "../../fleet/resolved-policies";
import type { RandomStream } from "../../foundation/random";
import { createSampler, type Sampler } from "../../foundation/sampler";
import type { FaultStream } from "./fault-stream";
import type { FaultTransition } from "./fault-transition";
import type { SpotNodeReplicas } from "./spot-nodes";
import type { WaveStrike } from "./spot-wave";

const SECONDS_PER_HOUR = 3600;

export class SpotNode implements FaultStream {
  nextSeconds = 0;
  /** The next transition. */
  private kind: "spot-notice" | "spot-reclaim" | "spot-return" = "spot-notice";
  private readonly unavailable: Sampler;
  private readonly meanGapSeconds: number;
  /** The next own interruption, and how long its capacity is away. */
  private ownSeconds = 0;
  private ownUnavailableSeconds = 0;
  private nextWave = 0;
  // The occurrence under way
  private occurrence = 0;
  private name = "";
  private unavailableSeconds = 0;

  /**
   * @param ownName name of the node's own interruptions
   * @param waves in order of time
   * @param random of this node alone
   */
  constructor(
    private readonly pool: number,
    private readonly place: SpotNodeReplicas,
    private readonly spot: NonNullable<ResolvedPurchase["spot"]>,
    private readonly ownName: string,
    private readonly waves: readonly WaveStrike[],
    private readonly random: RandomStream,
  ) {
    this.unavailable = createSampler(spot.unavailableSeconds);
    this.meanGapSeconds = SECONDS_PER_HOUR / spot.interruptionsPerHour;
    this.drawOwn();
    this.awaitNotice(0);
  }

  take(fresh: number): FaultTransition {
    const { kind, pool } = this;
    const { node, replicas } = this.place;
    const seconds = this.nextSeconds;
    if (kind === "spot-notice") this.notice(fresh);
    const { occurrence: fault, name } = this;
    if (kind === "spot-reclaim") {
      this.kind = "spot-return";
      this.nextSeconds = seconds + this.unavailableSeconds;
    } else if (kind === "spot-return") {
      this.awaitNotice(seconds);
    }
    return { kind, seconds, fault, name, pool, node, replicas };
  }

  private notice(fresh: number): void {
    const wave = this.waves[this.nextWave];
    // An interruption of its own at the very time of a wave comes first, and the wave finds the node going.
    const isWave = wave !== undefined && wave.seconds < this.ownSeconds;
    this.occurrence = fresh;
    this.name = isWave ? wave.name : this.ownName;
    this.unavailableSeconds = isWave ? wave.unavailableSeconds : this.ownUnavailableSeconds;
    if (isWave) this.nextWave++;
    else this.drawOwn();
    this.kind = "spot-reclaim";
    this.nextSeconds += this.spot.noticeSeconds;
  }

  /** The node is there from `seconds` on: what came while it was away is passed over. */
  private awaitNotice(seconds: number): void {
    while (this.ownSeconds < seconds) this.drawOwn();
    while (this.waveSeconds < seconds) this.nextWave++;
    this.kind = "spot-notice";
    this.nextSeconds = Math.min(this.ownSeconds, this.waveSeconds);
  }

  private get waveSeconds(): number {
    return this.waves[this.nextWave]?.seconds ?? Number.POSITIVE_INFINITY;
  }

  /** Both numbers of an interruption are drawn together, also of those without effect. */
  private drawOwn(): void {
    this.ownSeconds += this.meanGapSeconds * this.random.exponential();
    this.ownUnavailableSeconds = this.unavailable.sample(this.random);
  }
}
