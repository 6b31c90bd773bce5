/** Who receives from and sends to the queue of the region: accounts of a namespace that is there for them. */

export const QUEUE_NAMESPACE = "queue";
export const QUEUE_ACCOUNTS = { consumer: "queue-consumer", producer: "queue-producer" } as const;
