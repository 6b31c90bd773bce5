/**
 * The oracle's event loop, one event at a time: arrivals before finished transfers before step boundaries.
 * One replica of its own, or a prefill replica that hands its requests to a decode replica.
 */
import type { EngineSettings } from "../../planner/simulation/pool-run";
import type { RequestDraw, RequestSource } from "../../planner/traffic/request-source";
import { NaiveReplica, type NaiveStep } from "./naive-replica";
import { type NaiveCoverage, type NaiveRequest, newRequest } from "./naive-request";

export interface NaiveRun {
  readonly requests: readonly NaiveRequest[];
  readonly coverage: NaiveCoverage;
  /** Σ over requests of the time between their first and last token. */
  readonly gapSeconds: number;
  readonly steps: number;
}

export interface NaiveTraffic {
  readonly sources: readonly RequestSource[];
  /** By workload; 0 is the most urgent. */
  readonly priorityOf: readonly number[];
  readonly onStep?: (step: NaiveStep) => void;
}

/** Runs all that the sources bring through one replica, until it is idle. */
export function runNaiveReplica(settings: EngineSettings, traffic: NaiveTraffic): NaiveRun {
  return new NaiveFleet([settings], traffic, { sendSeconds: () => 0, latencySeconds: 0 }).run();
}

/** The link out of a prefill replica: one KV transfer after the other, each with a latency of its own. */
export interface NaiveLink {
  readonly sendSeconds: (inputTokens: number) => number;
  readonly latencySeconds: number;
}

/** The same through a prefill replica and the decode replica that takes over after the transfer. */
export function runNaiveSplit(
  settings: { readonly prefill: EngineSettings; readonly decode: EngineSettings },
  traffic: NaiveTraffic,
  link: NaiveLink,
): NaiveRun {
  return new NaiveFleet([settings.decode, settings.prefill], traffic, link).run();
}

/** A client whose request was refused asks again after its think time and this. */
const REFUSED_CLIENT_PAUSE_SECONDS = 1;
const NEVER = Number.POSITIVE_INFINITY;

class NaiveFleet {
  private readonly requests: NaiveRequest[] = [];
  private readonly replicas: readonly NaiveReplica[];
  /** Takes new requests: the last. Decodes what was prefilled: the first. */
  private readonly entry: NaiveReplica;
  private transfers: { readonly request: NaiveRequest; readonly seconds: number }[] = [];
  private linkFreeSeconds = 0;
  private now = 0;

  constructor(
    private readonly settings: readonly EngineSettings[],
    private readonly traffic: NaiveTraffic,
    link: NaiveLink,
  ) {
    this.replicas = settings.map(
      (own) =>
        new NaiveReplica(own, {
          onStep: (step) => traffic.onStep?.(step),
          onFinished: (request, seconds) => this.answer(request, seconds),
          onPrefilled: (request, seconds) => {
            this.linkFreeSeconds =
              Math.max(this.linkFreeSeconds, seconds) + link.sendSeconds(request.inputTokens);
            this.transfers.push({ request, seconds: this.linkFreeSeconds + link.latencySeconds });
            this.transfers.sort((a, b) => a.seconds - b.seconds || a.request.id - b.request.id);
          },
        }),
    );
    this.entry = this.replicas.at(-1)!;
  }

  run(): NaiveRun {
    for (;;) {
      const transfer = this.transfers[0]?.seconds ?? NEVER;
      const boundary = Math.min(...this.replicas.map((replica) => replica.endSeconds));
      this.now = Math.min(this.nextArrivalSeconds(), transfer, boundary);
      if (this.now === NEVER) break;
      this.takeArrivals();
      if (transfer === this.now) this.endTransfer();
      else if (boundary === this.now) this.endStep();
      else this.wake();
    }
    return this.close();
  }

  private close(): NaiveRun {
    for (const [i, replica] of this.replicas.entries()) {
      if (replica.freeBlocks !== this.settings[i]!.geometry.blocks) {
        throw new Error("the oracle lost blocks");
      }
      replica.coverage.evictions = replica.evictions;
    }
    const answered = this.requests.filter((request) => !request.isRejected);
    return {
      requests: this.requests,
      coverage: sumOf(this.replicas.map((replica) => replica.coverage)),
      gapSeconds: answered.reduce((sum, one) => sum + one.finishSeconds - one.firstTokenSeconds, 0),
      steps: this.replicas.reduce((sum, replica) => sum + replica.steps, 0),
    };
  }

  private endStep(): void {
    const replica = this.replicas.find((one) => one.endSeconds === this.now)!;
    replica.endStep();
    // A client may answer at once, and its request belongs before the scheduler's decision.
    this.takeArrivals();
    replica.startStep(this.now);
    this.wake();
  }

  private endTransfer(): void {
    const { request } = this.transfers.shift()!;
    this.entry.releaseTransferred(request);
    request.isTransferred = true;
    this.replicas[0]!.enqueue(request);
    if ((this.transfers[0]?.seconds ?? NEVER) > this.now) this.wake();
  }

  /** Idle replicas with something to do start when nothing else happens at this time. */
  private wake(): void {
    for (const replica of this.replicas) {
      if (replica.isIdle && replica.hasWork) replica.startStep(this.now);
    }
  }

  private nextArrivalSeconds(): number {
    return Math.min(...this.traffic.sources.map((source) => source.peekSeconds()));
  }

  private takeArrivals(): void {
    while (this.nextArrivalSeconds() <= this.now) {
      if (this.entry.endSeconds === this.now) this.entry.coverage.arrivalsAtBoundary++;
      this.takeArrival();
    }
  }

  private takeArrival(): void {
    const { sources, priorityOf } = this.traffic;
    const seconds = this.nextArrivalSeconds();
    const workload = sources.findIndex((source) => source.peekSeconds() === seconds);
    const draw: RequestDraw = {
      arrivalSeconds: 0,
      inputTokens: 0,
      outputTokens: 0,
      originIndex: 0,
      tenantIndex: 0,
      prefix: undefined,
      chain: undefined,
      isRefused: false,
      client: -1,
    };
    sources[workload]!.take(draw);
    const request = newRequest(this.requests.length, workload, priorityOf[workload]!, draw);
    this.requests.push(request);
    if (this.canEverRun(request)) {
      this.entry.enqueue(request);
      return;
    }
    request.isRejected = true;
    this.entry.coverage.rejections++;
    if (request.client >= 0) {
      sources[workload]!.finished(request.client, seconds + REFUSED_CLIENT_PAUSE_SECONDS);
    }
  }

  private canEverRun({ inputTokens, outputTokens }: NaiveRequest): boolean {
    const [decoder] = this.replicas;
    if (this.replicas.length === 1) return decoder!.canHold(inputTokens + outputTokens);
    const isPromptHeld = this.entry.canHold(inputTokens + 1);
    return isPromptHeld && (outputTokens === 1 || decoder!.canHold(inputTokens + outputTokens));
  }

  private answer(request: NaiveRequest, seconds: number): void {
    if (request.client < 0) return;
    const source = this.traffic.sources[request.workload]!;
    source.finished(request.client, seconds);
    if (source.peekSeconds() <= seconds) this.entry.coverage.answeredAtOnce++;
  }
}

function sumOf(coverages: readonly NaiveCoverage[]): NaiveCoverage {
  const sum = { ...coverages[0]! };
  for (const coverage of coverages.slice(1)) {
    for (const rule of Object.keys(sum) as (keyof NaiveCoverage)[]) sum[rule] += coverage[rule];
  }
  return sum;
}
