/** Why each option lost: by model and kind of reason, options with the same reason together. */
import { LEFT_OUT_WHYS, type LeftOut, type LeftOutWhy } from "../../sizing/serving-option";
import { paragraph, type ReportBlock, type ReportSection } from "../report";

const HEADINGS: Readonly<Record<LeftOutWhy, string>> = {
  "cannot-run": "Cannot run",
  alike: "The simulator cannot tell it from another one",
  "no-price": "Not for sale, or at no known price",
  "dearer-twin": "The same accelerators for no less",
  "no-quota": "Quotas leave nothing of it",
  "breaks-objective": "Breaks an objective even with nearly nothing to do",
  beaten: "Takes each call for more",
};

/** A section for each model, in the order of the models' names. */
export function explainSections(leftOut: readonly LeftOut[]): ReportSection[] {
  const models = [...new Set(leftOut.map(({ model }) => model))].toSorted();
  return models.map((model) => {
    const own = leftOut.filter((one) => one.model === model);
    const shared = sharedBeginning(own.map(({ option }) => nameOf(option)));
    return {
      heading: `Why options for ${model} were not taken`,
      blocks: LEFT_OUT_WHYS.flatMap((why) =>
        blocksOf(
          HEADINGS[why],
          own.filter((one) => one.why === why),
          shared,
        ),
      ),
    };
  });
}

function blocksOf(heading: string, options: readonly LeftOut[], shared: string): ReportBlock[] {
  if (options.length === 0) return [];
  // Options of one model have a name in common, which says nothing here.
  const short = (text: string): string => (shared === "" ? text : text.replaceAll(shared, ""));
  const items = [...groupBy(options, ({ reason }) => reason)].map(
    ([reason, own]) => `${short(optionsText(own))}: ${short(reason)}`,
  );
  return [paragraph(`${heading}:`), { kind: "list", items }];
}

/** What all names begin with, up to a hyphen. */
function sharedBeginning(names: readonly string[]): string {
  const first = names[0];
  if (first === undefined || new Set(names).size < 2) return "";
  const words = first.split("-");
  for (let count = words.length - 1; count > 0; count--) {
    const beginning = `${words.slice(0, count).join("-")}-`;
    if (names.every((name) => name.startsWith(beginning))) return beginning;
  }
  return "";
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
