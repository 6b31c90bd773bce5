/** "Did you mean": the nearest known name to a misspelt one, by edit distance. */
import { distance } from "fastest-levenshtein";

/** An edit in every third character is still taken for a misspelling. */
const editsPerCharacter = 1 / 3;

/**
 * Known names near to `name`, nearest first, at most `limit`. Case does not count.
 *
 * @example suggestions("p5.48xlrge", ["p5.48xlarge", "g5.48xlarge"]) // ["p5.48xlarge", "g5.48xlarge"]
 */
export function suggestions(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = name.toLowerCase();
  const editsMax = Math.max(1, Math.floor(wanted.length * editsPerCharacter));
  const scored: { readonly candidate: string; readonly edits: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const known = candidate.toLowerCase();
    const edits = distance(wanted, known);
    if (edits <= editsMax) scored.push({ candidate, edits });
    else if (isPart(wanted, known)) scored.push({ candidate, edits: editsMax + 1 });
  }
  scored.sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1));
  return scored.slice(0, limit).map(({ candidate }) => candidate);
}

/**
 * The hint of a `PlannerError`, or nothing when no known name is near.
 *
 * @example didYouMean("p5.48xlrge", ["p5.48xlarge"]) // did you mean "p5.48xlarge"?
 */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const [nearest] = suggestions(name, candidates, 1);
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`;
}

/** `llama-3.1` is part of `llama-3.1-8b-instruct`; one or two letters are part of too much. */
function isPart(wanted: string, known: string): boolean {
  return wanted.length >= 3 && known.includes(wanted);
}
