/** A scenario that runs in a few milliseconds; text as in a file. */
export const SMALL_SCENARIO = `version: 1
name: small
seed: 3
replications: 2
horizon: { duration: 40 s, warmUp: 4 s }
workloads:
  chat:
    model: llama-3.1-8b-instruct
    arrivals: { rate: 2/s }
    tokens: { input: 500, output: 40 }
    slo: { ttft: { p95: 2 s } }
fleet:
  regions:
    us-east-1:
      pools:
        h100: { model: llama-3.1-8b-instruct, instanceType: p5.4xlarge, replicas: 1 }
`;
