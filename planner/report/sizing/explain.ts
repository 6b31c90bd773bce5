/** Why each option lost: by model and kind of reason, options with the same reason together. */
import { LEFT_OUT_WHYS, type LeftOut, type LeftOutWhy } from "../../sizing/serving-option";
import { paragraph, type ReportBlock, type ReportSection, table } from "../report";

const HEADINGS: Readonly<Record<LeftOutWhy, string>> = {
  "cannot-run": "Cannot run",
  "no-price": "Not for sale, or at no known price",
  "dearer-twin": "The same accelerators for no less",
  "no-quota": "Quotas leave nothing of it",
  "breaks-objective": "Breaks an objective even with nearly nothing to do",
  beaten: "Takes each call for more",
};

/** A section for each model, in the order of the models' names. */
export function explainSections(leftOut: readonly LeftOut[]): ReportSection[] {
  const models = [...new Set(leftOut.map(({ model }) => model))].toSorted();
  return models.map((model) => ({
    heading: `Why options for ${model} were not taken`,
    blocks: LEFT_OUT_WHYS.flatMap((why) =>
      blocksOf(
        HEADINGS[why],
        leftOut.filter((one) => one.model === model && one.why === why),
      ),
    ),
  }));
}

function blocksOf(heading: string, options: readonly LeftOut[]): ReportBlock[] {
  if (options.length === 0) return [];
  const rows = [...groupBy(options, ({ reason }) => reason)].map(([reason, own]) => [
    optionsText(own),
    reason,
  ]);
  return [
    paragraph(`${heading} (${new Set(options.map(({ option }) => option)).size}):`),
    table(
      [
        { header: "options", align: "left", wraps: true },
        { header: "why", align: "left", wraps: true },
      ],
      rows,
    ),
  ];
}

/** `g6-12xlarge-tp2, g6-24xlarge-tp2 in us-east-1 and us-west-2`: places once for all that have the same ones. */
function optionsText(options: readonly LeftOut[]): string {
  const places = groupBy(options, ({ option }) => nameOf(option));
  const byPlaces = groupBy([...places], ([, own]) =>
    own.flatMap(({ option }) => placeOf(option) ?? []).join(" and "),
  );
  return [...byPlaces]
    .map(([where, own]) => {
      const names = own.map(([name]) => name).join(", ");
      return where === "" ? names : `${names} in ${where}`;
    })
    .join("; ");
}

function placeOf(option: string): string | undefined {
  return option.includes("/") ? option.slice(0, option.indexOf("/")) : undefined;
}

function nameOf(option: string): string {
  return option.slice(option.indexOf("/") + 1);
}

function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
