/** The page of a lesson and the index of all, as Markdown. */
import { shellCommand } from "../../bin/shell-words";
import { plural } from "../../planner/report/format-number";
import { wrapWords } from "../../planner/report/wrap-words";
import type { Lesson, Run, RunOf } from "./lesson";

/** Says so at the top of each file. */
const MADE =
  "<!-- Written by `npm run pages` from runs of the scenario: change the lesson in test/pages/lessons, not this. -->";

/** @throws Error when the runs do not show what the page says */
export function renderPage(lesson: Lesson, runOf: RunOf): string {
  const runs = lesson.variants.map(({ name }) => runOf(name));
  const untrue = lesson.claims.filter((claim) => !claim.holds(runOf));
  if (untrue.length > 0) {
    const list = untrue.map((claim) => `- ${claim.says(runOf)}`).join("\n");
    throw new Error(`the runs of ${lesson.scenario} do not show what its page says:\n${list}`);
  }
  const pictures = lesson.pictures.map(
    ({ title, name }) => `${capital(title)}:\n\n![${title}](${picturePath(lesson, name)})`,
  );
  return `${[
    MADE,
    `# ${lesson.title}`,
    ...lesson.story.map(wrap),
    ...pictures,
    renderTable(lesson, runs),
    wrap(lesson.legend),
    "## What to learn",
    lesson.claims.map((claim) => bullet(claim.says(runOf))).join("\n"),
    "## Run it",
    renderCommands(lesson),
    "With `--html FILE` each of them also writes a page with its own charts.",
    wrap(howMade(lesson, runs[0]!)),
  ].join("\n\n")}\n`;
}

export function renderIndex(lessons: readonly Lesson[]): string {
  const rows = lessons.map(
    ({ scenario, title, question }) =>
      `| [${title}](${scenario}.md) | \`${scenario}\` | ${question} |`,
  );
  return `${[
    MADE,
    "# Scenarios that teach",
    wrap(
      "Each page runs a built-in scenario beside variants of it that differ in what the page is about, and shows what " +
        "became of the traffic. All figures are of runs of the simulator, on hardware, models and prices of the catalog; " +
        "what is to be learnt is printed only while the runs show it.",
    ),
    ["| page | scenario | what it asks |", "| --- | --- | --- |", ...rows].join("\n"),
    "`npm run pages` writes this folder anew; `npm run pages -- --check` says what would change.",
  ].join("\n\n")}\n`;
}

/** Relative to the page. */
export function picturePath({ scenario }: Lesson, name: string): string {
  return `pictures/${scenario}-${name}.svg`;
}

function renderTable({ columns }: Lesson, runs: readonly Run[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    row(["", ...columns.map(({ header }) => header)]),
    row(["---", ...columns.map(() => "---:")]),
    ...runs.map((run) => row([run.variant.name, ...columns.map(({ of }) => of(run))])),
  ].join("\n");
}

function renderCommands({ scenario, timelineBuckets, variants }: Lesson): string {
  const commands = variants.map(({ name, set }) => {
    const sets = set.flatMap((one) => ["--set", one]);
    const words = [
      "npx",
      "capplan",
      "simulate",
      scenario,
      `--timeline=${timelineBuckets}`,
      ...sets,
    ];
    return `# ${name}\n${shellCommand(words)}`;
  });
  return `\`\`\`sh\n${commands.join("\n")}\n\`\`\``;
}

function howMade({ scenario }: Lesson, { summary }: Run): string {
  const minutes = (seconds: number): string => `${seconds / 60} min`;
  return (
    `Figures are means of ${plural(summary.replications, "replication")} of ${minutes(summary.horizonSeconds)} ` +
    `(seed ${summary.seed}), over the requests that arrive after the first ${minutes(summary.warmUpSeconds)}. ` +
    `The scenario is [${scenario}.yaml](../../planner/scenarios/${scenario}.yaml).`
  );
}

const COLUMNS = 115;

function wrap(text: string): string {
  return wrapWords(inWords(text), COLUMNS).join("\n");
}

function bullet(text: string): string {
  return `- ${wrapWords(inWords(text), COLUMNS - 2).join("\n  ")}`;
}

/** `> 99.9 %` reads as a quotation where a line begins with it. */
function inWords(text: string): string {
  return text.replaceAll("> ", "more than ").replaceAll("< ", "less than ");
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
