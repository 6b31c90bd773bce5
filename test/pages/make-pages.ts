/**
 * `npm run pages [-- NAME…]`: runs the scenarios that teach and writes their pages and pictures to docs/scenarios.
 * With `--check` it writes nothing, names the files that would change, and ends with 1 if there are any.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { lessons } from "./lessons";
import { indexFile, lessonFiles } from "./page-files";
import { ROOT } from "./run-lesson";

const CHECK = "--check";

function main(): void {
  const words = process.argv.slice(2);
  const names = words.filter((word) => word !== CHECK);
  const chosen = lessons.filter(({ scenario }) => names.length === 0 || names.includes(scenario));
  const files = [indexFile(lessons), ...chosen.flatMap((lesson) => [...lessonFiles(lesson)])];
  const changed = files.filter(([file, text]) => {
    const target = path.join(ROOT, file);
    return !existsSync(target) || readFileSync(target, "utf8") !== text;
  });
  if (words.includes(CHECK)) {
    for (const [file] of changed) process.stdout.write(`would change: ${file}\n`);
    if (changed.length > 0) process.exitCode = 1;
    return;
  }
  for (const [file, text] of changed) {
    const target = path.join(ROOT, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
    process.stdout.write(`wrote ${file}\n`);
  }
}

main();
