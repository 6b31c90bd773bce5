/**
 * What parts of one workload, each right by itself, do not go together: a chain and what it has of its own, a queue and
 * what only a waiting reader has, a summary and the window that it must fit.
 */
import type { Problem } from "../foundation/errors";
import { formatTokens } from "../foundation/format-units";
import type { WorkloadSpec } from "./workload-spec";

/** @param contextWindowTokens undefined when it is not known, because the workload has other problems */
export function checkWorkload(
  spec: WorkloadSpec,
  path: string,
  contextWindowTokens: number | undefined,
  problems: Problem[],
): void {
  const conflict = (at: string, message: string, hint: string): void => {
    problems.push({ code: "conflict", path: `${path}.${at}`, message, hint });
  };
  if (spec.chain !== undefined) checkChain(spec, conflict);
  if (spec.delivery === "queue") checkQueue(spec, conflict);
  if (contextWindowTokens !== undefined) checkSummary(spec, contextWindowTokens, conflict);
}

type Conflict = (at: string, message: string, hint: string) => void;

function checkChain(spec: WorkloadSpec, conflict: Conflict): void {
  for (const key of ["model", "tokens", "prefix", "fallback"] as const) {
    if (spec[key] === undefined) continue;
    conflict(key, `a chain has the ${key} of each of its steps`, `move ${key} into a step`);
  }
  if (spec.sessions !== undefined) {
    conflict("sessions", "a chain cannot be a turn of a session", "leave out chain or sessions");
  }
  if (spec.delivery === "queue") {
    const message = "a chain cannot be delivered by queue: a message is one call of a model";
    conflict("delivery", message, "use delivery: direct, or a workload for each step");
  }
}

function checkQueue({ client, slo, fallback, chain }: WorkloadSpec, conflict: Conflict): void {
  for (const key of ["timeout", "firstTokenTimeout"] as const) {
    if (client?.[key] === undefined) continue;
    const message = "nobody waits at the other end of a queue";
    conflict(`client.${key}`, message, "client.giveUp is the deadline of a message");
  }
  if (slo?.ttft !== undefined) {
    const message = "nobody reads the first token of what is delivered by queue";
    conflict("slo.ttft", message, "use slo.e2e");
  }
  if (fallback !== undefined && chain === undefined) {
    const message = "a message that fails is delivered again, to the same model";
    conflict("fallback", message, "leave it out, or use delivery: direct");
  }
}

/** A summary, behind the shared prompt, must leave room for a token of input and one of output. */
function checkSummary(
  { sessions, prefix }: WorkloadSpec,
  contextWindowTokens: number,
  conflict: Conflict,
): void {
  const overflow = sessions?.overflow;
  if (typeof overflow !== "object") return;
  const shared = prefix?.shared ?? 0;
  if (shared + overflow.summarise + 2 <= contextWindowTokens) return;
  const behind = shared === 0 ? "" : ` behind ${formatTokens(shared)} shared ones`;
  conflict(
    "sessions.overflow.summarise",
    `${formatTokens(overflow.summarise)} tokens${behind} fill the window of ${formatTokens(contextWindowTokens)}`,
    "make the summary shorter",
  );
}
