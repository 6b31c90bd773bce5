/** What came of a run of the mini-engine, and how to look into it. */
import type { EngineState, Operation } from "./engine-state";
import type { RegisteredResource } from "./registered-resource";
import type { RecordedInvoke, ResourceMonitor } from "./resource-monitor";
import type { DecodedValues } from "./wire-values";

/** Everything a program registered and what would be done. */
export interface EngineRun {
  /** In the order of registration, which may differ between runs; the graph does not. */
  readonly resources: readonly RegisteredResource[];
  /** What is done to each URN, deletions included. */
  readonly operations: ReadonlyMap<string, Operation>;
  readonly invokes: readonly RecordedInvoke[];
  /** What each component registered as its outputs, by URN. */
  readonly registeredOutputs: ReadonlyMap<string, DecodedValues>;
  /** The exports of the program. */
  readonly stackOutputs: DecodedValues;
  /** To be passed to the next run. */
  readonly state: EngineState;
}

const NO_VALUES: DecodedValues = { values: {}, secretPaths: [], unknownPaths: [] };

/** Collects what a monitor has seen. */
export function engineRun(monitor: ResourceMonitor): EngineRun {
  const { state, deleted } = monitor.finish();
  const stack = monitor.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return {
    resources: monitor.resources,
    operations: new Map([
      ...monitor.operations,
      ...deleted.map(({ urn }) => [urn, "delete"] as const),
    ]),
    invokes: monitor.invokes,
    registeredOutputs: monitor.registeredOutputs,
    stackOutputs: monitor.registeredOutputs.get(stack?.urn ?? "") ?? NO_VALUES,
    state,
  };
}

/**
 * The only resource of a type, or of a type and name.
 * @throws when there is none or there are several, naming what there is.
 */
export function only(
  run: Pick<EngineRun, "resources">,
  type: string,
  name?: string,
): RegisteredResource {
  const found = ofType(run, type).filter((one) => name === undefined || one.name === name);
  if (found.length !== 1) {
    const wanted = name === undefined ? type : `${type} ${name}`;
    const present = run.resources.map((one) => `${one.type} ${one.name}`).join("\n");
    throw new Error(`expected one ${wanted}, got ${found.length} among\n${present}`);
  }
  return found[0]!;
}

/** All resources of a type, sorted by name. */
export function ofType(run: Pick<EngineRun, "resources">, type: string): RegisteredResource[] {
  return run.resources
    .filter((one) => one.type === type)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** URNs of everything that is not left as it is. */
export function changes(run: EngineRun): readonly string[] {
  return [...run.operations].filter(([, operation]) => operation !== "same").map(([urn]) => urn);
}
