/** Worker and producer processes that tests start, listen to and kill (test-worker.ts, counted-producer.ts). */
import { type ChildProcess, spawn } from "node:child_process";
import type { RedisTiming } from "../../planner/execution/redis/redis-timing";
import type { WorkerEvent } from "../../planner/execution/redis/redis-worker";
import { COUNTED_JOBS_FILE } from "./counted-jobs";

/** In a hurry, so that a lost worker is noticed within a test. */
export const FAST: RedisTiming = {
  lockMs: 1000,
  stalledMs: 300,
  leaseMs: 5000,
  lookMs: 50,
  sweepMs: 500,
};

export const VERSION = "1.2.3-test";

type Event = WorkerEvent | { readonly kind: "ready" | "closed" };

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly events: readonly Event[];
  /** Resolves with the first such event, of those before too. */
  saw(kind: Event["kind"], job?: string): Promise<void>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** Ends it, whatever it is doing. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

const started = new Set<WorkerProcess>();

interface WorkerProcessOptions {
  /** 0 runs jobs in the worker's own thread. @default 1 */
  readonly threads?: number;
  /** @default VERSION */
  readonly version?: string;
  /** @default FAST */
  readonly timing?: RedisTiming;
  /** Kinds of jobs that it knows. @default those that count their runs */
  readonly kindsFile?: string;
}

/** A worker that takes jobs. */
export async function startWorkerProcess(
  url: string,
  options: WorkerProcessOptions = {},
): Promise<WorkerProcess> {
  const worker = workerProcess(url, options);
  await worker.saw("ready");
  return worker;
}

/** The same before it has begun: its first job may end it. */
export function workerProcess(
  url: string,
  {
    threads = 1,
    version = VERSION,
    timing = FAST,
    kindsFile = COUNTED_JOBS_FILE,
  }: WorkerProcessOptions,
): WorkerProcess {
  const argv = [url, version, String(threads), JSON.stringify(timing), kindsFile];
  return startProcess(require.resolve("./test-worker"), argv);
}

/** A process that has asked for results of 30 jobs, and waits. */
export async function startProducerProcess(url: string, folder: string): Promise<WorkerProcess> {
  const argv = [url, VERSION, folder, JSON.stringify(FAST)];
  const producer = startProcess(require.resolve("./counted-producer"), argv);
  await producer.saw("ready");
  return producer;
}

function startProcess(file: string, argv: readonly string[]): WorkerProcess {
  const env = { ...process.env, NODE_OPTIONS: "" };
  const child = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), file, ...argv], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const events: Event[] = [];
  const listeners = new Set<() => void>();
  let rest = "";
  child.stdout!.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop()!;
    for (const line of lines) events.push(JSON.parse(line) as Event);
    for (const listener of [...listeners]) listener();
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const worker: WorkerProcess = {
    child,
    events,
    ended,
    async saw(kind, job) {
      const isIt = (event: Event): boolean =>
        event.kind === kind && (job === undefined || ("job" in event && event.job === job));
      while (!events.some(isIt)) {
        await new Promise<void>((resolve, reject) => {
          const listener = (): void => {
            listeners.delete(listener);
            resolve();
          };
          listeners.add(listener);
          void ended.then(() => reject(new Error(`the worker ended before it ${kind}`)));
        });
      }
    },
    async kill(signal = "SIGKILL") {
      child.kill(signal);
      await ended;
      started.delete(worker);
    },
  };
  started.add(worker);
  return worker;
}

/** Those that a test has left. */
export async function killWorkers(): Promise<void> {
  await Promise.all([...started].map((worker) => worker.kill()));
}
