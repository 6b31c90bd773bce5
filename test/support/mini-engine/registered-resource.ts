/** What a program said about one resource: the whole registration, of which mocks show the type and inputs only. */
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { type DecodedValues, decodeStruct } from "./wire-values";

/** One registration, in the words of Pulumi's resource options. */
export interface RegisteredResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** URN of the parent; empty for the stack. */
  readonly parent: string;
  /** False for components. */
  readonly isCustom: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Paths of inputs that are secret, and of those that a preview does not know. */
  readonly secretPaths: readonly string[];
  readonly unknownPaths: readonly string[];
  /** URN of the explicit provider; empty when the default provider would be used. */
  readonly provider: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Undefined when the program leaves it to the provider. */
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  /** Former URNs, or the parts of one that differed. */
  readonly aliases: readonly unknown[];
  /** URNs of all resources that this one needs. */
  readonly dependencies: readonly string[];
  /** Which resources each input came from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly deletedWith: string;
  readonly additionalSecretOutputs: readonly string[];
  /** Durations such as "40m"; empty for the provider's own. */
  readonly customTimeouts: {
    readonly create: string;
    readonly update: string;
    readonly delete: string;
  };
}

/** Reads a registration. */
export function readRegistration(
  request: RegisterResourceRequest,
  urn: string,
): RegisteredResource {
  const { values, secretPaths, unknownPaths }: DecodedValues = decodeStruct(request.getObject());
  const timeouts = request.getCustomtimeouts();
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    isCustom: request.getCustom(),
    inputs: values,
    secretPaths,
    unknownPaths,
    provider: providerUrn(request.getProvider()),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    aliases: request.getAliasesList().map((alias) => alias.getUrn() || alias.getSpec()?.toObject()),
    dependencies: request.getDependenciesList(),
    propertyDependencies: propertyDependencies(request),
    deletedWith: request.getDeletedwith(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    customTimeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
  };
}

/** A provider reference is `URN::ID`, and a URN has four such parts. */
function providerUrn(reference: string): string {
  return reference.split("::").slice(0, -1).join("::");
}

function propertyDependencies(
  request: RegisterResourceRequest,
): Readonly<Record<string, readonly string[]>> {
  const dependencies: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((value, key) => {
    dependencies[key] = value.getUrnsList();
  });
  return dependencies;
}
