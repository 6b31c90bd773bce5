/**
 * One run of a scenario: arrivals, routing, replicas and KV transfers in the order of simulated time.
 * Read this file first, then replica.ts (what a replica does between two events).
 *
 * Events at the same time: arrivals first, then finished transfers, then step boundaries by replica, so that
 * a scheduler sees all that has arrived at its boundary. Time is float64 seconds, never rounded.
 */

import { PRIORITIES, type ResolvedPool } from "../fleet/resolved-fleet";
import { FlatHeap } from "../foundation/flat-heap";
import { RandomStream } from "../foundation/random";
import { WinnerTree } from "../foundation/winner-tree";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { createSources } from "../traffic/create-sources";
import type { RequestDraw, RequestSource } from "../traffic/request-source";
import { checkEngines } from "./check-engines";
import { engineSettings } from "./engine-settings";
import { kvBytesPerToken } from "./kv-bytes";
import type { RunObserver } from "./observer";
import { type EngineSettings, PoolRun } from "./pool-run";
import { Recorder } from "./recorder";
import { Replica, type ReplicaListener } from "./replica";
import { RequestStore } from "./request-store";
import type { RoutedRequest } from "./router";
import { RoutingTable } from "./routing-table";
import type { PoolRecord, RunRecord } from "./run-record";

export interface SimulateOptions {
  readonly observer?: RunObserver;
  /** Cuts the time up to the horizon into so many buckets; 0 or absent = no timeline. */
  readonly timelineBuckets?: number;
  /** Also keeps the latencies of so many consecutive parts of the measured window apart, by workload. */
  readonly batches?: number;
  /** Physics of a pool; absent = the catalog's (engine-settings.ts). For calibration tables and for laws. */
  readonly engineSettingsFor?: (pool: ResolvedPool) => EngineSettings;
}

export interface RunProgress {
  readonly simulatedSeconds: number;
  readonly requestsDone: number;
}

/** A client that is refused does not ask again at once: without a pause it would do so for ever at one instant. */
const REFUSED_CLIENT_PAUSE_SECONDS = 1;

const EVENTS_PER_SLICE = 1 << 15;

/**
 * Runs the scenario once. The same scenario and seed give the same record, bit for bit.
 *
 * @throws PlannerError when a model does not fit its pool
 */
export function simulate(
  scenario: ResolvedScenario,
  seed: number,
  options: SimulateOptions = {},
): RunRecord {
  const run = simulateInSlices(scenario, seed, options);
  for (;;) {
    const slice = run.next();
    if (slice.done === true) return slice.value;
  }
}

/**
 * The same run in slices of about 30,000 events: yields how far it is after each, so that a caller can show
 * progress, look for an interrupt, or give it up.
 *
 * @throws PlannerError when a model does not fit its pool
 */
export function* simulateInSlices(
  scenario: ResolvedScenario,
  seed: number,
  options: SimulateOptions = {},
): Generator<RunProgress, RunRecord> {
  const simulation = new Simulation(scenario, seed, options);
  while (simulation.runEvents(EVENTS_PER_SLICE)) yield simulation.progress;
  return simulation.close();
}

class Simulation implements ReplicaListener {
  private readonly scenario: ResolvedScenario;
  private readonly seed: number;
  private readonly options: SimulateOptions;
  private readonly sources: readonly RequestSource[];
  private readonly sourcePeeks: WinnerTree;
  private readonly store = new RequestStore();
  private readonly recorder: Recorder;
  private readonly pools: readonly PoolRun[];
  private readonly replicas: Replica[] = [];
  private readonly replicaEvents: WinnerTree;
  private readonly routing: RoutingTable;
  private readonly priorityOf: Int32Array;
  /** KV transfers under way: slots by the time they are done. */
  private readonly transfers = new FlatHeap();
  /** When the link out of each replica has sent what it was given. */
  private readonly linkFreeSeconds: Float64Array;
  /** Set when a client that waits for its answer may send the next request at this very time. */
  private hasFeedback = false;
  private now = 0;
  private events = 0;
  private readonly draw: RequestDraw = {
    arrivalSeconds: 0,
    inputTokens: 1,
    outputTokens: 1,
    originIndex: 0,
    tenantIndex: 0,
    prefix: undefined,
    client: -1,
  };
  private readonly routed: RoutedRequest = {
    inputTokens: 1,
    priority: "standard",
    prefix: undefined,
  };

  constructor(scenario: ResolvedScenario, seed: number, options: SimulateOptions) {
    const { fleet, workloads, horizon } = scenario;
    const window = { from: horizon.warmUpSeconds, to: horizon.durationSeconds };
    this.scenario = scenario;
    this.seed = seed;
    this.options = options;
    this.sources = createSources(scenario, seed);
    this.sourcePeeks = new WinnerTree(workloads.length);
    for (let i = 0; i < workloads.length; i++) this.peek(i);
    this.recorder = new Recorder(scenario, this.store, {
      observer: options.observer,
      window,
      timelineBuckets: options.timelineBuckets ?? 0,
      batches: options.batches ?? 0,
    });
    this.priorityOf = Int32Array.from(workloads, (one) => PRIORITIES.indexOf(one.priority));
    if (options.engineSettingsFor === undefined) checkEngines(fleet);
    const settingsFor = options.engineSettingsFor ?? engineSettings;
    this.pools = fleet.pools.map(
      (pool, index) => new PoolRun(index, settingsFor(pool), workloads.length, window),
    );
    this.addReplicas(fleet.pools);
    this.linkFreeSeconds = new Float64Array(this.replicas.length);
    this.replicaEvents = new WinnerTree(this.replicas.length);
    this.routing = new RoutingTable(
      scenario,
      this.replicas.map((replica) => replica.pool.index),
      new RandomStream(seed, "router"),
    );
  }

  private addReplicas(pools: readonly ResolvedPool[]): void {
    const admissions = { next: 0 };
    for (const [poolIndex, pool] of pools.entries()) {
      for (let i = 0; i < pool.replicas; i++) {
        const replica = new Replica(this.replicas.length, this.pools[poolIndex]!, this.store, {
          listener: this,
          observer: this.options.observer,
          admissions,
          priorityOf: this.priorityOf,
          priorityLevels: PRIORITIES.length,
        });
        this.replicas.push(replica);
      }
    }
  }

  /** Handles at most `count` events; false when there are no more. */
  runEvents(count: number): boolean {
    const { horizon } = this.scenario;
    const end = horizon.drain ? Number.POSITIVE_INFINITY : horizon.durationSeconds;
    for (let i = 0; i < count; i++) {
      const arrival = this.sourcePeeks.smallest;
      const transfer = this.transfers.topKey;
      const boundary = this.replicaEvents.smallest;
      const next = Math.min(arrival, transfer, boundary);
      if (next > end || next === Number.POSITIVE_INFINITY) return false;
      this.now = next;
      this.events++;
      if (arrival === next) this.handleArrival();
      else if (transfer === next) this.handleTransfer();
      else this.handleBoundary(this.replicaEvents.winner);
    }
    return true;
  }

  get progress(): RunProgress {
    const { completions, rejections } = this.recorder;
    return { simulatedSeconds: this.now, requestsDone: completions + rejections };
  }

  private peek(source: number): void {
    this.sourcePeeks.set(source, this.sources[source]!.peekSeconds());
  }

  private handleArrival(): void {
    const workloadIndex = this.sourcePeeks.winner;
    const { draw, store } = this;
    this.sources[workloadIndex]!.take(draw);
    this.peek(workloadIndex);
    const slot = store.acquire();
    store.serial[slot] = this.recorder.arrivals;
    store.arrivalSeconds[slot] = draw.arrivalSeconds;
    store.inputTokens[slot] = draw.inputTokens;
    store.outputTokens[slot] = draw.outputTokens;
    store.workload[slot] = workloadIndex;
    store.tenant[slot] = draw.tenantIndex;
    store.origin[slot] = draw.originIndex;
    store.client[slot] = draw.client;
    store.prefix[slot] = draw.prefix;
    const replica =
      this.replicas[this.routing.choose(workloadIndex, draw.originIndex, this.routedAs(slot))]!;
    this.recorder.arrived(slot, replica.pool.index);
    if (this.canEverRun(slot, replica)) {
      this.send(slot, replica);
    } else {
      this.recorder.rejected(slot);
      this.answerClient(slot, this.now + REFUSED_CLIENT_PAUSE_SECONDS);
      this.store.release(slot);
    }
  }

  /** Whether the replica, and the one that may take over from it, have room for the request on its own. */
  private canEverRun(slot: number, replica: Replica): boolean {
    const input = this.store.inputTokens[slot]!;
    const output = this.store.outputTokens[slot]!;
    const { engine } = this.scenario.fleet.pools[replica.pool.index]!;
    if (input + output > engine.maxContextTokens) return false;
    if (replica.pool.settings.role !== "prefill") return replica.canHold(input, output);
    if (!replica.canHold(input, 1)) return false;
    if (output === 1) return true;
    const decoders = this.routing.decodersAfter(replica.pool.index);
    return decoders.every((decoder) => this.replicas[decoder]!.canHold(input, output));
  }

  private routedAs(slot: number): RoutedRequest {
    const { routed, store } = this;
    routed.inputTokens = store.inputTokens[slot]!;
    routed.priority = this.scenario.workloads[store.workload[slot]!]!.priority;
    routed.prefix = store.prefix[slot];
    return routed;
  }

  private send(slot: number, replica: Replica): void {
    this.store.replica[slot] = replica.index;
    this.store.pool[slot] = replica.pool.index;
    replica.enqueue(slot, this.now);
    this.routing.setOutstanding(replica.index, replica.outstanding);
    this.replicaEvents.set(replica.index, replica.nextEventSeconds);
  }

  /** The KV of a prompt has reached the region's decode pools. */
  private handleTransfer(): void {
    const slot = this.transfers.pop();
    const { store } = this;
    const from = this.replicas[store.replica[slot]!]!;
    from.releaseTransferred(slot, this.now);
    this.replicaEvents.set(from.index, from.nextEventSeconds);
    const chosen = this.routing.chooseDecode(from.pool.index, this.routedAs(slot));
    store.isTransferred[slot] = 1;
    this.send(slot, this.replicas[chosen]!);
  }

  private handleBoundary(index: number): void {
    const replica = this.replicas[index]!;
    this.hasFeedback = false;
    const before = replica.outstanding;
    replica.finishRun();
    if (replica.outstanding !== before) this.routing.setOutstanding(index, replica.outstanding);
    if (this.hasFeedback && this.sourcePeeks.smallest <= this.now) {
      // A client answers at once: its request belongs before the scheduler's decision.
      this.replicaEvents.set(index, this.now);
      return;
    }
    replica.schedule(this.now);
    if (this.routing.watchesKv) this.routing.setKvUtilization(index, replica.kvUtilization);
    this.replicaEvents.set(index, replica.nextEventSeconds);
  }

  onScheduled(slot: number, seconds: number): void {
    this.recorder.scheduled(slot, seconds);
  }

  onPrefilled(slot: number, seconds: number): void {
    const pool = this.scenario.fleet.pools[this.store.pool[slot]!]!;
    const bytes = this.store.inputTokens[slot]! * kvBytesPerToken(pool);
    const { latencySeconds, bytesPerSecond } = pool.kvTransfer;
    const replica = this.store.replica[slot]!;
    // Transfers out of one replica follow each other on its link.
    const sent = Math.max(seconds, this.linkFreeSeconds[replica]!) + bytes / bytesPerSecond;
    this.linkFreeSeconds[replica] = sent;
    this.transfers.push(sent + latencySeconds, this.store.serial[slot]!, slot);
  }

  onFinished(slot: number, seconds: number): void {
    const { store } = this;
    const beside = this.secondsBesideReplica(slot);
    this.recorder.completed(slot, seconds, beside, store.replica[slot]!);
    this.answerClient(slot, seconds + beside);
    store.release(slot);
  }

  /** Seconds that a client waits beside the replica's own: the network, and the engine's front end. */
  private secondsBesideReplica(slot: number): number {
    const pool = this.store.pool[slot]!;
    const { frontEndSeconds } = this.scenario.fleet.pools[pool]!.coefficients;
    return this.routing.roundTripSeconds(this.store.origin[slot]!, pool) + frontEndSeconds;
  }

  /** Lets a client that waits for the end of its request go on. */
  private answerClient(slot: number, seconds: number): void {
    const client = this.store.client[slot]!;
    if (client < 0) return;
    const source = this.store.workload[slot]!;
    this.sources[source]!.finished(client, seconds);
    this.peek(source);
    this.hasFeedback = true;
  }

  /** Counts what is left in flight and hands over what was measured. */
  close(): RunRecord {
    const { horizon } = this.scenario;
    const seconds = horizon.drain ? this.now : horizon.durationSeconds;
    const { recorder } = this;
    const windowEnd = this.windowEndSeconds(seconds);
    const left = this.store.liveSlots();
    if (!horizon.drain) for (const replica of this.replicas) replica.close(seconds);
    for (const slot of left) {
      recorder.leftInFlight(slot, seconds, this.secondsBesideReplica(slot));
    }
    recorder.close(seconds);
    return {
      seed: this.seed,
      windowStartSeconds: horizon.warmUpSeconds,
      windowEndSeconds: windowEnd,
      endSeconds: seconds,
      cells: recorder.cells,
      pools: this.pools.map((pool) => this.poolRecord(pool, windowEnd - horizon.warmUpSeconds)),
      timeline: recorder.timeline,
      batches: recorder.batches,
      arrivals: recorder.arrivals,
      completions: recorder.completions,
      rejections: recorder.rejections,
      inFlightAtEnd: left.length,
      requestSeconds: recorder.requestSeconds,
      clipped: this.sources.map((source) => ({ ...source.clipped })),
      steps: this.pools.reduce((sum, pool) => sum + pool.steps, 0),
      events: this.events,
    };
  }

  /**
   * The horizon; or, when all arrivals are counted out before it, the end of the last request: a benchmark's
   * throughput is its requests over the time they took, not over the time that was set aside for them.
   */
  private windowEndSeconds(endSeconds: number): number {
    const { horizon, workloads } = this.scenario;
    const isCountedOut = workloads.every(({ arrivals }) =>
      arrivals.kind === "trace" ? !arrivals.loop : Number.isFinite(arrivals.requestsMax),
    );
    const isEarly = isCountedOut && endSeconds > horizon.warmUpSeconds;
    return isEarly ? Math.min(endSeconds, horizon.durationSeconds) : horizon.durationSeconds;
  }

  private poolRecord(pool: PoolRun, seconds: number): PoolRecord {
    const replicas = this.scenario.fleet.pools[pool.index]!.replicas;
    return {
      replicas,
      busySeconds: pool.busySeconds,
      steps: pool.steps,
      requestSteps: pool.requestSteps,
      prefillTokens: pool.prefillTokens,
      decodeTokens: pool.decodeTokens,
      preemptions: pool.preemptions,
      promptTokens: pool.promptTokens,
      cachedTokens: pool.cachedTokens,
      kvUtilization: pool.blockSeconds / (seconds * replicas * pool.settings.geometry.blocks),
      itlSeconds: pool.itlSeconds,
    };
  }
}
