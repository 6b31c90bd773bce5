/**
 * What acts on the fleet by the clock, beside requests: faults, DNS health checks, checks of replicas, sweeps of
 * ejections, autoscalers and the queues' own times. Each has one next time; the earliest is handled first, at equal
 * times in this order.
 */
import { replicasOf } from "../fleet/failure-domains";
import type { FaultTarget } from "../fleet/fault-target";
import { WinnerTree } from "../foundation/winner-tree";
import type { FaultEffect, ResolvedPoison } from "../scenario/resolved-faults";
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { Scaling } from "./autoscaling/scaling";
import type { Clients } from "./clients";
import type { Delivery } from "./delivery";
import { RegionHealthCheck } from "./dns/region-health-check";
import { REASON } from "./end-reasons";
import { FaultSchedule } from "./faults/fault-schedule";
import type { EffectTransition, SpotTransition } from "./faults/fault-transition";
import type { Gateways } from "./gateways";
import type { Network } from "./network";
import type { QueueDelivery } from "./queue-delivery";
import type { Recorder } from "./recorder";
import type { ReplicaSet } from "./replica-set";
import type { RequestTable } from "./request-table";

/**
 * Until clients are no longer sent to a gateway process that is gone: two failed checks, ten seconds apart, of the
 * load balancer before it, the shortest that AWS and Google Cloud recommend for it.
 */
const GATEWAY_DELIST_SECONDS = 20;

export interface ControlParts {
  readonly requests: RequestTable;
  readonly clients: Clients;
  readonly recorder: Recorder;
  readonly gateways: Gateways;
  readonly replicas: ReplicaSet;
  readonly network: Network;
  readonly delivery: Delivery;
  readonly queues: QueueDelivery | undefined;
}

/** One thing with a next time. */
interface Agent {
  nextSeconds(): number;
  act(seconds: number): void;
}

export class Control {
  private readonly scenario: ResolvedScenario;
  private readonly parts: ControlParts;
  private readonly agents: Agent[] = [];
  private readonly times: WinnerTree;
  private readonly checks: {
    readonly region: number;
    readonly model: number;
    readonly check: RegionHealthCheck;
  }[] = [];
  private readonly sweepAgents = new Map<number, number>();
  private readonly queueAgents: number[] = [];
  /** When gateway processes that are down are no longer listed. */
  private readonly delistings: { readonly process: number; readonly seconds: number }[] = [];
  private delistAgent = 0;

  constructor(scenario: ResolvedScenario, seed: number, parts: ControlParts) {
    this.scenario = scenario;
    this.parts = parts;
    this.addFaults(seed);
    for (const poison of scenario.faults.poison) this.addPoison(poison);
    this.addHealthChecks();
    this.addProbes();
    this.addSweeps();
    const { horizon } = scenario;
    for (const [pool, spec] of scenario.fleet.pools.entries()) {
      if (spec.autoscaling === undefined) continue;
      const scaling = new Scaling(scenario, pool, spec.autoscaling, horizon.startSeconds, parts);
      this.agents.push({
        nextSeconds: () => scaling.nextSeconds,
        act: (seconds) => scaling.poll(seconds),
      });
    }
    for (const [index, queue] of (parts.queues?.queues ?? []).entries()) {
      this.queueAgents.push(this.agents.length);
      this.agents.push({
        nextSeconds: () => queue.messages.nextSeconds,
        act: (seconds) => parts.queues!.advance(index, seconds),
      });
    }
    this.times = new WinnerTree(this.agents.length);
    for (let agent = 0; agent < this.agents.length; agent++) this.ask(agent);
  }

  get nextSeconds(): number {
    return this.times.smallest;
  }

  /** Handles what is due at `nextSeconds`. */
  act(): void {
    const agent = this.times.winner;
    this.agents[agent]!.act(this.times.smallest);
    this.ask(agent);
  }

  /** A queue's next time has changed. */
  onQueueChange(queue: number, nextSeconds: number): void {
    const agent = this.queueAgents[queue];
    if (agent !== undefined) this.times.set(agent, nextSeconds);
  }

  private ask(agent: number): void {
    this.times.set(agent, this.agents[agent]!.nextSeconds());
  }

  // Faults

  private addFaults(seed: number): void {
    const { horizon, faults, fleet } = this.scenario;
    const hasSpot = fleet.pools.some((pool) => pool.purchase.spot !== undefined);
    if (faults.faults.length + faults.spotWaves.length === 0 && !hasSpot) return;
    const end = horizon.drain ? Number.POSITIVE_INFINITY : horizon.durationSeconds;
    const schedule = new FaultSchedule(this.scenario, seed, end);
    this.agents.push({
      nextSeconds: () => schedule.peekSeconds,
      act: () => {
        const transition = schedule.take();
        if (transition.kind === "effect") this.strike(transition);
        else this.reclaim(transition);
      },
    });
    this.delistAgent = this.agents.length;
    this.agents.push({
      nextSeconds: () => this.delistings[0]?.seconds ?? Number.POSITIVE_INFINITY,
      act: () => {
        const process = this.parts.gateways.processes[this.delistings.shift()!.process]!;
        if (process.faults > 0) process.isListed = false;
      },
    });
  }

  /** Says when a poison begins and ends; which requests it strikes is drawn as they arrive. */
  private addPoison({ name, startSeconds, endSeconds }: ResolvedPoison): void {
    const { recorder } = this.parts;
    let next = startSeconds;
    this.agents.push({
      nextSeconds: () => next,
      act: (seconds) => {
        const kind = seconds < endSeconds ? "fault-start" : "fault-end";
        recorder.control({ seconds, kind, fault: name, replicas: 0 });
        next = seconds < endSeconds ? endSeconds : Number.POSITIVE_INFINITY;
      },
    });
  }

  private strike({ seconds, name, isStart, effect, targets }: EffectTransition): void {
    const { fleet } = this.scenario;
    const { recorder, delivery, queues } = this.parts;
    let struck = 0;
    for (const target of targets) {
      this.strikeBesideReplicas(target, effect, isStart, seconds);
      for (const { pool, replica } of replicasOf(fleet, target)) {
        struck++;
        const index = this.parts.replicas.poolStart[pool]! + replica;
        this.strikeReplica(index, target, effect, isStart, seconds);
      }
    }
    const kind = isStart ? "fault-start" : "fault-end";
    recorder.control({ seconds, kind, fault: name, replicas: struck });
    if (isStart || effect.kind !== "partition") return;
    delivery.releaseHeld(seconds);
    queues?.onMended(seconds);
  }

  private strikeReplica(
    replica: number,
    target: FaultTarget,
    effect: FaultEffect,
    isStart: boolean,
    seconds: number,
  ): void {
    const { fleet } = this.scenario;
    const { replicas } = this.parts;
    switch (effect.kind) {
      case "lose":
        if (isStart) replicas.hold(replica, seconds, takesNodes(target));
        else replicas.release(replica, seconds);
        return;
      case "partition":
        // A region or a cloud is cut off from its clients; inside, gateways still reach replicas. A gateway for all
        // regions is in none of them.
        if (isWholeRegion(target) && fleet.routing.regions === "nearest") return;
        if (isStart) replicas.cut(replica);
        else replicas.mend(replica);
        return;
      case "slow":
        replicas.slowDown(replica, isStart ? effect.factor : 1 / effect.factor, seconds);
        return;
      case "delay":
        if (isWholeRegion(target)) return;
        replicas.addDelay(replica, isStart ? effect.addedSeconds : -effect.addedSeconds);
        return;
      case "cold-cache":
        if (isStart) replicas.clearPrefixCache(replica, seconds);
    }
  }

  /** Regions as their clients see them, gateways, health checkers and queues. */
  private strikeBesideReplicas(
    target: FaultTarget,
    effect: FaultEffect,
    isStart: boolean,
    seconds: number,
  ): void {
    const { network, queues } = this.parts;
    const change = isStart ? 1 : -1;
    for (const region of this.regionsOf(target)) {
      if (effect.kind === "partition") network.cuts[region]! += change;
      if (effect.kind === "delay") network.delays[region]! += change * effect.addedSeconds;
      if (effect.kind === "lose") queues?.setAvailable(region, !isStart, seconds);
    }
    if (effect.kind !== "lose" && effect.kind !== "partition") return;
    if (target.kind === "queue") queues?.setAvailable(target.region, !isStart, seconds);
    if (target.kind === "health-checker") {
      for (const { region, check } of this.checks) {
        if (region === target.region) check.isStuck = isStart;
      }
    }
    if (effect.kind === "lose" || target.kind === "gateway") {
      this.strikeGateways(target, isStart, seconds);
    }
  }

  private regionsOf(target: FaultTarget): number[] {
    const { regions } = this.scenario.fleet;
    switch (target.kind) {
      case "fleet":
        return regions.map((_, region) => region);
      case "cloud":
        return regions.flatMap(({ spec }, region) => (spec.cloud === target.cloud ? [region] : []));
      case "region":
        return [target.region];
      default:
        return [];
    }
  }

  /** Processes of a region are spread over its zones in turn; one for all regions is in none of them. */
  private strikeGateways(target: FaultTarget, isStart: boolean, seconds: number): void {
    const { fleet } = this.scenario;
    const { processes } = this.parts.gateways;
    const regions = this.regionsOf(target);
    const isGlobal = fleet.routing.regions === "any";
    for (const [index, process] of processes.entries()) {
      const { site, number } = process;
      if (number < 0) continue;
      const zone = isGlobal ? 0 : number % fleet.regions[site]!.zones;
      const isStruck =
        (target.kind === "gateway" && target.region === site && target.process === number) ||
        (!isGlobal && regions.includes(site)) ||
        (!isGlobal && target.kind === "zone" && target.region === site && target.zone === zone);
      if (!isStruck) continue;
      process.faults += isStart ? 1 : -1;
      if (process.faults === 0) process.isListed = true;
      if (!isStart || process.faults !== 1) continue;
      this.loseConnections(index, seconds);
      this.delistings.push({ process: index, seconds: seconds + GATEWAY_DELIST_SECONDS });
    }
    if (this.delistings.length > 0) this.ask(this.delistAgent);
  }

  /** A gateway process is gone, and with it every connection that went through it. */
  private loseConnections(process: number, seconds: number): void {
    const { requests, clients } = this.parts;
    for (const request of requests.liveRequests()) {
      // Some may have ended, or moved on, with one before them.
      if (requests.gateway[request] !== process) continue;
      clients.fail(request, REASON["no-gateway"], 0, seconds);
    }
  }

  private reclaim({ kind, seconds, name, pool, replicas: numbers }: SpotTransition): void {
    const { replicas, recorder } = this.parts;
    const { timeoutSeconds } = this.scenario.fleet.policies.draining;
    const from = replicas.poolStart[pool]!;
    for (const number of numbers) {
      if (kind === "spot-notice") replicas.condemn(from + number, seconds, timeoutSeconds);
      else if (kind === "spot-reclaim") replicas.crash(from + number, seconds, true);
      else replicas.release(from + number, seconds);
    }
    if (kind === "spot-notice") {
      recorder.control({ seconds, kind, pool, replicas: numbers.length });
      return;
    }
    const end = kind === "spot-reclaim" ? "fault-start" : "fault-end";
    recorder.control({ seconds, kind: end, fault: name, replicas: numbers.length });
  }

  // What notices

  private addHealthChecks(): void {
    const { fleet } = this.scenario;
    const { failover } = fleet.policies;
    const { network, recorder, clients } = this.parts;
    const { dns } = network;
    if (failover === undefined || dns === undefined) return;
    for (const [model, regions] of network.regionsOfModel.entries()) {
      for (const region of regions) {
        const check = new RegionHealthCheck(failover.healthCheck, 0);
        this.checks.push({ region, model, check });
        this.agents.push({
          nextSeconds: () => check.nextCheckSeconds,
          act: (seconds) => {
            if (!check.check(this.passes(region, model))) return;
            dns.setHealthy(model, region, check.isHealthy, seconds);
            const kind = check.isHealthy ? "region-healthy" : "region-unhealthy";
            recorder.control({ seconds, kind, region, model: clients.models[model]! });
          },
        });
      }
    }
  }

  /** A request to the region would be answered: it is reached, a gateway is up, and enough replicas are ready. */
  private passes(region: number, model: number): boolean {
    const { fleet } = this.scenario;
    const { network, gateways, replicas, clients } = this.parts;
    if (network.isCut(region)) return false;
    const own = gateways.processesOf[gateways.siteOf(region)]!;
    if (own.every((index) => gateways.processes[index]!.faults > 0)) return false;
    let ready = 0;
    let wanted = 0;
    for (const [index, pool] of fleet.pools.entries()) {
      if (
        pool.regionIndex !== region ||
        pool.model.name !== clients.models[model] ||
        pool.role === "decode"
      ) {
        continue;
      }
      ready += replicas.readyReplicas(index);
      wanted += replicas.wantedReplicas(index);
    }
    return ready > 0 && ready >= fleet.policies.failover!.healthCheck.minHealthyShare * wanted;
  }

  private addProbes(): void {
    const { fleet } = this.scenario;
    const { replicas, gateways, recorder } = this.parts;
    for (const [pool, { healthCheck }] of fleet.pools.entries()) {
      const policy = healthCheck.active;
      if (policy === undefined) continue;
      let round = 1;
      this.agents.push({
        nextSeconds: () => round * policy.intervalSeconds,
        act: (seconds) => {
          round++;
          for (let i = replicas.poolStart[pool]!; i < replicas.poolStart[pool + 1]!; i++) {
            const hasPassed = replicas.isServing(i) && !replicas.isCut(i);
            for (const [index, process] of gateways.processes.entries()) {
              if (process.detectors[pool] === undefined || process.faults > 0) continue;
              if (!replicas.isEndpoint(i) || !process.probed(i, hasPassed, seconds)) continue;
              const kind = hasPassed ? "returned" : "ejected";
              recorder.control({ seconds, kind, replica: i, pool });
              this.askSweep(index, pool);
            }
          }
        },
      });
    }
  }

  private addSweeps(): void {
    const { gateways, recorder } = this.parts;
    for (const [index, process] of gateways.processes.entries()) {
      for (const [pool, detector] of process.detectors.entries()) {
        if (detector === undefined) continue;
        this.sweepAgents.set(sweepKey(index, pool), this.agents.length);
        this.agents.push({
          nextSeconds: () => detector.nextSweepSeconds,
          act: (seconds) => {
            for (const replica of process.sweep(pool, seconds)) {
              recorder.control({ seconds, kind: "returned", replica, pool });
            }
          },
        });
      }
    }
    gateways.onEjection = (process, pool) => this.askSweep(process, pool);
  }

  private askSweep(process: number, pool: number): void {
    const agent = this.sweepAgents.get(sweepKey(process, pool));
    if (agent !== undefined) this.ask(agent);
  }
}

function sweepKey(process: number, pool: number): number {
  return process * 65_536 + pool;
}

function isWholeRegion(target: FaultTarget): boolean {
  return target.kind === "region" || target.kind === "cloud" || target.kind === "fleet";
}

/** Whether the machines go with it, so that nothing answers and replacements need new nodes. */
function takesNodes(target: FaultTarget): boolean {
  return target.kind !== "replica" && target.kind !== "pool";
}
