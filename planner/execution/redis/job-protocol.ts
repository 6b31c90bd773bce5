/**
 * What producers and workers say to each other through Redis, and the names they say it under. Each version of capplan has
 * a queue of its own: a worker never takes a job whose result another version would give.
 */
import type { Redis } from "ioredis";
import type { CarriedError } from "../carried-error";

/** Of every key in Redis. */
export const KEY_PREFIX = "capplan";

export function queueName(version: string): string {
  return `jobs-${version}`;
}

/**
 * Where a context lies while somebody waits for results of its jobs. It goes away by itself when they do not say so any
 * more, and workers then drop its jobs.
 */
export function contextKey(version: string, digest: string): string {
  return `${KEY_PREFIX}:${queueName(version)}:context:${digest}`;
}

/** Data of a job in the queue. */
export interface QueuedJob {
  readonly kind: string;
  /** Digest of the context. */
  readonly context: string;
  /** Text of the job (plain-data.ts). */
  readonly job: string;
}

/** How far a running job is. */
export type QueuedProgress = readonly [fractionDone: number, workDone: number];

export type WorkerAnswer =
  | { readonly kind: "result"; readonly text: string; readonly workDone: number }
  | { readonly kind: "error"; readonly carried: CarriedError }
  /** Nobody waited for it. */
  | { readonly kind: "dropped" };

export interface ConnectedWorker {
  readonly version: string;
  /** Jobs that it runs at once. */
  readonly parallelism: number;
}

/** Name of a worker's connection, from which `connectedWorkers` reads. */
export function workerName(parallelism: number): string {
  return `runs-${parallelism}`;
}

/** Of every version; undefined where Redis does not tell its clients (some hosted ones do not). */
export async function connectedWorkers(
  client: Redis,
): Promise<readonly ConnectedWorker[] | undefined> {
  let clients: string;
  try {
    clients = String(await client.client("LIST"));
  } catch (error) {
    if (error instanceof Error && error.name === "ReplyError") return undefined;
    throw error;
  }
  // BullMQ names the connection prefix:queue:w:name, the queue in Base64.
  const names = clients.matchAll(
    new RegExp(` name=${KEY_PREFIX}:([A-Za-z0-9+/=]+):w:runs-(\\d+) `, "g"),
  );
  return [...names].map(([, queue, parallelism]) => ({
    version: Buffer.from(queue!, "base64")
      .toString()
      .replace(/^jobs-/, ""),
    parallelism: Number(parallelism),
  }));
}
