/** Clients, fallbacks and deliveries: what is filled in, and what a fallback changes of the rest. */
import { describe, expect, it } from "@jest/globals";
import { PATIENT_CLIENT, type ResolvedClient } from "../../../planner/scenario/resolved-client";
import { scenarioNotes } from "../../../planner/scenario/scenario-notes";
import { resolveSmall } from "../../support/scenario-text";
import { resolveTroubled } from "./troubled-scenario";

const CHAT = "workloads.chat";
const NEVER = Number.POSITIVE_INFINITY;

function clientOf(...overrides: string[]): ResolvedClient {
  return resolveSmall(overrides).workloads[0]!.client;
}

describe("clients", () => {
  it("wait for ever and never ask again when nothing is said", () => {
    expect(clientOf()).toEqual(PATIENT_CLIENT);
    expect(clientOf(`${CHAT}.client={}`)).toEqual(PATIENT_CLIENT);
  });

  // openai-python, src/openai/_constants.py: DEFAULT_MAX_RETRIES 2, INITIAL_RETRY_DELAY 0.5, MAX_RETRY_DELAY 8.
  it("retry as OpenAI's client library does when only told to", () => {
    expect(clientOf(`${CHAT}.client={retries: {}}`)).toEqual({
      ...PATIENT_CLIENT,
      retries: {
        max: 2,
        on: ["failed", "rejected", "timed-out"],
        backoff: "exponential",
        baseSeconds: 0.5,
        maxSeconds: 8,
        jitter: "equal",
        honoursRetryAfter: true,
        budget: undefined,
      },
    });
  });

  // finagle.github.io, "Retry Budgets" (2016): 20 % of the requests, and 10 a second.
  it("have Finagle's budget when only told to have one", () => {
    const { retries } = clientOf(`${CHAT}.client={retries: {budget: {}}}`);
    expect(retries?.budget).toEqual({ share: 0.2, minPerSecond: 10 });
  });

  it("are what is written", () => {
    const { client } = resolveTroubled().workloads.find(({ name }) => name === "chat")!;
    // ln(120 / 60) / z(0.99), with z(0.99) = 2.3263478740408408.
    const sigma = Math.log(2) / 2.3263478740408408;
    expect(client).toEqual({
      timeoutSeconds: { kind: "lognormal", median: 60, sigma, max: NEVER },
      firstTokenTimeoutSeconds: { kind: "constant", value: 20 },
      giveUpSeconds: 300,
      retries: {
        max: NEVER,
        on: ["rejected", "timed-out"],
        backoff: "exponential",
        baseSeconds: 1,
        maxSeconds: 30,
        jitter: "full",
        honoursRetryAfter: false,
        budget: { share: 0.1, minPerSecond: 0.5 },
      },
    });
  });

  it("wait the base each time when the backoff is fixed, and at least the base in any case", () => {
    const waits = (retries: string) => {
      const { baseSeconds, maxSeconds } = clientOf(`${CHAT}.client={retries: ${retries}}`).retries!;
      return [baseSeconds, maxSeconds];
    };
    expect(waits("{backoff: fixed}")).toEqual([0.5, 0.5]);
    expect(waits("{backoff: fixed, base: 3 s}")).toEqual([3, 3]);
    expect(waits("{base: 20 s}")).toEqual([20, 20]);
    expect(waits("{base: 2 s}")).toEqual([2, 8]);
  });

  it("do not depend on the order of the failures in the file", () => {
    const digest = (on: string) => resolveSmall([`${CHAT}.client={retries: {on: ${on}}}`]).digest;
    expect(digest("[failed, timed-out]")).toBe(digest("[timed-out, failed, failed]"));
    expect(digest("[failed]")).not.toBe(digest("[timed-out]"));
  });

  it("are in the digest, and defaults that are written out are not", () => {
    const digest = (client: string) => resolveSmall([`${CHAT}.client=${client}`]).digest;
    expect(digest("{retries: {max: 2, base: 500 ms, retryAfter: true}}")).toBe(
      digest("{retries: {}}"),
    );
    const digests = [
      "{}",
      "{timeout: 60 s}",
      "{firstTokenTimeout: 60 s}",
      "{giveUp: 60 s}",
      "{retries: {}}",
      "{retries: {jitter: none}}",
      "{retries: {budget: {}}}",
    ].map(digest);
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe("retries without a budget", () => {
  const codes = (client: string) =>
    scenarioNotes(resolveSmall([`${CHAT}.client=${client}`])).map(
      ({ code, about, message }) => `${code} ${about} ${/sent ([a-z0-9 ]+);/.exec(message)?.[1]}`,
    );

  it.each([
    ["{retries: {}}", ["no-retry-budget chat up to 3 times"]],
    ["{giveUp: 1 min, retries: {max: unlimited}}", ["no-retry-budget chat without end"]],
    ["{retries: {budget: {}}}", []],
    ["{retries: {max: 0}}", []],
    ["{timeout: 1 s}", []],
  ])("are noted: %s", (client, notes) => {
    expect(codes(client)).toEqual(notes);
  });
});

describe("fallbacks", () => {
  const OTHER =
    "fleet.regions.us-east-1.pools.other={model: qwen3-8b, instanceType: p5.4xlarge, replicas: 1, engine: {maxContext: 4k}}";

  it("may follow on any failure, and their window counts", () => {
    const alone = resolveSmall([OTHER]).workloads[0]!;
    expect(alone).toMatchObject({ fallback: undefined, contextWindowTokens: 131072 });
    const both = resolveSmall([OTHER, `${CHAT}.fallback={model: Qwen/Qwen3-8B}`]).workloads[0]!;
    expect(both).toMatchObject({
      model: "llama-3.1-8b-instruct",
      fallback: { model: "qwen3-8b", on: ["failed", "rejected", "timed-out"] },
      contextWindowTokens: 4000,
    });
  });

  it("use their pools", () => {
    const notes = (...overrides: string[]) =>
      scenarioNotes(resolveSmall([OTHER, ...overrides])).map(({ code }) => code);
    expect(notes()).toEqual(["unused-pool"]);
    expect(notes(`${CHAT}.fallback={model: qwen3-8b}`)).toEqual([]);
  });

  it("need a pool that takes the priority under by-priority routing", () => {
    const resolve = () =>
      resolveSmall([
        OTHER,
        "fleet.regions.us-east-1.pools.other.priorities=[batch]",
        "fleet.routing={policy: by-priority}",
        `${CHAT}.fallback={model: qwen3-8b}`,
      ]);
    expect(resolve).toThrow(/no pool of qwen3-8b takes priority standard/);
  });
});

describe("deliveries", () => {
  it("are direct, or by queue", () => {
    const deliveries = resolveTroubled().workloads.map(({ name, delivery }) => [name, delivery]);
    expect(deliveries).toEqual([
      ["chat", "direct"],
      ["mail", "queue"],
      ["review", "direct"],
    ]);
  });

  it("by queue keep the deadline, and objectives of the whole answer", () => {
    const mail = resolveTroubled(["workloads.mail.slo={e2e: {p95: 1 h}}"]).workloads[1]!;
    expect(mail.client).toEqual({ ...PATIENT_CLIENT, giveUpSeconds: 3600 });
    expect(mail.slo).toHaveLength(1);
  });
});
