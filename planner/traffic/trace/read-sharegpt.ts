/**
 * Reads a ShareGPT dataset into a builder, streaming: one JSON array of conversations, of which `vllm bench` takes
 * the first two turns, whoever speaks them, as prompt and answer. Conversations without them are left out and
 * counted, as `vllm bench` leaves them out. Text becomes tokens by an estimate.
 */
import { PlannerError } from "../../foundation/errors";
import type { Chunks } from "./byte-stream";
import { eachElement } from "./each-element";
import { estimateTokens } from "./estimate-tokens";
import { isRecord } from "./read-json-lines";
import { describeBadText, describeValue } from "./token-count";
import type { TraceBuilder } from "./trace-builder";

/** Bytes of one conversation. The longest of the published dataset has about 1 MB. */
const ELEMENT_BYTES_MAX = 16 * 2 ** 20;

const KEY = "conversations";
const TEXT = "value";

/** @throws PlannerError when the array is none of conversations, or breaks off. */
export async function readShareGpt(
  chunks: Chunks,
  source: string,
  builder: TraceBuilder,
): Promise<void> {
  let conversations = 0;
  await eachElement(chunks, source, ELEMENT_BYTES_MAX, (text, line, number) => {
    conversations = number;
    const value = parse(text);
    if (number === 1 && value !== undefined && !(isRecord(value) && KEY in value)) {
      throw noConversations(source, value);
    }
    const problem = isRecord(value)
      ? addConversation(value[KEY], line, builder)
      : `not a JSON object: ${describeValue(text.trim())}`;
    // All conversations may stand on one line, so that the line alone would not find one.
    if (problem !== undefined) builder.malformed(line, `conversation ${number}: ${problem}`);
  });
  if (conversations === 0) {
    throw new PlannerError([{ code: "empty", path: source, message: "the array is empty" }]);
  }
}

/** Adds the request of a conversation or counts that it has none; says what is wrong with it instead. */
function addConversation(turns: unknown, line: number, builder: TraceBuilder): string | undefined {
  if (!Array.isArray(turns)) return `${KEY}: must be a list of turns, got ${describeValue(turns)}`;
  if (turns.length < 2) {
    builder.unanswered();
    return undefined;
  }
  const [prompt, answer] = turns.slice(0, 2).map(textOfTurn);
  if (typeof prompt !== "string") return describeBadText(`${KEY}[0].value`, prompt);
  if (typeof answer !== "string") return describeBadText(`${KEY}[1].value`, answer);
  if (prompt === "" || answer === "") builder.unanswered();
  else builder.add(line, 0, estimateTokens(prompt), estimateTokens(answer), undefined);
  return undefined;
}

function textOfTurn(turn: unknown): unknown {
  return isRecord(turn) ? turn[TEXT] : undefined;
}

/** The value, or undefined when the text is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function noConversations(source: string, first: unknown): PlannerError {
  const message = `is one JSON array, as ShareGPT datasets are, but its first element has no ${KEY}: ${describeValue(first)}`;
  const hint = "JSON traces have one object per line; `jq -c '.[]'` writes them so";
  return new PlannerError([{ code: "unreadable-file", path: source, message, hint }]);
}
