/** The clients of one workload as the engine asks them: their steps, their patience and their retries. */
import { RandomStream } from "../foundation/random";
import { createSampler, type Sampler } from "../foundation/sampler";
import type { AttemptFailure } from "../scenario/resolved-client";
import type { ResolvedWorkload } from "../scenario/resolved-scenario";
import { ClientRetries } from "./client/client-retries";
import type { RequestTable } from "./request-table";
import { type ModelStep, type Step, stepsOf } from "./steps";

const NEVER = Number.POSITIVE_INFINITY;

export interface WorkloadClients {
  readonly workload: ResolvedWorkload;
  readonly steps: readonly Step[];
  readonly retries: ClientRetries | undefined;
  readonly retriesOn: readonly AttemptFailure[];
  readonly patience: RandomStream;
  /** Patience of a client: the same for all (a constant), or drawn. NaN and undefined where there is none. */
  readonly timeout: Sampler | undefined;
  readonly firstTokenTimeout: Sampler | undefined;
  readonly isConstant: boolean;
  /** They wait for ever: so do those of a queue, whose answers are never too late. */
  readonly isPatient: boolean;
}

export function clientsOf(
  workload: ResolvedWorkload,
  models: readonly string[],
  seed: number,
): WorkloadClients {
  const { timeoutSeconds, firstTokenTimeoutSeconds, retries } = workload.client;
  const isFixed = (one: typeof timeoutSeconds): boolean =>
    one === undefined || one.kind === "constant";
  const steps = stepsOf(workload, models);
  return {
    workload,
    steps,
    retries:
      retries === undefined
        ? undefined
        : new ClientRetries(retries, new RandomStream(seed, `${workload.name}/retries`)),
    retriesOn: retries?.on ?? [],
    patience: new RandomStream(seed, `${workload.name}/patience`),
    timeout: timeoutSeconds === undefined ? undefined : createSampler(timeoutSeconds),
    firstTokenTimeout:
      firstTokenTimeoutSeconds === undefined ? undefined : createSampler(firstTokenTimeoutSeconds),
    isConstant: isFixed(timeoutSeconds) && isFixed(firstTokenTimeoutSeconds),
    isPatient: workload.delivery === "queue" || isPatient(workload, steps),
  };
}

function isPatient({ client }: ResolvedWorkload, steps: readonly Step[]): boolean {
  return (
    client.timeoutSeconds === undefined &&
    client.firstTokenTimeoutSeconds === undefined &&
    client.giveUpSeconds === NEVER &&
    steps.every((step) => step.kind === "wait" || step.timeoutSeconds === NEVER)
  );
}

/** How long the client of a request waits for an answer, and for its first token. */
export function drawPatience(
  requests: RequestTable,
  request: number,
  { timeout, firstTokenTimeout, patience }: WorkloadClients,
): void {
  requests.timeoutSeconds[request] = timeout?.sample(patience) ?? NEVER;
  requests.firstTokenTimeoutSeconds[request] = firstTokenTimeout?.sample(patience) ?? NEVER;
}

/** When the client gives up on the request; Infinity when it does not. */
export function giveUpSeconds(
  { arrivalSeconds }: RequestTable,
  request: number,
  { workload }: WorkloadClients,
): number {
  return arrivalSeconds[request]! + workload.client.giveUpSeconds;
}

/** When the client gives up on the request, or on the step, a call of a model; Infinity when it does not. */
export function deadlineSeconds(
  requests: RequestTable,
  request: number,
  clients: WorkloadClients,
): number {
  const step = clients.steps[requests.step[request]!] as ModelStep;
  return Math.min(
    giveUpSeconds(requests, request, clients),
    requests.stepSeconds[request]! + step.timeoutSeconds,
  );
}
