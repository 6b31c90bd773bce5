/**
 * What changed the cost of a fleet: prices, quantity or mix. Each line's change splits into Δprice × mean quantity and
 * Δquantity × mean price (Bennet, 1920), which add up to it whatever the order of the plans; the second sum splits into
 * the change of the total at the mean price of an accelerator, and the rest, which is mix.
 */
import type { CostLine, PlanCost } from "./cost-spec";
import type { CostChange, CostLineChange } from "./plan-diff";

interface Side {
  readonly accelerators: number;
  readonly usdPerHour: number | null;
}

interface Pair {
  readonly pool: string;
  readonly purchase: string;
  readonly before: Side | undefined;
  readonly after: Side | undefined;
}

export function diffCost(before: PlanCost, after: PlanCost): CostChange {
  const pairs = pairsOf(before.lines, after.lines);
  const effects =
    before.usdPerHour === null || after.usdPerHour === null
      ? UNKNOWN_EFFECTS
      : effectsOf(pairs, after.usdPerHour - before.usdPerHour);
  return {
    beforeUsdPerHour: before.usdPerHour,
    afterUsdPerHour: after.usdPerHour,
    ...effects,
    beforeUsdPerMonth: before.totalUsdPerMonth,
    afterUsdPerMonth: after.totalUsdPerMonth,
    isLowerBound: before.isLowerBound || after.isLowerBound,
    lines: pairs.map(lineChange).filter(isChange),
  };
}

type Effects = Pick<
  CostChange,
  | "changeUsdPerHour"
  | "priceUsdPerHour"
  | "quantityUsdPerHour"
  | "mixUsdPerHour"
  | "coverageUsdPerHour"
>;

const UNKNOWN_EFFECTS: Effects = {
  changeUsdPerHour: null,
  priceUsdPerHour: null,
  quantityUsdPerHour: null,
  mixUsdPerHour: null,
  coverageUsdPerHour: null,
};

function effectsOf(pairs: readonly Pair[], change: number): Effects {
  let price = 0;
  let coverage = 0;
  const totals = { quantityBefore: 0, quantityAfter: 0, usdBefore: 0, usdAfter: 0 };
  for (const { before, after } of pairs) {
    const [usdBefore, usdAfter] = [before?.usdPerHour, after?.usdPerHour];
    const isPriced = usdBefore !== null && usdAfter !== null;
    if (!isPriced) {
      coverage += (usdAfter ?? 0) - (usdBefore ?? 0);
      continue;
    }
    const [quantityBefore, quantityAfter] = [before?.accelerators ?? 0, after?.accelerators ?? 0];
    totals.quantityBefore += quantityBefore;
    totals.quantityAfter += quantityAfter;
    totals.usdBefore += usdBefore ?? 0;
    totals.usdAfter += usdAfter ?? 0;
    if (usdBefore === undefined || usdAfter === undefined) continue;
    const priceChange = usdAfter / quantityAfter - usdBefore / quantityBefore;
    price += (priceChange * (quantityBefore + quantityAfter)) / 2;
  }
  const quantity =
    (totals.quantityAfter - totals.quantityBefore) *
    meanOf([
      [totals.usdBefore, totals.quantityBefore],
      [totals.usdAfter, totals.quantityAfter],
    ]);
  return {
    changeUsdPerHour: change,
    priceUsdPerHour: price,
    quantityUsdPerHour: quantity,
    mixUsdPerHour: withoutRounding(change - (price + quantity + coverage), totals),
    coverageUsdPerHour: coverage,
  };
}

/** What is left over of sums of floating-point numbers is nothing. */
function withoutRounding(
  rest: number,
  { usdBefore, usdAfter }: { readonly usdBefore: number; readonly usdAfter: number },
): number {
  return Math.abs(rest) < ROUNDING * (usdBefore + usdAfter) ? 0 : rest;
}

const ROUNDING = 1e-12;

/** Mean of the mean prices of both plans; of one that has no accelerators nothing is known. */
function meanOf(sides: readonly (readonly [usd: number, quantity: number])[]): number {
  const known = sides.filter(([, quantity]) => quantity > 0);
  if (known.length === 0) return 0;
  return known.reduce((sum, [usd, quantity]) => sum + usd / quantity, 0) / known.length;
}

function pairsOf(before: readonly CostLine[], after: readonly CostLine[]): Pair[] {
  const pairs = new Map<string, Pair>();
  const add = (line: CostLine, side: "before" | "after"): void => {
    const { pool, purchase } = line;
    const key = `${pool} ${purchase}`;
    const known = pairs.get(key) ?? { pool, purchase, before: undefined, after: undefined };
    pairs.set(key, { ...known, [side]: line });
  };
  for (const line of before) add(line, "before");
  for (const line of after) add(line, "after");
  return [...pairs].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
}

function lineChange({ pool, purchase, before, after }: Pair): CostLineChange {
  return {
    pool,
    purchase,
    beforeAccelerators: before?.accelerators ?? null,
    afterAccelerators: after?.accelerators ?? null,
    beforeUsdPerHour: before?.usdPerHour ?? null,
    afterUsdPerHour: after?.usdPerHour ?? null,
  };
}

function isChange(line: CostLineChange): boolean {
  return (
    line.beforeAccelerators !== line.afterAccelerators ||
    line.beforeUsdPerHour !== line.afterUsdPerHour
  );
}
