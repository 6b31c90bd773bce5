/** A component that a provider makes, such as a chart: registered by itself, without what a real provider puts into it. */
import { ChannelCredentials } from "@grpc/grpc-js";
import { type ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  type RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";

/** Registers the component with the engine that asks for it. */
export async function construct(request: ConstructRequest): Promise<ConstructResponse> {
  const monitor = new ResourceMonitorClient(
    request.getMonitorendpoint(),
    ChannelCredentials.createInsecure(),
  );
  try {
    const registration = new RegisterResourceRequest();
    registration.setType(request.getType());
    registration.setName(request.getName());
    registration.setParent(request.getParent());
    registration.setCustom(false);
    registration.setObject(request.getInputs());
    registration.setAcceptsecrets(true);
    registration.setProtect(request.getProtect() ?? false);
    registration.setDependenciesList(request.getDependenciesList());
    const registered = await new Promise<RegisterResourceResponse>((resolve, reject) => {
      monitor.registerResource(registration, (error, done) =>
        error === null ? resolve(done) : reject(error),
      );
    });
    const outputs = new RegisterResourceOutputsRequest();
    outputs.setUrn(registered.getUrn());
    outputs.setOutputs(request.getInputs());
    await new Promise<void>((resolve, reject) => {
      monitor.registerResourceOutputs(outputs, (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    const response = new ConstructResponse();
    response.setUrn(registered.getUrn());
    response.setState(request.getInputs());
    return response;
  } finally {
    monitor.close();
  }
}
