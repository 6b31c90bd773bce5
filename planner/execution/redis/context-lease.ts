/**
 * A context in Redis, for workers to fetch, and the sign that somebody waits for results of its jobs: as long as the
 * producer lives it renews it, and soon after a crash it is gone.
 */
import type { Redis } from "ioredis";
import type { JobKeys } from "../job-keys";
import { contextKey } from "./job-protocol";
import { problem } from "./redis-connection";
import type { RedisTiming } from "./redis-timing";

/** What Redis takes as one value. */
const BYTES_MAX = 512 * 1024 * 1024;
const RENEWALS_PER_LEASE = 5;

export class ContextLease {
  private readonly key: string;
  private renewing: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: Redis,
    private readonly url: string,
    private readonly keys: JobKeys,
    private readonly timing: RedisTiming,
  ) {
    this.key = contextKey(keys.version, keys.context.digest);
  }

  /** Puts the context there if it is not, and keeps it there. */
  async take(): Promise<void> {
    await this.renew();
    this.renewing ??= setInterval(() => {
      // A connection that is lost for good is told by what waits for results.
      this.renew().catch(() => {});
    }, this.timing.leaseMs / RENEWALS_PER_LEASE).unref();
  }

  /** Workers drop the jobs of this context from now on. */
  async release(): Promise<void> {
    clearInterval(this.renewing);
    this.renewing = undefined;
    await this.client.del(this.key);
  }

  private async renew(): Promise<void> {
    if ((await this.client.pexpire(this.key, this.timing.leaseMs)) === 1) return;
    const { bytes } = this.keys.context;
    if (bytes.byteLength > BYTES_MAX) {
      throw problem(
        this.url,
        `the scenario with its traces is ${Math.round(bytes.byteLength / 1024 / 1024)} MiB, and Redis takes 512`,
        "shorten the trace, or run it on this machine without --executor",
      );
    }
    await this.client.set(this.key, Buffer.from(bytes), "PX", this.timing.leaseMs);
  }
}
