/**
 * The policy pack as Pulumi's engine runs it: in its own process, through the SDK's own runner, asked over gRPC. No CLI
 * and no cloud. Takes resources that a test writes down, or all that a run of the mini-engine registered.
 */
import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { ChannelCredentials, type requestCallback } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import {
  type AnalyzeDiagnostic,
  AnalyzeRequest,
  type AnalyzeResponse,
  AnalyzerPropertyDependencies,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  EnforcementLevel,
  PolicyConfig,
  type PolicyInfo,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { EngineRun } from "./mini-engine/engine-run";
import { encodeStruct, UNKNOWN, WIRE_UNKNOWN } from "./mini-engine/wire-values";

const PACK = path.resolve(__dirname, "../../stacks/policy");
const RUNNER = require.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
const START_SECONDS_MAX = 60;

/** A resource that the pack judges. A value of UNKNOWN is one that a preview does not know. */
export interface JudgedResource {
  readonly type: string;
  readonly name: string;
  /** @default - one of the stack `test` without parents */
  readonly urn?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Once it is there. @default - the inputs */
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** Names of the resources of the same list that arguments come from. @default - none */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
}

/** What the pack has against a resource or a stack. */
export interface Violation {
  readonly rule: string;
  /** Name of the resource; empty for the stack. */
  readonly resource: string;
  readonly message: string;
  readonly level: "advisory" | "mandatory";
}

/** Configuration of rules by name, as in the file that `--policy-pack-config` names. */
export type RuleConfigs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A running pack. */
export interface PolicyAnalyzer {
  /** Its rules, and how strict each is. */
  readonly rules: readonly { readonly name: string; readonly isOn: boolean }[];
  /**
   * Everything that the pack has against a stack.
   * @param configs Rules that are configured are on.
   */
  judge(resources: readonly JudgedResource[], configs?: RuleConfigs): Promise<readonly Violation[]>;
  close(): void;
}

/** Starts the pack. */
export async function startPolicyAnalyzer(): Promise<PolicyAnalyzer> {
  const child = spawn(process.execPath, [RUNNER, "127.0.0.1:1", "."], {
    cwd: PACK,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const port = await portOf(child);
  const client = new AnalyzerClient(`127.0.0.1:${port}`, ChannelCredentials.createInsecure());
  const info = await answerOf<{ getPoliciesList(): PolicyInfo[] }>((done) =>
    client.getAnalyzerInfo(new Empty(), done),
  );
  const rules = info.getPoliciesList().map((one) => ({
    name: one.getName(),
    isOn: one.getEnforcementlevel() === EnforcementLevel.MANDATORY,
  }));
  return {
    rules,
    judge: async (resources, configs = {}) => {
      await answerOf((done) => client.configure(configuration(configs), done));
      const answers = await Promise.all([
        ...resources.map((one) =>
          answerOf<AnalyzeResponse>((done) => client.analyze(single(one), done)),
        ),
        answerOf<AnalyzeResponse>((done) => client.analyzeStack(stack(resources), done)),
      ]);
      return answers.flatMap((answer, index) =>
        answer.getDiagnosticsList().map((one) => violation(one, resources[index])),
      );
    },
    close: () => {
      client.close();
      child.kill();
    },
  };
}

/** All that a run registered, to be judged as the engine would have it judged. */
export function judgedResources({ resources, state }: EngineRun): readonly JudgedResource[] {
  const nameOf = new Map(resources.map(({ urn, name, type }) => [urn, `${type} ${name}`]));
  return resources.map(({ type, name, urn, inputs, propertyDependencies }) => ({
    type,
    name,
    urn,
    inputs,
    outputs: { ...inputs, ...state.get(urn)?.outputs },
    sources: Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, urns]) => [
        key,
        urns.flatMap((one) => nameOf.get(one) ?? []),
      ]),
    ),
  }));
}

async function portOf(child: ChildProcess): Promise<string> {
  let printed = "";
  let failure = "";
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error(`the pack did not start in ${START_SECONDS_MAX} s: ${failure}`));
    }, START_SECONDS_MAX * 1000);
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      failure += text;
    });
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const [, port] = /^(\d+)\n/.exec(printed) ?? [];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      reject(new Error(`the pack ended with ${code}: ${printed}${failure}`));
    });
  });
}

function answerOf<Answer>(call: (done: requestCallback<Answer>) => unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call((error, answer) => (error === null ? resolve(answer!) : reject(error)));
  });
}

function configuration(configs: RuleConfigs): ConfigureAnalyzerRequest {
  const request = new ConfigureAnalyzerRequest();
  for (const [rule, properties] of Object.entries(configs)) {
    const config = new PolicyConfig();
    config.setEnforcementlevel(EnforcementLevel.MANDATORY);
    config.setProperties(encodeStruct(properties));
    request.getPolicyconfigMap().set(rule, config);
  }
  return request;
}

const urnOf = ({ urn, type, name }: JudgedResource): string =>
  urn ?? `urn:pulumi:test::capplan::${type}::${name}`;

/** Unknown values as they are on the wire. */
function onTheWire(value: unknown): unknown {
  if (value === UNKNOWN) return WIRE_UNKNOWN;
  if (Array.isArray(value)) return value.map(onTheWire);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, onTheWire(field)]));
}

const structOf = (values: Readonly<Record<string, unknown>>) =>
  encodeStruct(onTheWire(values) as Readonly<Record<string, unknown>>);

function single(resource: JudgedResource): AnalyzeRequest {
  const request = new AnalyzeRequest();
  request.setType(resource.type);
  request.setName(resource.name);
  request.setUrn(urnOf(resource));
  request.setProperties(structOf(resource.inputs));
  request.setOptions(new AnalyzerResourceOptions());
  return request;
}

function stack(resources: readonly JudgedResource[]): AnalyzeStackRequest {
  const urns = new Map(
    resources.flatMap((one) => [
      [one.name, urnOf(one)],
      [`${one.type} ${one.name}`, urnOf(one)],
    ]),
  );
  const request = new AnalyzeStackRequest();
  request.setResourcesList(
    resources.map((one) => {
      const message = new AnalyzerResource();
      message.setType(one.type);
      message.setName(one.name);
      message.setUrn(urnOf(one));
      message.setProperties(structOf(one.outputs ?? one.inputs));
      message.setOptions(new AnalyzerResourceOptions());
      for (const [key, names] of Object.entries(one.sources ?? {})) {
        const dependencies = new AnalyzerPropertyDependencies();
        dependencies.setUrnsList(names.map((name) => urns.get(name)!));
        message.getPropertydependenciesMap().set(key, dependencies);
      }
      return message;
    }),
  );
  return request;
}

function violation(one: AnalyzeDiagnostic, resource: JudgedResource | undefined): Violation {
  return {
    rule: one.getPolicyname(),
    resource: resource?.name ?? one.getUrn().split("::").at(-1)!,
    message: messageOf(one),
    level: one.getEnforcementlevel() === EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
  };
}

/** Without the description, which the SDK puts before it. */
function messageOf(one: AnalyzeDiagnostic): string {
  return one.getMessage().replace(`${one.getDescription()}\n`, "");
}
