/**
 * The resource monitor of the mini-engine: takes the SDK's messages and answers them, as Pulumi's engine would without
 * any provider. It knows no transport: `run-program.ts` puts it behind gRPC, `in-process.ts` calls it directly.
 */
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import {
  type ReadResourceRequest,
  ReadResourceResponse,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  type ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { type CloudOutputTable, cloudOutputTable, outputsOf } from "./cloud-outputs";
import {
  type EngineState,
  type Operation,
  operationFor,
  type StoredResource,
} from "./engine-state";
import { type RegisteredResource, readRegistration } from "./registered-resource";
import {
  type DecodedValues,
  decodeStruct,
  encodeSecret,
  encodeStruct,
  WIRE_UNKNOWN,
} from "./wire-values";

const STACK_TYPE = "pulumi:pulumi:Stack";
const STACK_REFERENCE_TYPE = "pulumi:pulumi:StackReference";

/** A call of a provider's function. */
export interface RecordedInvoke {
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The provider reference; empty when the default provider would be used. */
  readonly provider: string;
}

/** Outputs of another stack. */
export interface ReferencedStack {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Names of the outputs that are secret. */
  readonly secrets?: readonly string[];
}

/** The world in which a program runs. */
export interface EngineOptions {
  readonly project: string;
  readonly stack: string;
  readonly isPreview: boolean;
  /** How the last run left the stack. @default - nothing is there yet */
  readonly state?: EngineState;
  /** Answers to functions of providers, by token. A function without an answer fails. */
  readonly invokes?: Readonly<
    Record<string, (args: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>>
  >;
  /** Stacks that can be referred to, by full name. Any other does not exist. */
  readonly stacks?: Readonly<Record<string, ReferencedStack>>;
  /** What the cloud adds to resources, beside the rows of cloud-outputs.ts. */
  readonly cloudOutputs?: CloudOutputTable;
  /** Makes a registration fail: returns the provider's message, or undefined to let it pass. */
  readonly failure?: (resource: RegisteredResource) => string | undefined;
}

/** Records what a program registers, and answers it. */
export class ResourceMonitor {
  readonly resources: RegisteredResource[] = [];
  readonly operations = new Map<string, Operation>();
  readonly invokes: RecordedInvoke[] = [];
  /** What `registerOutputs` was given, by URN. */
  readonly registeredOutputs = new Map<string, DecodedValues>();
  private readonly stored = new Map<string, StoredResource>();

  constructor(private readonly options: EngineOptions) {}

  registerResource(request: RegisterResourceRequest): RegisterResourceResponse {
    const urn = this.urnOf(request.getParent(), request.getType(), request.getName());
    if (this.operations.has(urn)) throw new Error(`duplicate resource URN ${urn}`);
    const registered = readRegistration(request, urn);
    const failure = this.options.failure?.(registered);
    if (failure !== undefined) throw new Error(failure);
    const former = this.options.state?.get(urn);
    const operation = operationFor(registered, former);
    this.resources.push(registered);
    this.operations.set(urn, operation);

    const response = new RegisterResourceResponse();
    response.setUrn(urn);
    if (!registered.isCustom) {
      this.stored.set(urn, { registered, id: "", outputs: {} });
      return response;
    }
    const { id, outputs } = this.settle(registered, former, operation);
    this.stored.set(urn, { registered, id, outputs });
    response.setId(id);
    const secrets = [
      ...registered.additionalSecretOutputs,
      ...registered.secretPaths.map(topLevel),
    ];
    response.setObject(encodeStruct(outputs, secrets));
    return response;
  }

  registerResourceOutputs(request: RegisterResourceOutputsRequest): void {
    this.registeredOutputs.set(request.getUrn(), decodeStruct(request.getOutputs()));
  }

  readResource(request: ReadResourceRequest): ReadResourceResponse {
    if (request.getType() !== STACK_REFERENCE_TYPE) {
      throw new Error(`read ${request.getType()}: the mini-engine reads stack references only`);
    }
    const name = request.getId();
    const referenced = this.options.stacks?.[name];
    if (referenced === undefined) throw new Error(`unknown stack "${name}"`);
    const { outputs, secrets = [] } = referenced;
    const wire = Object.entries(outputs).map(([key, value]) => [
      key,
      secrets.includes(key) ? encodeSecret(value) : value,
    ]);
    const response = new ReadResourceResponse();
    response.setUrn(this.urnOf(request.getParent(), request.getType(), request.getName()));
    response.setProperties(
      encodeStruct({ name, outputs: Object.fromEntries(wire), secretOutputNames: [...secrets] }),
    );
    return response;
  }

  invoke(request: ResourceInvokeRequest): InvokeResponse {
    const token = request.getTok();
    const { values } = decodeStruct(request.getArgs());
    this.invokes.push({ token, args: values, provider: request.getProvider() });
    const answer = this.options.invokes?.[token];
    if (answer === undefined) throw new Error(`no answer for the function ${token}`);
    const response = new InvokeResponse();
    response.setReturn(encodeStruct(answer(values)));
    return response;
  }

  /** The state after this run, and what the run deleted because the program no longer registers it. */
  finish(): { readonly state: EngineState; readonly deleted: readonly RegisteredResource[] } {
    const former = [...(this.options.state?.values() ?? [])].map((one) => one.registered);
    return {
      state: this.stored,
      deleted: former.filter(({ urn }) => !this.operations.has(urn)),
    };
  }

  /** Id and outputs after the operation; in a preview only what is known without doing it. */
  private settle(
    registered: RegisteredResource,
    former: StoredResource | undefined,
    operation: Operation,
  ): { readonly id: string; readonly outputs: Readonly<Record<string, unknown>> } {
    const { type, name, inputs, unknownPaths } = registered;
    if (former !== undefined && operation === "same") return former;
    if (!this.options.isPreview) {
      const table = { ...cloudOutputTable, ...this.options.cloudOutputs };
      const { id = `${name}-id`, ...outputs } = outputsOf(table, type, name, inputs);
      return { id: String(id), outputs };
    }
    const isUpdate = former !== undefined && operation === "update";
    const newId = type.startsWith("pulumi:providers:") ? WIRE_UNKNOWN : "";
    const known = Object.entries(inputs).filter(
      ([key]) => !unknownPaths.some((path) => topLevel(path) === key),
    );
    return { id: isUpdate ? former.id : newId, outputs: Object.fromEntries(known) };
  }

  private urnOf(parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2] ?? "";
    const qualified =
      parentType === "" || parentType === STACK_TYPE ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.options.stack}::${this.options.project}::${qualified}::${name}`;
  }
}

const topLevel = (path: string): string => path.split(/[.[]/)[0]!;
