/** What the detector's tests share: policies, bouts of errors, and Envoy's own algorithm to compare with. */
import type {
  ResolvedActiveHealthCheck,
  ResolvedHealthCheck,
  ResolvedPassiveHealthCheck,
} from "../../../../planner/fleet/resolved-policies";
import type { OutlierDetector } from "../../../../planner/simulation/gateway/outlier-detector";

export const NEVER = Number.POSITIVE_INFINITY;

/** Envoy Gateway's defaults, but half of the replicas may go. */
function passive(changes: Partial<ResolvedPassiveHealthCheck> = {}): ResolvedPassiveHealthCheck {
  return {
    consecutive5XxErrors: 5,
    intervalSeconds: 3,
    baseEjectionSeconds: 30,
    maxEjectionSeconds: 300,
    maxEjectionShare: 0.5,
    alwaysEjectOneEndpoint: false,
    halfOpenRequests: NEVER,
    ...changes,
  };
}

export const ACTIVE: ResolvedActiveHealthCheck = {
  intervalSeconds: 5,
  timeoutSeconds: 1,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
};

export function healthCheck(
  changes: Partial<ResolvedPassiveHealthCheck> = {},
  others: Partial<ResolvedHealthCheck> = {},
): ResolvedHealthCheck {
  return { passive: passive(changes), active: undefined, panicThreshold: 0.5, ...others };
}

/** Enough errors to eject; whether they did. */
export function failInARow(
  detector: OutlierDetector,
  place: number,
  seconds: number,
  { errors = 5, members = 10 } = {},
): boolean {
  let wasEjected = false;
  for (let i = 0; i < errors; i++) {
    wasEjected = detector.onAnswer(place, true, seconds, members) || wasEjected;
  }
  return wasEjected;
}

/** Sweeps when the detector asks for it, up to a time; what came back, and when. */
export function sweepUntil(detector: OutlierDetector, seconds: number): [number, number][] {
  const back: [number, number][] = [];
  while (detector.nextSweepSeconds <= seconds) {
    const now = detector.nextSweepSeconds;
    for (const place of detector.sweep(now)) back.push([now, place]);
  }
  return back;
}

/** Envoy's algorithm as its source has it: one timer, and a multiplier that every tick may lower. */
export class TimerDetector {
  readonly log: string[] = [];
  private readonly hosts: { errors: number; since: number; back: number; backoff: number }[];
  private ticks = 0;

  constructor(
    private readonly policy: ResolvedPassiveHealthCheck,
    places: number,
  ) {
    this.hosts = Array.from({ length: places }, () => ({
      errors: 0,
      since: NEVER,
      back: NEVER,
      backoff: 0,
    }));
  }

  get ejected(): number {
    return this.hosts.filter((host) => host.since !== NEVER).length;
  }

  tickUntil(seconds: number): void {
    const { intervalSeconds, baseEjectionSeconds, maxEjectionSeconds } = this.policy;
    while ((this.ticks + 1) * intervalSeconds <= seconds) {
      const now = ++this.ticks * intervalSeconds;
      for (const [place, host] of this.hosts.entries()) {
        const length = Math.min(baseEjectionSeconds * host.backoff, maxEjectionSeconds);
        if (now - host.since < length || host.since === NEVER) continue;
        Object.assign(host, { errors: 0, since: NEVER, back: now });
        this.log.push(`${now} back ${place}`);
      }
      for (const host of this.hosts) {
        const isHealthy = host.since === NEVER && now - host.back >= intervalSeconds;
        if (isHealthy && host.backoff > 0) host.backoff--;
      }
    }
  }

  answer(place: number, isError: boolean, seconds: number): void {
    const { baseEjectionSeconds, maxEjectionSeconds } = this.policy;
    const host = this.hosts[place]!;
    host.errors = isError ? host.errors + 1 : 0;
    if (host.errors !== this.policy.consecutive5XxErrors || host.since !== NEVER) return;
    host.errors = 0;
    const share = (this.ejected + 1) / this.hosts.length;
    const isFirst = this.ejected === 0 && this.policy.alwaysEjectOneEndpoint;
    if (share > this.policy.maxEjectionShare && !isFirst) return;
    if (host.backoff * baseEjectionSeconds < maxEjectionSeconds + baseEjectionSeconds)
      host.backoff++;
    host.since = seconds;
    this.log.push(`${seconds} out ${place}`);
  }
}
