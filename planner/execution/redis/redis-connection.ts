/**
 * Connections to Redis, and words for what is wrong with one. The password of a URL is in no message.
 */
import { Redis } from "ioredis";
import { PlannerError } from "../../foundation/errors";

const CONNECT_TIMEOUT_MS = 5000;
const RETRY_STEP_MS = 100;
const RETRY_MS_MAX = 2000;
/** Longest without a connection before a run is given up; workers wait for ever. */
const RETRY_SECONDS = 60;

export interface RedisConnectionOptions {
  /** `redis://user:password@host:port/db`, or `rediss://` for TLS. */
  readonly url: string;
  /** What a lost connection means: the run ends after a while, a worker tries for ever. */
  readonly whenLost: "give-up" | "keep-trying";
}

/** @throws PlannerError when nothing answers there, or it lets nobody in */
export async function connectRedis({ url, whenLost }: RedisConnectionOptions): Promise<Redis> {
  let isConnected = false;
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A command waits for the connection to come back.
    maxRetriesPerRequest: null,
    retryStrategy(times) {
      if (!isConnected) return null;
      return whenLost === "give-up" && waitedMs(times) > RETRY_SECONDS * 1000
        ? null
        : retryDelayMs(times);
    },
  });
  let told: Error | undefined;
  client.on("error", (error: Error) => {
    told = error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    told ??= error as Error;
  }
  isConnected = true;
  if (told === undefined) return client;
  // Where it has ended by itself there is nothing to wait for.
  if (client.status !== "end") client.disconnect();
  throw refused(url, told);
}

/** Before the n-th try in a row. */
function retryDelayMs(tries: number): number {
  return Math.min(tries * RETRY_STEP_MS, RETRY_MS_MAX);
}

/** Before so many tries together. Not counted as they happen: connections that are copies of one share its options. */
function waitedMs(tries: number): number {
  let sum = 0;
  for (let n = 1; n <= tries; n++) sum += retryDelayMs(n);
  return sum;
}

/** `url` without its password, as it may be shown. */
export function shownUrl(url: string): string {
  const shown = new URL(url);
  if (shown.password !== "") shown.password = "***";
  return shown.href;
}

/** What a command that failed says of Redis, or the error itself when it is another. */
export function redisProblem(url: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === "ReplyError") return problem(url, `answered: ${error.message}`, undefined);
  if (error.message !== "Connection is closed.") return error;
  return problem(
    url,
    `the connection was lost and did not come back within ${RETRY_SECONDS} s`,
    "start Redis again and repeat the command; with --journal nothing that was finished is run again",
  );
}

export function problem(url: string, message: string, hint: string | undefined): PlannerError {
  const what = { code: "executor-failed", path: shownUrl(url), message } as const;
  return new PlannerError([hint === undefined ? what : { ...what, hint }]);
}

function refused(url: string, error: Error): PlannerError {
  if (/^(NOAUTH|WRONGPASS|NOPERM|ERR invalid password|ERR AUTH)/.test(error.message)) {
    return problem(
      url,
      `Redis refuses the user or the password (${error.message.split(" ")[0]})`,
      "put them into the URL: redis://USER:PASSWORD@HOST:PORT",
    );
  }
  if (error.name === "ReplyError")
    return problem(url, `Redis answered: ${error.message}`, undefined);
  return problem(
    url,
    `Redis cannot be reached: ${error.message}`,
    "start redis-server there, or correct the address (rediss:// where it takes TLS only)",
  );
}
