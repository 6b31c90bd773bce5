/**
 * Runs a program file through the SDK's own runner, in its own process, against the mini-engine over gRPC: the path of a
 * real `pulumi preview` or `up` without the CLI, plugins or a cloud.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import * as engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import {
  GetRootResourceResponse,
  type LogRequest,
  LogSeverity,
  RequirePulumiVersionResponse,
  type SetRootResourceRequest,
  SetRootResourceResponse,
} from "@pulumi/pulumi/proto/engine_pb";
import * as resourceGrpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterPackageResponse,
  type SupportsFeatureRequest,
  SupportsFeatureResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type EngineRun, engineRun } from "./engine-run";
import { type EngineOptions, ResourceMonitor } from "./resource-monitor";

/** What is said while a program runs, by severity. */
interface Messages {
  readonly errors: string[];
  readonly warnings: string[];
}

const ROOT = path.resolve(__dirname, "../../..");
const RUNNER = require.resolve("@pulumi/pulumi/cmd/run/index.js");
/** What the engine tells the SDK that it can do; transforms and hooks need a provider. */
const FEATURES = ["secrets", "resourceReferences", "outputValues", "aliasSpecs", "deletedWith"];

/** The program's world, and how it is configured. */
export interface ProgramOptions extends Partial<EngineOptions> {
  /** Values by full key: `capplan:plan`. @default - none */
  readonly config?: Readonly<Record<string, string>>;
  /** Keys of the configuration that are secret. @default - none */
  readonly secretConfigKeys?: readonly string[];
  /** The program is ended when it runs longer. @default 40 */
  readonly timeLimitSeconds?: number;
}

/** A run, and what the program said. */
export interface ProgramRun extends EngineRun {
  /** 0 for success; 32 when the program failed and said why. */
  readonly exitCode: number;
  /** Messages by severity, as the CLI would show them. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Standard output and standard error. */
  readonly printed: string;
}

/**
 * Runs a program.
 * @param programFile Absolute path of a TypeScript file, which is not type-checked here.
 */
export async function runProgram(
  programFile: string,
  options: ProgramOptions = {},
): Promise<ProgramRun> {
  const settled: EngineOptions = { project: "probe", stack: "test", isPreview: false, ...options };
  const monitor = new ResourceMonitor(settled);
  const messages: Messages = { errors: [], warnings: [] };
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  server.addService(
    service(resourceGrpc, "ResourceMonitorService"),
    monitorService(monitor, messages),
  );
  server.addService(service(engineGrpc, "EngineService"), engineService(messages));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  try {
    const ended = await runNode(programFile, port, settled, options);
    // The SDK ends quietly when its engine gives up.
    const exitCode = messages.errors.length > 0 ? ended.exitCode || 1 : ended.exitCode;
    return { ...engineRun(monitor), ...messages, printed: ended.printed, exitCode };
  } finally {
    server.forceShutdown();
  }
}

/** The generated stubs declare their services without the type that the server asks for. */
function service(stubs: object, name: string): ServiceDefinition {
  return (stubs as Readonly<Record<string, ServiceDefinition>>)[name]!;
}

/** Answers a call; an error goes to `onError`, and ends the program as an engine would. */
function answer<Request, Response>(
  respond: (request: Request) => Response,
  onError: (message: string) => void = () => {},
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    try {
      callback(null, respond(call.request));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      onError(message);
      // An engine that gives up closes its monitor, upon which the SDK stops without a word of its own.
      callback({ code: status.UNAVAILABLE, message });
    }
  };
}

const empty = answer(() => new Empty());

function monitorService(
  monitor: ResourceMonitor,
  messages: Messages,
): UntypedServiceImplementation {
  const refused = (message: string): void => {
    messages.errors.push(message);
  };
  return {
    supportsFeature: answer((request: SupportsFeatureRequest) => {
      const response = new SupportsFeatureResponse();
      response.setHassupport(FEATURES.includes(request.getId()));
      return response;
    }),
    // The SDK asks for all features in one call first, and then falls back to one by one.
    getDeploymentInfo: (_call: unknown, callback: (error: object) => void) =>
      callback({ code: status.UNIMPLEMENTED, message: "not implemented" }),
    registerPackage: answer(() => new RegisterPackageResponse()),
    registerResource: answer(monitor.registerResource.bind(monitor), refused),
    registerResourceOutputs: answer(
      (request: Parameters<typeof monitor.registerResourceOutputs>[0]) => {
        monitor.registerResourceOutputs(request);
        return new Empty();
      },
    ),
    readResource: answer(monitor.readResource.bind(monitor), refused),
    invoke: answer(monitor.invoke.bind(monitor), refused),
    signalAndWaitForShutdown: empty,
  };
}

function engineService(messages: Messages): UntypedServiceImplementation {
  let rootUrn = "";
  return {
    log: answer((request: LogRequest) => {
      if (request.getSeverity() === LogSeverity.ERROR) messages.errors.push(request.getMessage());
      if (request.getSeverity() === LogSeverity.WARNING)
        messages.warnings.push(request.getMessage());
      return new Empty();
    }),
    getRootResource: answer(() => {
      const response = new GetRootResourceResponse();
      response.setUrn(rootUrn);
      return response;
    }),
    setRootResource: answer((request: SetRootResourceRequest) => {
      rootUrn = request.getUrn();
      return new SetRootResourceResponse();
    }),
    requirePulumiVersion: answer(() => new RequirePulumiVersionResponse()),
  };
}

async function runNode(
  programFile: string,
  port: number,
  { project, stack, isPreview }: EngineOptions,
  { config = {}, secretConfigKeys = [], timeLimitSeconds = 40 }: ProgramOptions,
): Promise<{ readonly exitCode: number; readonly printed: string }> {
  const argv = [
    RUNNER,
    `--monitor=127.0.0.1:${port}`,
    `--engine=127.0.0.1:${port}`,
    `--project=${project}`,
    `--stack=${stack}`,
    `--root-directory=${ROOT}`,
    `--pwd=${path.dirname(programFile)}`,
    "--parallel=16",
    ...(isPreview ? ["--dry-run"] : []),
    programFile,
  ];
  const child = spawn(process.execPath, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeLimitSeconds * 1000,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretConfigKeys),
      PULUMI_NODEJS_TYPESCRIPT: "true",
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      PULUMI_NODEJS_TSCONFIG_PATH: path.join(ROOT, "tsconfig.json"),
    },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal === null) resolve({ exitCode: code ?? 1, printed });
      else reject(new Error(`the program was ended after ${timeLimitSeconds} s: ${printed}`));
    });
  });
}
