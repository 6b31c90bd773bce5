/** What DNS knows when it answers: who is well, and who asks from where. */

/** The world at one moment, as one client sees it. */
export interface DnsWorld {
  /** Whether checks hold an address, or the name of a load balancer, for healthy. */
  readonly isHealthy: (endpoint: string) => boolean;
  /** Alarms of CloudWatch that sound, by name. @default - none */
  readonly alarms?: readonly string[];
  /** Milliseconds from the client to a region, of either cloud. */
  readonly distanceMs: (region: string) => number;
  /** Continent of the client. */
  readonly continent: string;
  /** What decides among weights, from 0 to below 1. */
  readonly draw: number;
}

/** The item that is nearest by a measure. */
export function nearestOf<Item>(items: readonly Item[], distance: (item: Item) => number): Item {
  return items.reduce((best, item) => (distance(item) < distance(best) ? item : best));
}

/** The item that a draw hits, in proportion to weights that are not all 0. */
export function drawnOf<Item>(
  items: readonly Item[],
  weight: (item: Item) => number,
  draw: number,
): Item {
  let left = draw * items.reduce((sum, item) => sum + weight(item), 0);
  const hit = items.find((item) => {
    left -= weight(item);
    return left < 0;
  });
  if (hit === undefined) throw new Error("a draw must hit an item of some weight");
  return hit;
}
