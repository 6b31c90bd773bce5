/** Service accounts of the serving namespace that receive from and send to the queue of the region. */
export const QUEUE_ACCOUNTS = { consumer: "queue-consumer", producer: "queue-producer" } as const;
