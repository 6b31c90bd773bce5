/** The scenario that `capplan init` writes: complete, runnable, and a first lesson in the format. */
export const INIT_TEMPLATE = `# A capplan scenario: traffic, and the fleet that serves it.
#   capplan validate   prints every value, what is given and what is default
#   capplan simulate   runs it
#   capplan catalog    lists models, instance types, regions and traffic profiles
# Quantities have units: 40/s, 250 ms, 1h30m, 8k tokens (8,000), 8Ki (8,192), 95%, $2.50.
version: 1
name: my-scenario
horizon: { duration: 20 min, warmUp: 2 min } # start: "mon 14:00" (UTC) is where diurnal profiles begin

workloads:
  chat: # a product feature; give it your own name, and add more
    model: llama-3.1-8b-instruct
    arrivals:
      rate: 8/s # open loop; or closed: { concurrency: 64 }, or trace: requests.csv
      process: { gamma: { cv: 1.5 } } # how bursty: poisson has cv 1
      # profile: { diurnal: { peakHour: 14, peakToMean: 2 } }
    tokens: { profile: azure-conversation-2023 } # lengths as in a public trace; or your own:
    # tokens: { input: { lognormal: { p50: 900, p99: 6k } }, output: { gamma: { mean: 250, cv: 0.8 } }, correlation: 0.2 }
    prefix: { shared: 150, groups: 20, share: 60% } # system prompts: what a prefix cache can hit
    # sessions: { turns: { exponential: { mean: 4 } }, think: { exponential: { mean: 30 s } } }
    # client: { timeout: 60 s, retries: { max: 2, budget: { percent: 20% } } } # what callers do without an answer
    origins: { us-east: 70%, eu-west: 30% } # where callers are; shares add up to 100%
    slo: # what you promise
      ttft: { p95: 500 ms } # time to first token
      tpot: { p95: 40 ms } # time per output token after that

fleet:
  regions:
    us-east-1:
      pools:
        h100:
          model: llama-3.1-8b-instruct
          instanceType: p5.4xlarge # one H100
          replicas: 1
          engine: # settings of vLLM; what is left out is vLLM's default
            maxSequences: 256
            maxContext: 16k
          # purchase: { reserved1y: 1, onDemand: rest } # how replicas are bought; or spot: rest
          # price: $5.20 # per replica and hour; what is left out is taken from the price book (\`capplan catalog prices\`)
  routing: { policy: least-outstanding }

# prices: # what you have negotiated; the rest is list price
#   overrides: [{ cloud: aws, discount: 12%, source: our agreement }]
# faults: # what goes wrong, at a time or at random
#   - { at: 10 min, lose: { region: us-east-1 }, for: 3 min }
#   - { mtbf: 30 d, repair: 20 min, lose: { each: node } }
# stress: { failOn: { availability: 99%, recovery: 10 min } } # what \`capplan stress\` may not find
`;
