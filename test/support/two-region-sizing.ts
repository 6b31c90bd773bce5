/** A search of a few seconds: two regions, one of which may be lost, and two kinds of hardware. Text as in a file. */
export const TWO_REGION_SIZING = `version: 1
name: two-region-sizing
seed: 5
horizon: { start: "wed 17:00", duration: 8 min, warmUp: 2 min }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 5/s }
    tokens: { input: 600, output: 120 }
    origins: { us-east: 60%, us-west: 40% }
    slo: { ttft: { p95: 2 s }, tpot: { p95: 150 ms } }
fleet:
  regions: { us-east-1: {}, us-west-2: {} }
  failover: { policy: latency, healthCheck: { interval: 10 s, failureThreshold: 2 }, ttl: 20 s }
survive: [any-region]
search:
  hardware: [g6.xlarge, g6e.xlarge]
  engine: { maxContext: 4096, tensorParallel: [1] }
  requestsPerRun: 600
`;
