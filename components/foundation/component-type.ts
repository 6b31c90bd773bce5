/**
 * Type tokens of the components. A token is part of every URN below the component, so it never changes: a
 * renamed class keeps its token, or passes `aliases` with the former one.
 */

/** The folders of components/ that hold components. */
export type ComponentArea =
  | "network"
  | "cluster"
  | "queue"
  | "gateway"
  | "dns"
  | "serving"
  | "observability"
  | "security"
  | "budget";

/** `capplan:AREA:NAME`. */
export type ComponentType = `capplan:${ComponentArea}:${string}`;

/**
 * The type token of a component.
 * @example componentType("cluster", "EksGpuCluster") // "capplan:cluster:EksGpuCluster"
 */
export function componentType(area: ComponentArea, name: string): ComponentType {
  return `capplan:${area}:${name}`;
}
