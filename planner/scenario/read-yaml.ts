/**
 * YAML 1.2 text (JSON is a part of it) to plain values, with faults as data: line, column, what is wrong. One document,
 * no key twice, no tags of other programs, and nothing that grows beyond bounds. Of YAML 1.1 it knows `<<: *anchor`,
 * with which pools share what they have in common.
 */
import { LineCounter, parseDocument } from "yaml";

/** Most copies that aliases may make: a few anchors are useful, a billion laughs are not. */
const ALIASES_MAX = 100;

export interface YamlFault {
  /** From 1; undefined when the fault is of the text as a whole. */
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly message: string;
  readonly hint?: string;
}

export type ReadYaml = { readonly value: unknown } | { readonly faults: readonly YamlFault[] };

/** Reads one document. Does not throw on any text. */
export function readYaml(text: string): ReadYaml {
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter,
      merge: true,
      prettyErrors: false,
      logLevel: "error",
    });
    const faults = [...document.errors, ...document.warnings];
    // The parser reports its own recursion limit once per open bracket.
    if (faults.some(({ message }) => /maximum call stack/i.test(message))) return whole(TOO_DEEP);
    if (faults.length === 0) return { value: document.toJS({ maxAliasCount: ALIASES_MAX }) };
    return {
      faults: faults.map((fault) => {
        const { line, col } = lineCounter.linePos(fault.pos[0]);
        return { line, column: col, ...describeFault(fault.code, fault.message) };
      }),
    };
  } catch (error) {
    if (error instanceof RangeError) return whole(TOO_DEEP);
    if (error instanceof ReferenceError) return whole(describeAlias(error));
    if (error instanceof Error && error.message.startsWith("Merge sources")) return whole(NO_MAP);
    throw error;
  }
}

const TOO_DEEP = "is nested too deeply";
const NO_MAP = "<< takes an alias of a map, such as <<: *common, or a list of them";

function whole(message: string): ReadYaml {
  return { faults: [{ line: undefined, column: undefined, message }] };
}

function describeAlias(error: ReferenceError): string {
  return error.message.startsWith("Unresolved alias")
    ? `an alias has no anchor: ${error.message.split(": ").at(-1)}`
    : `aliases expand to more than ${ALIASES_MAX} copies`;
}

function describeFault(code: string, message: string): Pick<YamlFault, "message" | "hint"> {
  switch (code) {
    case "MULTIPLE_DOCS":
      return {
        message: "a scenario file holds one document",
        hint: "remove the --- line and what follows",
      };
    case "DUPLICATE_KEY":
      return { message: "this key is given twice in the same map", hint: "keep one of them" };
    case "TAB_AS_INDENT":
      return { message: "tabs cannot indent YAML", hint: "use spaces" };
    default: {
      const [first = ""] = message.split("\n");
      return { message: `${first.charAt(0).toLowerCase()}${first.slice(1).replace(/[.:]$/, "")}` };
    }
  }
}
