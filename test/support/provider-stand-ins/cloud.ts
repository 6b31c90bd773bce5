/**
 * The clouds behind the provider stand-ins: what exists, and what they refuse. It lives as long as the stand-ins do, so
 * it outlives the runs of the CLI, as a cloud does.
 */
import { type CloudOutputTable, cloudOutputTable, outputsOf } from "../mini-engine/cloud-outputs";

type Values = Readonly<Record<string, unknown>>;

/** Something that exists. */
export interface CloudResource {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Values;
  /** Inputs, and what the cloud added. */
  readonly outputs: Values;
}

/** A call that the cloud refuses; the message is the provider's. */
export class CloudRefusal extends Error {}

/** Part of all there is, by URN. */
export type Region = (urn: string) => boolean;

const typeOf = (urn: string): string => urn.split("::")[2]!.split("$").at(-1)!;
const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** The clouds. */
export class Cloud {
  private readonly resources = new Map<string, CloudResource>();
  /** By URN: what takes it along when it goes. */
  private readonly holders = new Map<string, string>();
  private lost: { readonly name: string; readonly holds: Region } | undefined;

  /** @param table What the clouds add to resources, beside the rows of cloud-outputs.ts. */
  constructor(private readonly table: CloudOutputTable = {}) {}

  /** All that exists. */
  all(): readonly CloudResource[] {
    return [...this.resources.values()];
  }

  create(urn: string, inputs: Values): CloudResource {
    this.refuseLost(urn);
    // A replacement stands beside what it replaces, under another id.
    const serial = this.all().filter((one) => one.urn === urn).length;
    const made = this.made(urn, inputs, serial === 0 ? "" : `-${serial}`);
    if (this.resources.has(made.id)) {
      throw new CloudRefusal(`${made.type} ${made.id} already exists`);
    }
    this.resources.set(made.id, made);
    return made;
  }

  update(urn: string, id: string, inputs: Values): CloudResource {
    this.refuseLost(urn);
    const former = this.resources.get(id);
    if (former === undefined) throw new CloudRefusal(`${typeOf(urn)} ${id} does not exist`);
    const made = { ...this.made(urn, inputs, ""), id };
    this.resources.set(id, made);
    return made;
  }

  /** Undefined when it does not exist. */
  read(urn: string, id: string): CloudResource | undefined {
    this.refuseLost(urn);
    return this.resources.get(id);
  }

  /** Refused while something that exists refers to it by id or ARN. */
  delete(urn: string, id: string): void {
    this.refuseLost(urn);
    const former = this.resources.get(id);
    if (former === undefined) throw new CloudRefusal(`${typeOf(urn)} ${id} does not exist`);
    // The target of an event has an ARN too: that of the queue it goes to.
    const arn = "arn" in former.inputs ? undefined : former.outputs["arn"];
    const names = [id, arn].filter((one) => typeof one === "string");
    const user = this.all().find((one) => one.id !== id && refersTo(one.inputs, names));
    if (user !== undefined) {
      throw new CloudRefusal(`${former.type} ${id} is in use by ${user.type} ${user.id}`);
    }
    this.resources.delete(id);
    this.wipe((other) => this.holders.get(other) === urn);
  }

  /** Something is in something else, as an object is in its cluster, and goes with it without being asked to. */
  putInto(urn: string, holder: string): void {
    this.holders.set(urn, holder);
  }

  /** From now on a part of the cloud does not answer. What is in it stays as it is. */
  lose(name: string, holds: Region): void {
    this.lost = { name, holds };
  }

  /** The part answers again. */
  restore(): void {
    this.lost = undefined;
  }

  /** Everything in a part is gone, without anybody having been told. */
  wipe(holds: Region): void {
    for (const [id, { urn }] of this.resources) if (holds(urn)) this.resources.delete(id);
  }

  refuseLost(urn: string): void {
    if (this.lost?.holds(urn) === true) throw new CloudRefusal(`${this.lost.name} does not answer`);
  }

  private made(urn: string, inputs: Values, suffix: string): CloudResource {
    const [type, name] = [typeOf(urn), nameOf(urn)];
    const stack = urn.split("::")[0]!.split(":").at(-1)!;
    const table = { ...cloudOutputTable, ...this.table };
    const [packageName, , kind] = type.split(":");
    const { id = `${packageName}-${kind}/${stack}/${name}`, ...outputs } = outputsOf(
      table,
      type,
      name,
      inputs,
    );
    // Two stacks may give the same name; the real clouds would tell them apart by a random ending.
    const own = "arn" in outputs && !("arn" in inputs) ? { arn: `${outputs["arn"]}-${stack}` } : {};
    return { urn, type, inputs, id: `${String(id)}${suffix}`, outputs: { ...outputs, ...own } };
  }
}

function refersTo(value: unknown, names: readonly unknown[]): boolean {
  if (typeof value !== "object" || value === null) return names.includes(value);
  return Object.values(value).some((one) => refersTo(one, names));
}
