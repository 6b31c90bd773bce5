/**
 * The built-in game day: every case that a fleet should be asked before it is deployed, made for the scenario at
 * hand. A case that cannot apply is in the list too, with the reason; none is ever left out in silence.
 */
import type { ResolvedScenario } from "../scenario/resolved-scenario";
import { coldStartCase, poisonCase, retryStormCase, slowReplicaCases } from "./cases/fleet-cases";
import { longContextCase, peakCase } from "./cases/load-cases";
import { gatewayLossCase, poolLossCases, regionLossCases } from "./cases/loss-cases";
import { queueBacklogCase, spotWaveCase, staleDnsCase } from "./cases/policy-cases";
import type { StressCase } from "./stress-case";
import { stressTimes } from "./stress-times";

/** Names are distinct; the order is that of the report. */
export function stressCases(scenario: ResolvedScenario): StressCase[] {
  const times = stressTimes(scenario);
  return [
    peakCase(scenario, times, 1.5),
    peakCase(scenario, times, 2),
    longContextCase(scenario, times),
    ...regionLossCases(scenario, times),
    ...poolLossCases(scenario, times),
    gatewayLossCase(scenario, times),
    staleDnsCase(scenario, times),
    spotWaveCase(scenario, times),
    retryStormCase(scenario, times),
    coldStartCase(scenario, times),
    ...slowReplicaCases(scenario, times),
    poisonCase(scenario, times),
    queueBacklogCase(scenario, times),
  ];
}
