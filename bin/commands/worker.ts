/**
 * `capplan worker --redis URL`: runs simulations that other machines ask for through Redis, until it is stopped. It prints
 * a line for each job on stderr, and nothing on stdout.
 */
import os from "node:os";
import type { Command } from "commander";
import type { WorkerEvent } from "../../planner/execution/redis/redis-worker";
import { formatDuration } from "../../planner/report/format-number";
import { EXIT } from "../exit-codes";
import type { InterruptSignal, Io } from "../io";
import { integerOption, JOBS_MAX, redisUrlOption } from "../options";
import { packageVersion } from "../package-root";

interface WorkerOptions {
  readonly redis: string;
  readonly jobs?: number;
  readonly quiet?: true;
}

/** For running jobs to be finished after the first signal; then they are given back. */
const GRACE_MS = 5000;
/** Of a job's name: enough to tell them apart. */
const NAME_CHARACTERS = 20;

export function configureWorker(command: Command, io: Io): void {
  command
    .requiredOption(
      "--redis <url>",
      "redis://USER:PASSWORD@HOST:PORT/DB, or rediss:// for TLS",
      redisUrlOption,
    )
    .option(
      "--jobs <n>",
      "simulations run at once (default: one per core)",
      integerOption(1, JOBS_MAX),
    )
    .option("--quiet", "no line for each job on stderr")
    .addHelpText("after", HELP)
    .action((options: WorkerOptions) => work(options, io));
}

const HELP = `
Start as many as you like, on any machines; they need the same version of
capplan as who asks. Ctrl-C or SIGTERM ends a worker: what it runs is finished,
or given back to the others after ${GRACE_MS / 1000} s. A worker that is killed loses nothing:
its jobs go to others.

Examples:
  capplan worker --redis redis://10.0.0.5:6379
  capplan stress fleet.yaml --executor redis://10.0.0.5:6379`;

async function work({ redis: url, jobs, quiet }: WorkerOptions, io: Io): Promise<void> {
  const { startRedisWorker } = await import("../../planner/execution/redis/redis-worker");
  const { shownUrl } = await import("../../planner/execution/redis/redis-connection");
  const { localPool } = await import("../../planner/execution/local-pool");
  const write = (line: string): void => {
    if (quiet !== true) io.stderr.write(`${line}\n`);
  };
  const version = packageVersion();
  const pool = localPool({
    jobs: jobs ?? os.availableParallelism(),
    isThisThreadBusy: true,
  });
  const describe = eventDescriber(io, shownUrl(url));
  const worker = await startRedisWorker({
    url,
    version,
    pool,
    onEvent: (event) => {
      const line = describe(event);
      if (line !== undefined) write(line);
    },
  });
  write(
    `capplan ${version} takes jobs from ${shownUrl(url)}, ${pool.parallelism} at once; Ctrl-C stops it`,
  );
  await untilInterrupted(io, async () => {
    write("stopping");
    if (await worker.close(GRACE_MS)) return;
    write(`${shownUrl(url)} does not answer: jobs that ran go to another worker when it is back`);
    // Its connections would try again for ever.
    io.exitNow(EXIT.success);
  });
}

/** Runs `close` at the first signal; the second one ends the process at once. */
async function untilInterrupted(io: Io, close: () => Promise<void>): Promise<void> {
  let stop = (): void => {};
  await new Promise<void>((resolve, reject) => {
    let isClosing = false;
    stop = io.onInterrupt((signal: InterruptSignal) => {
      if (isClosing) {
        io.exitNow(signal === "SIGTERM" ? EXIT.terminated : EXIT.interrupted);
        return;
      }
      isClosing = true;
      close().then(resolve, reject);
    });
  });
  stop();
}

/** What is written of an event; undefined when nothing is. */
function eventDescriber(io: Io, url: string): (event: WorkerEvent) => string | undefined {
  const begunMs = new Map<string, number>();
  return (event) => {
    if (event.kind === "connection lost") return `lost the connection to ${url}; trying again`;
    if (event.kind === "connection back") return `connected to ${url} again`;
    const { job, kind } = event;
    if (kind === "began") {
      begunMs.set(job, io.now());
      return undefined;
    }
    const begun = begunMs.get(job);
    begunMs.delete(job);
    const after = begun === undefined ? "" : ` after ${formatDuration((io.now() - begun) / 1000)}`;
    const why = "message" in event ? `: ${event.message.split("\n")[0]}` : "";
    return `${job.slice(0, NAME_CHARACTERS)} ${PHRASES[kind]}${after}${why}`;
  };
}

const PHRASES: Readonly<
  Record<Exclude<WorkerEvent["kind"], `connection ${string}` | "began">, string>
> = {
  finished: "finished",
  threw: "ended with an error",
  failed: "was lost with its thread",
  "given back": "given back",
  dropped: "dropped, nobody waits for it",
};
