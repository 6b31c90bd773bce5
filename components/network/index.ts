/** Networks: one class per cloud, and their arguments. */

export { AwsNetwork, type AwsNetworkNodes } from "./aws-network";
export type {
  AwsFlowLogsArgs,
  AwsNetworkArgs,
  AwsNetworkTransforms,
  NatMode,
} from "./aws-network-args";
export type { InterfaceService } from "./aws-services";
export { GcpNetwork, type GcpNetworkNodes } from "./gcp-network";
export type { GcpFlowLogsArgs, GcpNetworkArgs, GcpNetworkTransforms } from "./gcp-network-args";
