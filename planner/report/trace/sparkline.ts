/** A row of numbers as a row of blocks, from nothing to full height at the largest; at most 72. */

const BLOCKS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const CELLS_MAX = 72;

export function sparkline(values: readonly number[]): string {
  const perCell = Math.ceil(values.length / CELLS_MAX);
  const cells: number[] = [];
  for (let first = 0; first < values.length; first += perCell) {
    const some = values.slice(first, first + perCell);
    cells.push(some.reduce((sum, value) => sum + value, 0) / some.length);
  }
  const highest = Math.max(...cells);
  if (!(highest > 0)) return BLOCKS[0].repeat(cells.length);
  return cells
    .map((cell) => BLOCKS[Math.min(7, Math.floor((cell / highest) * 7.999))] ?? BLOCKS[0])
    .join("");
}
