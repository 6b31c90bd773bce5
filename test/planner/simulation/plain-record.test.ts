import { expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { fromPlainText, plainText } from "../../../planner/foundation/plain-data";
import { QuantileSketch } from "../../../planner/foundation/quantile-sketch";
import { summarize } from "../../../planner/metrics/summarize";
import {
  fromPlainRecord,
  type PlainRecord,
  toPlainRecord,
} from "../../../planner/simulation/plain-record";
import { simulate } from "../../../planner/simulation/simulate";
import { resolveSmall } from "../../support/scenario-text";

it("keeps what a summary says of a record that has travelled", () => {
  const scenario = resolveSmall(["workloads.chat.slo={ttft: {p95: 1 s}}"]);
  const options = { timelineBuckets: 5, batches: 4 };
  const records = [1, 2].map((seed) => simulate(scenario, seed, options));
  const travelled = records.map((record) => {
    const text = plainText(toPlainRecord(record));
    return fromPlainRecord(fromPlainText(text) as PlainRecord);
  });
  const asked = { seed: 1, replications: 2 };
  expect(JSON.stringify(summarize(scenario, travelled, asked))).toBe(
    JSON.stringify(summarize(scenario, records, asked)),
  );
});

it("keeps what a sketch says, whatever was added and in which order", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 40 });
  fc.assert(
    fc.property(values, values, (first, second) => {
      const [sketch, other] = [first, second].map((all) => {
        const made = new QuantileSketch();
        for (const value of all) made.add(value, 2);
        return made;
      }) as [QuantileSketch, QuantileSketch];
      const copy = QuantileSketch.fromPlain(sketch.toPlain());
      for (const both of [sketch, copy]) both.merge(other);
      expect(copy.toPlain()).toEqual(sketch.toPlain());
      for (const q of [0, 0.3, 0.95, 1]) expect(copy.quantile(q)).toBe(sketch.quantile(q));
      expect(copy.shareAtMost(7)).toBe(sketch.shareAtMost(7));
    }),
    { seed: 20_261_201, numRuns: 200 },
  );
});
