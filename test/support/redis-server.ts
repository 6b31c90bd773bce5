/**
 * A real redis-server for tests, on a free port of loopback, without files, gone with the tests. Where there is none the
 * tests that need one skip, and say so.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import net from "node:net";
import { afterAll, beforeAll, describe, it } from "@jest/globals";

const COMMAND = "redis-server";

const isThere = spawnSync(COMMAND, ["--version"]).status === 0;

export interface RedisServer {
  readonly port: number;
  /** Without user and password. */
  readonly url: string;
  stop(): Promise<void>;
}

/** `tests` get the address once they run. */
export function describeWithRedis(name: string, tests: (url: () => string) => void): void {
  if (!isThere) {
    describe(name, () => {
      it.skip(`(skipped: no ${COMMAND} here; apt-get install redis-server)`, () => {});
    });
    return;
  }
  describe(name, () => {
    let server: RedisServer | undefined;
    beforeAll(async () => {
      server = await startRedisServer();
    });
    afterAll(async () => {
      await server?.stop();
    });
    tests(() => server!.url);
  });
}

/** @param options of the command line, such as `--requirepass secret` */
export async function startRedisServer(
  options: readonly string[] = [],
  port?: number,
): Promise<RedisServer> {
  const ownPort = port ?? (await freePort());
  const child = spawn(
    COMMAND,
    [
      "--port",
      String(ownPort),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      ...options,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await isReady(child);
  return {
    port: ownPort,
    url: `redis://127.0.0.1:${ownPort}`,
    async stop() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) {
        await new Promise((resolve) => child.once("exit", resolve));
      }
    },
  };
}

async function isReady(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("Ready to accept connections")) resolve();
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${COMMAND} ended:\n${text}`)));
  });
}

/** A port that nobody listens on, as far as one can know. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
