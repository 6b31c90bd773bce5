/**
 * Runs a piece of a program inside the test's own process, on the SDK's mock seam but with the mini-engine's monitor
 * behind it: as quick as `setMocks`, and it shows parents, options, secrets and unknowns as well. One run at a time.
 *
 * Code that fails inside an `apply` cannot be tested here, because the SDK leaves rejected promises behind that end the
 * process; such programs run through `run-program.ts`.
 */
import * as pulumi from "@pulumi/pulumi";
import type {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";
import { type EngineRun, engineRun } from "./engine-run";
import { type EngineOptions, ResourceMonitor } from "./resource-monitor";

type Answer = (error: Error | null, response?: unknown) => void;

/**
 * Registers what `program` constructs, and returns it once all of it is registered.
 * @param program Returns the exports of the stack.
 * @param options Preview or up, answers and state; `up` of the stack `probe/test` by default.
 */
export async function registered(
  program: () => Readonly<Record<string, unknown>> | undefined,
  options: Partial<EngineOptions> = {},
): Promise<EngineRun> {
  const settled: EngineOptions = { project: "probe", stack: "test", isPreview: false, ...options };
  const monitor = new ResourceMonitor(settled);
  // Sets what the SDK believes the engine to support; the monitor behind it is then exchanged.
  await pulumi.runtime.setMocks(
    { call: () => ({}), newResource: () => ({ id: "", state: {} }) },
    settled.project,
    settled.stack,
    settled.isPreview,
  );
  Object.assign(getMonitor() as object, {
    registerResource: answering((request: RegisterResourceRequest) =>
      monitor.registerResource(request),
    ),
    registerResourceOutputs: answering((request: RegisterResourceOutputsRequest) => {
      monitor.registerResourceOutputs(request);
      return {};
    }),
    readResource: answering((request: ReadResourceRequest) => monitor.readResource(request)),
    invoke: answering((request: ResourceInvokeRequest) => monitor.invoke(request)),
  });
  const thrown: unknown[] = [];
  await pulumi.runtime.runInPulumiStack(async () => {
    try {
      return program() ?? {};
    } catch (error) {
      // Thrown inside the stack it would reject outputs that nobody listens to.
      thrown.push(error);
      return {};
    }
  });
  await pulumi.runtime.disconnect();
  if (thrown.length > 0) throw thrown[0];
  return engineRun(monitor);
}

function answering<Request>(answer: (request: Request) => unknown) {
  return (request: Request, callback: Answer): void => {
    let response: unknown;
    try {
      response = answer(request);
    } catch (error) {
      callback(error as Error);
      return;
    }
    callback(null, response);
  };
}
