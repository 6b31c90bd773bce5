/**
 * Names that random streams are made from. A scenario may call two things the same, and they must not strike at the
 * same times: the second of a name is its `#2`.
 */
export function distinctNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}#${count}`;
  });
}
