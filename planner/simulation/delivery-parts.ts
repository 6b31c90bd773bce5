/** The parts of a run that an attempt meets on its way. */
import type { Clients } from "./clients";
import type { Gateways } from "./gateways";
import type { Network } from "./network";
import type { QueueDelivery } from "./queue-delivery";
import type { ReplicaSet } from "./replica-set";

/** The other parts of the run; each is made with the delivery as its listener. */
export interface DeliveryParts {
  readonly clients: Clients;
  readonly gateways: Gateways;
  readonly replicas: ReplicaSet;
  readonly network: Network;
  /** undefined when no workload is delivered by queue. */
  readonly queues: QueueDelivery | undefined;
}
