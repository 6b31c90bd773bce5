/** Metastable failures told from others, on runs made by hand (resilience-fixture.ts). */
import { describe, expect, it } from "@jest/globals";
import type { RunRecord } from "../../../planner/simulation/run-record";
import { assess, fault, inOrder, only, run, type Stretch } from "./resilience-fixture";

describe("assessResilience of a metastable failure", () => {
  // Over at 150 s, replicas ready again from bucket 17 on. 10 requests/s arrive; 12/s were completed in bucket 3.
  const storm: readonly Stretch[] = [
    [3, 4, { completed: 120 }],
    [10, 30, { answered: 30, good: 20, attempts: 300, completed: 30 }],
    [10, 17, { ready: [0, 2] }],
  ];

  it("is told by attempts beyond what the fleet has completed, for requests that are not", () => {
    const { metastable, recovered } = only(run(storm));
    expect(recovered).toBe(false);
    expect(metastable).toEqual({
      explanation:
        "nothing is broken any more from 170 s on, yet only 2 requests/s are good: the 10/s that arrive are within the 12/s that the fleet has shown it can complete, but their retries make them 30 attempts/s, which are not",
      offeredRequestsPerSecond: 10,
      attemptsPerSecond: 30,
      capacityRequestsPerSecond: 12,
    });
  });

  it("takes the capacity from the baseline too", () => {
    const baseline = run([[5, 6, { completed: 250 }]], []);
    expect(only(run(storm), baseline).metastable!.capacityRequestsPerSecond).toBe(25);
    const larger = run([[5, 6, { completed: 310 }]], []);
    expect(only(run(storm), larger).metastable).toBeNull();
  });

  it.each<[string, RunRecord]>([
    ["no more is tried than the fleet can do", run([...storm, [10, 30, { attempts: 119 }]])],
    [
      "more arrives than it can do",
      run([...storm, [3, 4, { completed: 100 }], [10, 30, { offered: 101 }]]),
    ],
    ["replicas are still missing", run([...storm, [10, 28, { ready: [1, 2] }]])],
    ["the fault is not over", run(storm, fault("east", 100))],
    ["it comes back", run([...storm, [27, 30, { answered: 100, good: 100 }]])],
    [
      "good requests are down in some buckets, and not over all",
      run([
        ...storm,
        [10, 30, { answered: 100, good: 100 }],
        ...[10, 13, 16, 19, 22, 25, 28].map(
          (bucket): Stretch => [bucket, bucket + 1, { answered: 100, good: 90 }],
        ),
      ]),
    ],
  ])("is not said when %s", (_, record) => {
    expect(only(record).metastable).toBeNull();
  });

  it("is not said while another fault lasts", () => {
    const record = run(storm, inOrder(...fault("east", 100, 150), ...fault("west", 120)));
    expect(assess([record]).map(({ metastable }) => metastable)).toEqual([null, null]);
  });

  it("allows a chain the calls that each of its requests takes", () => {
    // Four calls as a rule: 12 requests/s are 48 attempts/s.
    const chain = (attempts: number): RunRecord =>
      run([[0, 30, { attempts: 400 }], ...storm, [10, 30, { attempts }]]);
    expect(only(chain(480)).metastable).toBeNull();
    expect(only(chain(481)).metastable).not.toBeNull();
  });

  it("says in how many occurrences, when it is not all", () => {
    const records = [run(storm), run([]), run([])].map((record, seed) => ({ ...record, seed }));
    const [assessed] = assess(records);
    expect(assessed!.metastable!.explanation).toMatch(/^in 1 of 3 occurrences, nothing is broken/);
  });
});
