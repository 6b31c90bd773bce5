/** Networks: one class per cloud, and their arguments. */

export { AwsNetwork, type AwsNetworkNodes } from "./aws-network";
export {
  type AwsFlowLogsArgs,
  type AwsNetworkArgs,
  type AwsNetworkTransforms,
  checkAwsNetwork,
  type NatMode,
} from "./aws-network-args";
export type { InterfaceService } from "./aws-services";
export { GcpNetwork, type GcpNetworkNodes } from "./gcp-network";
export {
  checkGcpNetwork,
  type GcpFlowLogsArgs,
  type GcpNetworkArgs,
  type GcpNetworkTransforms,
} from "./gcp-network-args";
