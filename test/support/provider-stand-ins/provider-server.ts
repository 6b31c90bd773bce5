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
import { decodeStruct, encodeStruct } from "../mini-engine/wire-values";
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

type Values = Readonly<Record<string, unknown>>;

/** Values without the envelopes of secrets. */
const valuesOf = (struct: Struct | undefined): Values => decodeStruct(struct).values;

/** What came of arguments, secret where they were. */
function outcome(outputs: Values, ...from: readonly (Struct | undefined)[]): Struct {
  const secretPaths = from.flatMap((struct) => decodeStruct(struct).secretPaths);
  return encodeStruct(
    outputs,
    secretPaths.map((path) => path.split(/[.[]/)[0]!),
  );
}

/** A preview knows the arguments, and of what is there already the rest. */
function previewed(olds: Struct | undefined, news: Struct | undefined): Struct {
  return Struct.fromJavaScript({ ...olds?.toJavaScript(), ...news?.toJavaScript() });
}

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
      const news = request.getProperties();
      const response = new CreateResponse();
      if (request.getPreview()) {
        response.setProperties(previewed(undefined, news));
        return response;
      }
      const { id, outputs } = cloud.create(request.getUrn(), valuesOf(news));
      response.setId(id);
      response.setProperties(outcome(outputs, news));
      return response;
    }),
    update: answer((request: UpdateRequest) => {
      const news = request.getNews();
      const response = new UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(previewed(request.getOlds(), news));
        return response;
      }
      const { outputs } = cloud.update(request.getUrn(), request.getId(), valuesOf(news));
      response.setProperties(outcome(outputs, news));
      return response;
    }),
    read: answer((request: ReadRequest) => {
      const found = cloud.read(request.getUrn(), request.getId());
      const response = new ReadResponse();
      // Without an id: it is gone.
      if (found === undefined) return response;
      response.setId(found.id);
      response.setInputs(outcome(found.inputs, request.getInputs()));
      response.setProperties(outcome(found.outputs, request.getProperties()));
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
      response.setReturn(encodeStruct(respond(valuesOf(request.getArgs()))));
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
      response.setAcceptsecrets(true);
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
