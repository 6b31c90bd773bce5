/** Queues of requests: one class per cloud behind one interface, and how KEDA reads their depth. */

export { PubSubRequestQueue, type PubSubRequestQueueNodes } from "./pubsub-request-queue";
export type {
  GkeWorkloadArgs,
  PubSubRequestQueueArgs,
  PubSubRequestQueueTransforms,
  RedeliveryArgs,
} from "./pubsub-request-queue-args";
export { checkQueueLimits } from "./queue-limits";
export {
  type QueueTrigger,
  type QueueTriggerSource,
  type QueueTriggerTarget,
  queueTrigger,
} from "./queue-trigger";
export {
  type ConsumerSettings,
  consumerSettings,
  type QueueAlarmsArgs,
  type RequestQueue,
  type RequestQueueLimits,
} from "./request-queue";
export type { SqsPolicies } from "./sqs-access";
export { SqsRequestQueue, type SqsRequestQueueNodes } from "./sqs-request-queue";
export type {
  EksWorkloadArgs,
  SqsRequestQueueArgs,
  SqsRequestQueueTransforms,
} from "./sqs-request-queue-args";
