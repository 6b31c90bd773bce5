/** Everything that the server would refuse about a manifest: its structure first, and its rules once that is right. */
import { evaluateRules } from "./check-rules";
import { structureProblems } from "./check-structure";
import type { Manifest } from "./manifest";

/** One line for each, with the kind and the name. */
export function manifestProblems(manifest: Manifest): readonly string[] {
  const structure = structureProblems(manifest);
  const problems = structure.length > 0 ? structure : evaluateRules(manifest).problems;
  const { name } = (manifest["metadata"] ?? {}) as { readonly name?: string };
  return problems.map((problem) => `${manifest.kind} ${name}: ${problem}`);
}
