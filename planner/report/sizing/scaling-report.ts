/** Static, scheduled and autoscaled replicas in words and as tables: what each costs, breaks and could not survive. */
import { formatWeekTime, WEEK_SECONDS } from "../../foundation/week-time";
import type {
  Damage,
  ScaledPool,
  ScalingStudy,
  ScalingVariant,
  SimulatedStretch,
  VariantChoice,
} from "../../sizing/studies/scaling-study";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatShare,
  formatUsd,
} from "../format-number";
import {
  type Cell,
  paragraph,
  type ReportBlock,
  type ReportLine,
  type ReportSection,
  table,
  UNKNOWN,
} from "../report";
import { formatChange, VERDICT_TONE } from "./study-cells";

/** Which variant to run, and what speaks against the others. */
export function scalingAnswer(study: ScalingStudy): ReportLine[] {
  const { variants, choice } = study;
  const chosen = variants.find(({ name }) => name === choice.chosen)!;
  const [unscaled] = variants;
  if (variants.length === 1) {
    const text =
      "Scaling: no hour of the load can do with fewer replicas, so that all of them run all the time.";
    return [{ text, tone: "plain" }];
  }
  const saved = savedOf(chosen, unscaled!);
  const keeps = [
    chosen.verdict === "PASS" ? "keeps every objective" : `objectives: ${chosen.verdict}`,
    ...(chosen.survival === null ? [] : [survives(chosen)]),
  ];
  const cost =
    saved === undefined || chosen === unscaled
      ? `${formatUsd(chosen.usdPerHour)}/hour`
      : `${formatUsd(chosen.usdPerHour)}/hour, ${formatShare(saved)} less than all replicas all the time`;
  return [
    {
      text: `Scaling: ${chosen.name}, ${cost}; ${keeps.join(", ")}.`,
      tone: VERDICT_TONE[chosen.verdict],
    },
    ...choice.against.map(({ name, reasons }): ReportLine => {
      const variant = variants.find((one) => one.name === name)!;
      const words = reasons.map((reason) => wordsAgainst(variant, reason));
      return { text: `  Not ${name}: ${words.join("; ")}.`, tone: "quiet" };
    }),
  ];
}

function wordsAgainst(
  variant: ScalingVariant,
  reason: VariantChoice["against"][number]["reasons"][number],
): string {
  switch (reason) {
    case "cost":
      return `costs ${formatUsd(variant.usdPerHour)}/hour`;
    case "objectives":
      return brokenText(variant);
    case "survival":
      return survives(variant);
  }
}

function savedOf(one: ScalingVariant, other: ScalingVariant): number | undefined {
  if (one.usdPerHour === null || other.usdPerHour === null) return undefined;
  return 1 - one.usdPerHour / other.usdPerHour;
}

function survives({ survival }: ScalingVariant): string {
  if (survival === null) return "nothing is asked to be survived";
  const { isKept, keptShare, worst } = survival;
  if (isKept || worst === null) return "withstands its losses at every hour";
  return `could not withstand its losses ${formatShare(1 - keptShare)} of the time (${worst.loss}: ${formatShare(worst.leftShare)} of what ${worst.model} would need)`;
}

function brokenText({ objectives, verdict }: ScalingVariant): string {
  const broken = objectives
    .filter((one) => one.verdict !== "PASS")
    .map((one) => `${one.workload} ${one.objective} ${one.verdict}`);
  return broken.length === 0 ? `objectives: ${verdict}` : broken.join(", ");
}

export function scalingSections(study: ScalingStudy): ReportSection[] {
  const { variants, simulated } = study;
  return [
    {
      heading: "Static, scheduled, autoscaled",
      blocks: [
        table(
          [
            { header: "replicas", align: "left" },
            { header: "$/hour", align: "right" },
            { header: "change", align: "right" },
            { header: "objectives", align: "left" },
            { header: "outside", align: "right" },
            { header: "losses withstood", align: "right" },
          ],
          variants.map((variant) => variantRow(variant, variants[0]!)),
        ),
        ...damageBlocks(variants, simulated),
        paragraph(stretchText(study)),
      ],
    },
    ...(variants.length === 1 ? [] : [hoursSection(study)]),
    ...variants.flatMap((variant) => policySection(variant)),
  ];
}

function variantRow(variant: ScalingVariant, unscaled: ScalingVariant): Cell[] {
  const { name, usdPerHour, verdict, damage, survival } = variant;
  const saved = savedOf(variant, unscaled);
  const outside = damage.flatMap(({ outsideShare }) =>
    outsideShare === null ? [] : [outsideShare],
  );
  return [
    name,
    formatUsd(usdPerHour),
    variant === unscaled || saved === undefined ? UNKNOWN : formatChange(-saved),
    { text: verdict, tone: VERDICT_TONE[verdict] },
    outside.length === 0 ? UNKNOWN : formatShare(Math.max(...outside)),
    survival === null
      ? "none asked"
      : { text: formatShare(survival.keptShare), tone: survival.isKept ? "good" : "bad" },
  ];
}

const STRETCHES_SHOWN = 3;

function damageBlocks(
  variants: readonly ScalingVariant[],
  stretch: SimulatedStretch,
): ReportBlock[] {
  const items = variants.flatMap(({ name, damage }) =>
    damage.flatMap((one) => damageText(name, one, stretch)),
  );
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

function damageText(
  name: string,
  { workload, stretches, addedShare }: Damage,
  stretch: SimulatedStretch,
): string[] {
  if (stretches.length === 0) return [];
  const shown = stretches
    .slice(0, STRETCHES_SHOWN)
    .map(
      ({ fromSeconds, toSeconds, outsideShare }) =>
        `${formatShare(outsideShare)} from ${clock(stretch, fromSeconds)} to ${clock(stretch, toSeconds)}`,
    );
  const more = stretches.length - shown.length;
  const rest = more > 0 ? `, and ${more} shorter or milder stretches` : "";
  const added =
    addedShare === null ? "" : `, ${formatShare(Math.max(0, addedShare))} of all more than static`;
  return [`${name}: ${workload} outside of its objectives ${shown.join(", ")}${rest}${added}`];
}

/** Of the week where the load follows it; else since the start. */
function clock({ startSeconds, followsClock }: SimulatedStretch, seconds: number): string {
  if (followsClock) return formatWeekTime((startSeconds + seconds) % WEEK_SECONDS);
  return `${formatDuration(Math.round(seconds))} in`;
}

function stretchText({ simulated, hourlyUsdPerHour }: ScalingStudy): string {
  const { fromSeconds, toSeconds, isWhole, replications, followsClock } = simulated;
  const from = clock(simulated, fromSeconds);
  const to = clock(simulated, toSeconds);
  const what = isWhole
    ? `Simulated: the whole scenario, from ${from} to ${to}`
    : `Simulated: the day around the highest load, from ${from} to ${to}; other days may cost less`;
  const start = followsClock
    ? ""
    : " The load counts from the start of the scenario, so that the schedule holds for this start only.";
  return `${what}, ${replications} times with the same requests for each variant. Costs are what is billed. Outside: requests of the worst workload that miss an objective. With just the replicas that each hour needs, ready when it begins, it would be ${formatUsd(hourlyUsdPerHour)}/hour.${start}`;
}

function hoursSection({ hours, simulated }: ScalingStudy): ReportSection {
  const rows: Cell[][] = [];
  for (const [place, hour] of hours.entries()) {
    const before = hours[place - 1];
    if (before?.replicas === hour.replicas) continue;
    const next = hours.findIndex((one, later) => later > place && one.replicas !== hour.replicas);
    const own = hours.slice(place, next < 0 ? undefined : next);
    const seconds = own.reduce((sum, one) => sum + one.toSeconds - one.fromSeconds, 0);
    const calls = own.reduce(
      (sum, one) => sum + one.callsPerSecond * (one.toSeconds - one.fromSeconds),
      0,
    );
    rows.push([
      clock(simulated, hour.fromSeconds),
      clock(simulated, own.at(-1)!.toSeconds),
      formatNumber(calls / seconds),
      formatCount(hour.replicas),
    ]);
  }
  return {
    heading: "Replicas that the hours need",
    blocks: [
      table(
        [
          { header: "from", align: "left" },
          { header: "to", align: "left" },
          { header: "calls/s", align: "right" },
          { header: "replicas", align: "right" },
        ],
        rows,
      ),
      paragraph("In the worst case that must be survived, whole units of every pool."),
    ],
  };
}

function policySection({ name, pools }: ScalingVariant): ReportSection[] {
  const scaled = pools.filter(({ autoscaling }) => autoscaling !== null);
  if (scaled.length === 0) return [];
  return [
    {
      heading: `Pools, ${name}`,
      blocks: [
        table(
          [
            { header: "pool", align: "left", wraps: true },
            { header: "min", align: "right" },
            { header: "max", align: "right" },
            { header: "what it follows", align: "left", wraps: true },
          ],
          scaled.map((pool) => [
            `${pool.region}/${pool.name}`,
            formatCount(pool.min),
            formatCount(pool.max),
            policyText(pool),
          ]),
        ),
      ],
    },
  ];
}

function policyText({ autoscaling }: ScaledPool): string {
  if (autoscaling === null) return UNKNOWN;
  const { metric, target, schedule = [] } = autoscaling;
  const windows = schedule.map(({ start, end, replicas }) => {
    const text = ({ seconds, isDaily }: typeof start): string =>
      isDaily ? formatWeekTime(seconds).slice(DAY_LETTERS) : formatWeekTime(seconds);
    return `${replicas} from ${text(start)} to ${text(end)}`;
  });
  if (windows.length > 0) return windows.join(", ");
  const unit = target.unit === "rate" ? "/s" : "";
  const value = target.unit === "share" ? formatShare(target.value) : formatNumber(target.value);
  return `${metric} ${value}${unit} for each replica`;
}

/** `mon `, which a time of every day does without. */
const DAY_LETTERS = 4;
