/** A binary size as whole bytes: how drivers report memory. */
export function gibibytes(count: number): number {
  return Math.round(count * 2 ** 30);
}
