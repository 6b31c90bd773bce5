/** A scenario to size that takes a second or two: two regions, one of which may be lost, and two instance types. */
export const TINY_SIZING = `version: 1
name: tiny
seed: 7
horizon: { duration: 90 s, warmUp: 10 s }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 12/s }
    tokens: { input: 500, output: 60 }
    origins: { us-east: 60%, us-west: 40% }
    slo: { ttft: { p95: 1 s }, tpot: { p95: 60 ms } }
fleet:
  regions: { us-east-1: {}, us-west-2: {} }
  failover: { policy: latency, healthCheck: { interval: 10 s, failureThreshold: 1 }, ttl: 5 s }
survive: [any-region]
search:
  hardware: [g6e.xlarge, g6.xlarge]
  engine: { maxContext: 8k, tensorParallel: [1] }
  requestsPerRun: 300
`;
