/**
 * One run of a scenario: the order of simulated time. Sources bring requests, clients.ts sends them, gateways.ts and
 * replica-set.ts take them, replica.ts computes, control.ts acts on the fleet; delivery.ts is where they meet.
 * Read this file first, then delivery.ts.
 *
 * Events at the same time: arrivals first, then finished transfers, timers, what acts by the clock, and last step
 * boundaries by replica, so that a scheduler sees all that has arrived at its boundary. Time is float64 seconds,
 * never rounded.
 */

import { PRIORITIES } from "../fleet/priority";
import type { ResolvedPool } from "../fleet/resolved-fleet";
import { WinnerTree } from "../foundation/winner-tree";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { createSources } from "../traffic/create-sources";
import type { RequestDraw, RequestSource } from "../traffic/request-source";
import { AttemptStore } from "./attempt-store";
import { checkEngines } from "./check-engines";
import { Clients } from "./clients";
import { Control } from "./control";
import { Delivery } from "./delivery";
import { engineSettings } from "./engine-settings";
import { PoisonDraw } from "./faults/poison-draw";
import { Gateways } from "./gateways";
import { windowEndSeconds } from "./measured-window";
import { Network } from "./network";
import type { RunObserver } from "./observer";
import { type EngineSettings, PoolRun } from "./pool-run";
import { poolStarts } from "./pool-starts";
import { QueueDelivery } from "./queue-delivery";
import { Recorder } from "./recorder";
import { Replica } from "./replica";
import { ReplicaSet } from "./replica-set";
import { REQUEST, RequestTable } from "./request-table";
import type { PoolRecord, RunRecord } from "./run-record";
import { TIMER, Timers } from "./timers";

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

const EVENTS_PER_SLICE = 1 << 13;

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
 * The same run in slices of some thousand events: yields how far it is after each, so that a caller can show
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

/**
 * With `drain`, requests that are left this long after the last arrival are left in flight: something that will not
 * come back holds them.
 */
const DRAIN_SECONDS_MAX = 86_400;

class Simulation {
  private readonly scenario: ResolvedScenario;
  private readonly seed: number;
  private readonly sources: readonly RequestSource[];
  private readonly sourcePeeks: WinnerTree;
  private readonly store = new AttemptStore();
  private readonly requests = new RequestTable();
  private readonly timers: Timers;
  private readonly recorder: Recorder;
  private readonly pools: readonly PoolRun[];
  private readonly replicas: ReplicaSet;
  private readonly replicaEvents: WinnerTree;
  private readonly network: Network;
  private readonly clients: Clients;
  private readonly gateways: Gateways;
  private readonly delivery: Delivery;
  private readonly queues: QueueDelivery | undefined;
  private readonly control: Control;
  /** Where requests may be poisonous. */
  private readonly poison: PoisonDraw | undefined;
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
    chain: undefined,
    isRefused: false,
    client: -1,
  };

  constructor(scenario: ResolvedScenario, seed: number, options: SimulateOptions) {
    const { fleet, workloads, horizon, faults } = scenario;
    const window = { from: horizon.warmUpSeconds, to: horizon.durationSeconds };
    this.scenario = scenario;
    this.seed = seed;
    this.sources = createSources(scenario, seed);
    this.sourcePeeks = new WinnerTree(workloads.length);
    for (let i = 0; i < workloads.length; i++) this.peek(i);
    const { store, requests } = this;
    this.recorder = new Recorder(
      scenario,
      { store, requests },
      {
        observer: options.observer,
        window,
        timelineBuckets: options.timelineBuckets ?? 0,
        batches: options.batches ?? 0,
      },
    );
    if (options.engineSettingsFor === undefined) checkEngines(fleet);
    const settingsFor = options.engineSettingsFor ?? engineSettings;
    this.pools = fleet.pools.map(
      (pool, index) => new PoolRun(index, settingsFor(pool), workloads.length, window),
    );
    const { recorder } = this;
    const stampOfReplicas = { stamp: new Int32Array(0) };
    const timers = new Timers({ requests, replicas: stampOfReplicas });
    this.timers = timers;
    const poolStart = poolStarts(fleet.pools);
    const priorityOf = Int32Array.from(workloads, (one) => PRIORITIES.indexOf(one.priority));
    this.delivery = new Delivery(scenario, {
      replicas: poolStart[fleet.pools.length]!,
      store,
      requests,
      timers,
      recorder,
      answerClient: (request, seconds) => this.answerClient(request, seconds),
    });
    const listener = this.delivery;
    this.clients = new Clients(scenario, seed, { store, requests, timers, recorder, listener });
    const { models } = this.clients;
    const replicas = this.newReplicas(poolStart, priorityOf, options.observer);
    this.replicas = new ReplicaSet(fleet, seed, {
      replicas,
      poolStart,
      store,
      timers,
      recorder,
      listener,
    });
    stampOfReplicas.stamp = this.replicas.stamp;
    this.replicaEvents = this.replicas.events;
    this.gateways = new Gateways(scenario, seed, {
      poolStart,
      models,
      store,
      requests,
      timers,
      recorder,
      listener,
      priorityOf,
      kvUtilizationOf: (replica) => replicas[replica]!.kvUtilizationAt(this.now),
    });
    const network = new Network(fleet, models, seed);
    this.network = network;
    const { clients, gateways } = this;
    this.queues = workloads.some(({ delivery }) => delivery === "queue")
      ? new QueueDelivery(scenario, network.regionsOfModel, {
          store,
          requests,
          timers,
          recorder,
          clients,
          gateways,
          replicas: this.replicas,
          onChange: (queue, seconds) => this.control.onQueueChange(queue, seconds),
        })
      : undefined;
    const { queues } = this;
    this.delivery.connect({ clients, gateways, replicas: this.replicas, network, queues });
    this.control = new Control(scenario, seed, {
      recorder,
      gateways,
      replicas: this.replicas,
      network,
      delivery: this.delivery,
      queues,
      requests,
      clients,
    });
    this.replicas.begin();
    this.poison = faults.poison.length === 0 ? undefined : new PoisonDraw(faults.poison, seed);
  }

  private newReplicas(
    poolStart: Int32Array,
    priorityOf: Int32Array,
    observer: RunObserver | undefined,
  ): Replica[] {
    const admissions = { next: 0 };
    const replicas: Replica[] = [];
    for (const [index, pool] of this.pools.entries()) {
      while (replicas.length < poolStart[index + 1]!) {
        const context = {
          listener: this.delivery.reports,
          observer,
          admissions,
          priorityOf,
          priorityLevels: PRIORITIES.length,
        };
        replicas.push(new Replica(replicas.length, pool, this.store, context));
      }
    }
    return replicas;
  }

  /** Handles at most `count` events; false when there are no more. */
  runEvents(count: number): boolean {
    const { horizon } = this.scenario;
    const { drain, durationSeconds } = horizon;
    const drainSeconds = Math.max(durationSeconds, DRAIN_SECONDS_MAX);
    const end = drain ? durationSeconds + drainSeconds : durationSeconds;
    const { timers, control, delivery } = this;
    for (let i = 0; i < count; i++) {
      const arrival = this.sourcePeeks.smallest;
      const transfer = delivery.transfers.nextSeconds;
      const timer = timers.nextSeconds;
      const clock = control.nextSeconds;
      const boundary = this.replicaEvents.smallest;
      const next = Math.min(arrival, transfer, timer, clock, boundary);
      if (next > end || next === Number.POSITIVE_INFINITY) return false;
      if (drain && arrival === Number.POSITIVE_INFINITY && this.requests.inFlight === 0) {
        this.runFleetOut();
        return false;
      }
      this.now = next;
      this.events++;
      if (arrival === next) this.handleArrival();
      else if (transfer === next) delivery.handleTransfer(next);
      else if (timer === next) this.handleTimer(next);
      else if (clock === next) control.act();
      else this.handleBoundary(this.replicaEvents.winner);
    }
    return true;
  }

  /** The last request is over: to the horizon the fleet still scales and breaks, but nothing of it is measured. */
  private runFleetOut(): void {
    const { timers, control } = this;
    this.recorder.endWindow(windowEndSeconds(this.scenario, this.now));
    for (;;) {
      const timer = timers.nextSeconds;
      const next = Math.min(timer, control.nextSeconds);
      if (next > this.scenario.horizon.durationSeconds) return;
      if (timer === next) this.handleTimer(next);
      else control.act();
    }
  }

  get progress(): RunProgress {
    const { completions, rejections, timeouts, failures } = this.recorder;
    const requestsDone = completions + rejections + timeouts + failures;
    return { simulatedSeconds: this.now, requestsDone };
  }

  private peek(source: number): void {
    this.sourcePeeks.set(source, this.sources[source]!.peekSeconds());
  }

  private handleArrival(): void {
    const workload = this.sourcePeeks.winner;
    const { draw, requests } = this;
    this.sources[workload]!.take(draw);
    this.peek(workload);
    const request = requests.acquire();
    requests.serial[request] = this.recorder.arrivals;
    requests.arrivalSeconds[request] = draw.arrivalSeconds;
    requests.inputTokens[request] = draw.inputTokens;
    requests.outputTokens[request] = draw.outputTokens;
    requests.workload[request] = workload;
    requests.tenant[request] = draw.tenantIndex;
    requests.origin[request] = draw.originIndex;
    requests.client[request] = draw.client;
    requests.prefix[request] = draw.prefix;
    requests.chain[request] = draw.chain;
    requests.resolverPhase[request] = this.network.drawResolverPhase();
    if (this.poison?.strikes(workload, draw.arrivalSeconds) === true) {
      requests.mark(request, REQUEST.poison);
    }
    this.recorder.arrived(request);
    this.clients.begin(request, draw.isRefused, this.now);
  }

  private handleTimer(seconds: number): void {
    const { timers } = this;
    timers.take(seconds);
    const { kind, subject } = timers;
    switch (kind) {
      case TIMER.hedge:
        this.gateways.hedge(subject, seconds);
        return;
      case TIMER.gatewayRetry:
        this.gateways.goOn(subject, seconds);
        return;
      case TIMER.connectFailed:
        this.delivery.onConnectFailed(subject, seconds);
        return;
      case TIMER.heartbeat:
        this.queues!.onHeartbeat(subject, seconds);
        return;
      case TIMER.replicaReady:
      case TIMER.replicaDelisted:
      case TIMER.drainOver:
        this.replicas.onTimer(kind, subject, seconds);
        return;
      default:
        this.clients.onTimer(kind, subject, seconds);
    }
  }

  private handleBoundary(index: number): void {
    const replica = this.replicas.replicas[index]!;
    const seconds = this.now;
    if (this.poison !== undefined && this.replicas.hasCrashed(index, seconds)) return;
    this.hasFeedback = false;
    replica.finishRun();
    if (this.delivery.reports.hasAny) this.delivery.afterBoundary(index, seconds);
    if (this.hasFeedback && this.sourcePeeks.smallest <= seconds) {
      // A client answers at once: its request belongs before the scheduler's decision.
      this.replicaEvents.set(index, seconds);
      return;
    }
    replica.schedule(seconds);
    this.replicaEvents.set(index, replica.nextEventSeconds);
    this.delivery.afterSchedule(index, seconds);
  }

  /** Lets a client that waits for the end of its request go on. */
  private answerClient(request: number, seconds: number): void {
    const client = this.requests.client[request]!;
    if (client < 0) return;
    const source = this.requests.workload[request]!;
    this.sources[source]!.finished(client, seconds);
    this.peek(source);
    this.hasFeedback = true;
  }

  /** Counts what is left in flight and hands over what was measured. */
  close(): RunRecord {
    const { horizon } = this.scenario;
    const seconds = horizon.drain ? this.now : horizon.durationSeconds;
    const { recorder, requests, delivery } = this;
    const windowEnd = windowEndSeconds(this.scenario, seconds);
    recorder.endWindow(windowEnd);
    const left = requests.liveRequests();
    // Of a drained run, those that go on with what nobody waits for any more.
    for (const replica of this.replicas.replicas) replica.close(seconds);
    for (const request of left) {
      const slot = requests.attempt[request]!;
      const isPlaced = slot >= 0 && this.store.pool[slot]! >= 0;
      const beside = isPlaced ? delivery.secondsBeside(slot) : Number.NaN;
      recorder.leftInFlight(request, seconds, beside);
    }
    recorder.close(seconds);
    return {
      seed: this.seed,
      windowStartSeconds: horizon.warmUpSeconds,
      windowEndSeconds: windowEnd,
      endSeconds: seconds,
      cells: recorder.cells,
      pools: this.pools.map((pool) => this.poolRecord(pool, windowEnd - horizon.warmUpSeconds)),
      work: recorder.work.records(),
      timeline: recorder.timeline,
      batches: recorder.batches.records,
      arrivals: recorder.arrivals,
      completions: recorder.completions,
      rejections: recorder.rejections,
      timeouts: recorder.timeouts,
      failures: recorder.failures,
      inFlightAtEnd: left.length,
      requestSeconds: recorder.requestSeconds,
      clipped: this.sources.map((source) => ({ ...source.clipped })),
      queues: this.queues?.records() ?? [],
      control: recorder.controlEvents,
      steps: this.pools.reduce((sum, pool) => sum + pool.steps, 0),
      events: this.events,
    };
  }

  private poolRecord(pool: PoolRun, seconds: number): PoolRecord {
    const counts = this.recorder.pools[pool.index]!;
    const readyReplicas = counts.readySeconds / seconds;
    return {
      readyReplicas,
      paidReplicas: counts.paidSeconds / seconds,
      paid: counts.paidParts(seconds),
      busySeconds: pool.busySeconds,
      steps: pool.steps,
      requestSteps: pool.requestSteps,
      prefillTokens: pool.prefillTokens,
      decodeTokens: pool.decodeTokens,
      preemptions: pool.preemptions,
      promptTokens: pool.promptTokens,
      cachedTokens: pool.cachedTokens,
      kvUtilization:
        readyReplicas > 0
          ? pool.blockSeconds / (seconds * readyReplicas * pool.settings.geometry.blocks)
          : 0,
      itlSeconds: pool.itlSeconds,
    };
  }
}
