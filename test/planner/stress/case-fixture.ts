/** What a case measured, made by hand: all is well where nothing is given. */
import type { CaseMeasures } from "../../../planner/stress/stress-report";

export function measures(changes: Partial<CaseMeasures> = {}): CaseMeasures {
  return {
    kind: "fault",
    startSeconds: 1800,
    endSeconds: 2700,
    resolutionSeconds: 10,
    requestShare: 0.1,
    tenantShare: 0.25,
    goodputLost: 0.1,
    availability: 0.95,
    goodShare: 0.9,
    baselineAvailability: 1,
    goodRequestsPerSecond: 9,
    baselineGoodRequestsPerSecond: 10,
    detectSeconds: 30,
    shiftSeconds: 90,
    recoverySeconds: 120,
    recovered: true,
    secondsLeft: 900,
    secondsNeeded: 300,
    metastable: null,
    saturated: [],
    slo: [],
    series: { bucketSeconds: 10, offeredPerSecond: [10, 10], goodPerSecond: [10, 9] },
    ...changes,
  };
}

export const METASTABLE = {
  explanation: "retries keep it down",
  offeredRequestsPerSecond: 10,
  attemptsPerSecond: 40,
  capacityRequestsPerSecond: 15,
};
