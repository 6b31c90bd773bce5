/**
 * A resource provider over gRPC, for Pulumi's engine to attach to (`PULUMI_DEBUG_PROVIDERS=aws:PORT`): takes any resource
 * of its package, and keeps it in the cloud that it is given. It checks nothing that a cloud would, which is the matter of
 * other tests; what it shows is what the engine does with a program.
 */
import { isDeepStrictEqual } from "node:util";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  type CheckRequest,
  CheckResponse,
  ConfigureResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  GetMappingResponse,
  GetMappingsResponse,
  GetSchemaResponse,
  type InvokeRequest,
  InvokeResponse,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Cloud, CloudRefusal } from "./cloud";
import { construct } from "./construct-component";

/** Answers to functions of a provider, by token. */
export type InvokeAnswers = Readonly<
  Record<string, (args: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>>
>;

/** A provider that answers. */
export interface ProviderServer {
  readonly packageName: string;
  readonly port: number;
  close(): void;
}

/** Starts a provider of a package. */
export async function startProvider(
  packageName: string,
  cloud: Cloud,
  invokes: InvokeAnswers = {},
): Promise<ProviderServer> {
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  const { ResourceProviderService } = providerGrpc as unknown as Record<string, ServiceDefinition>;
  server.addService(ResourceProviderService!, providerService(packageName, cloud, invokes));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { packageName, port, close: () => server.forceShutdown() };
}

type Values = Record<string, unknown>;

const valuesOf = (struct: Struct | undefined): Values =>
  struct === undefined ? {} : (struct.toJavaScript() as Values);

/** A Struct holds no undefined, so values go through JSON. */
const structOf = (values: Readonly<Values>): Struct =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(values)) as Values as never);

function answer<Request, Response>(
  respond: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return async (call, callback) => {
    try {
      callback(null, await respond(call.request));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof CloudRefusal ? status.UNAVAILABLE : status.INTERNAL;
      callback({ code, message });
    }
  };
}

const unimplemented: handleUnaryCall<unknown, unknown> = (_call, callback) =>
  callback({ code: status.UNIMPLEMENTED, message: "not implemented" });

function providerService(
  packageName: string,
  cloud: Cloud,
  invokes: InvokeAnswers,
): UntypedServiceImplementation {
  return {
    ...lifecycle(packageName),
    check: answer(checked),
    diff: answer((request: DiffRequest) => {
      cloud.refuseLost(request.getUrn());
      return difference(valuesOf(request.getOldInputs()), valuesOf(request.getNews()));
    }),
    create: answer((request: CreateRequest) => {
      const inputs = valuesOf(request.getProperties());
      const response = new CreateResponse();
      // In a preview only what is known is said; the engine takes the rest for unknown.
      const made = request.getPreview()
        ? { id: "", outputs: inputs }
        : cloud.create(request.getUrn(), inputs);
      response.setId(made.id);
      response.setProperties(structOf(made.outputs));
      return response;
    }),
    update: answer((request: UpdateRequest) => {
      const inputs = valuesOf(request.getNews());
      const olds = valuesOf(request.getOlds());
      const response = new UpdateResponse();
      const { outputs } = request.getPreview()
        ? { outputs: { ...olds, ...inputs } }
        : cloud.update(request.getUrn(), request.getId(), inputs);
      response.setProperties(structOf(outputs));
      return response;
    }),
    read: answer((request: ReadRequest) => {
      const found = cloud.read(request.getUrn(), request.getId());
      const response = new ReadResponse();
      // Without an id: it is gone.
      if (found === undefined) return response;
      response.setId(found.id);
      response.setInputs(structOf(found.inputs));
      response.setProperties(structOf(found.outputs));
      return response;
    }),
    delete: answer((request: DeleteRequest) => {
      cloud.delete(request.getUrn(), request.getId());
      return new Empty();
    }),
    invoke: answer((request: InvokeRequest) => {
      const token = request.getTok();
      const respond = invokes[token];
      if (respond === undefined) throw new Error(`no answer for the function ${token}`);
      const response = new InvokeResponse();
      response.setReturn(structOf(respond(valuesOf(request.getArgs()))));
      return response;
    }),
    construct: answer(construct),
  };
}

/** What has nothing to do with resources. */
function lifecycle(packageName: string): UntypedServiceImplementation {
  return {
    // The engine falls back to configure, and to what that says the provider can take.
    handshake: unimplemented,
    parameterize: unimplemented,
    call: unimplemented,
    list: unimplemented,
    attach: answer(() => new Empty()),
    cancel: answer(() => new Empty()),
    getPluginInfo: answer(() => {
      const info = new PluginInfo();
      const { version } = require(`@pulumi/${packageName}/package.json`) as { version: string };
      info.setVersion(version);
      return info;
    }),
    getSchema: answer(() => {
      const response = new GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: packageName, resources: {} }));
      return response;
    }),
    getMapping: answer(() => new GetMappingResponse()),
    getMappings: answer(() => new GetMappingsResponse()),
    checkConfig: answer(checked),
    diffConfig: answer((request: DiffRequest) =>
      difference(valuesOf(request.getOldInputs()), valuesOf(request.getNews())),
    ),
    configure: answer(() => {
      const response = new ConfigureResponse();
      // Secrets come without their envelopes; the engine marks the outputs that they went into.
      response.setAcceptsecrets(false);
      response.setSupportspreview(true);
      return response;
    }),
  };
}

function checked(request: CheckRequest): CheckResponse {
  const response = new CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function difference(before: Values, now: Values): DiffResponse {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changed = keys.filter((key) => !isDeepStrictEqual(before[key], now[key]));
  const response = new DiffResponse();
  response.setDiffsList(changed);
  response.setChanges(
    changed.length === 0 ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME,
  );
  return response;
}
