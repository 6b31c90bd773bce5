import { describe, expect, it } from "@jest/globals";
import { REQUEST_COLUMNS, requestRowWriter } from "../../../planner/report/request-rows";
import { END_REASONS } from "../../../planner/simulation/end-reasons";
import type { FinishedRequest } from "../../../planner/simulation/observer";
import { NAMED_SCENARIO } from "../../support/resolved-fixture";

const REQUEST: FinishedRequest = {
  id: 12,
  workloadIndex: 0,
  tenantIndex: 0,
  originIndex: 0,
  poolIndex: 0,
  replicaIndex: 1,
  arrivalSeconds: 3.25,
  inputTokens: 1024,
  outputTokens: 1,
  cachedTokens: 512,
  queueTimeSeconds: 0.0123456789,
  ttftSeconds: 0.2,
  tpotSeconds: Number.NaN,
  e2eSeconds: 0.2,
  preemptions: 0,
  outcomeIndex: 0,
  sloMet: 1,
  reasonIndex: -1,
  attempts: 1,
};

describe("requestRowWriter", () => {
  it("writes CSV with names, milliseconds, quotes where needed, and nothing for what is not defined", () => {
    const writer = requestRowWriter(NAMED_SCENARIO, "csv");
    expect(writer.header).toBe(`${REQUEST_COLUMNS.join(",")}\n`);
    expect(writer.row(2, REQUEST)).toBe(
      '2,12,chat,"acme, Inc.",llama-3.1-8b-instruct,us-east,us-east-1,us-east-1/h100,1,' +
        "3.25,1024,1,512,12.346,200,,200,0,completed,true,,1\n",
    );
  });

  it("writes JSON lines with the same columns, and null for what is not defined", () => {
    const writer = requestRowWriter(NAMED_SCENARIO, "jsonl");
    expect(writer.header).toBe("");
    const row: Record<string, unknown> = JSON.parse(writer.row(1, REQUEST));
    expect(Object.keys(row)).toEqual([...REQUEST_COLUMNS]);
    expect(row).toMatchObject({ tenant: "acme, Inc.", tpotMs: null, sloMet: true });
  });

  it("says nothing of the pool of a request that no pool took, nor of an SLO that there is none of", () => {
    const rejected = {
      ...REQUEST,
      poolIndex: -1,
      replicaIndex: -1,
      queueTimeSeconds: Number.NaN,
      ttftSeconds: Number.NaN,
      e2eSeconds: Number.NaN,
      outcomeIndex: 1,
      sloMet: -1,
      reasonIndex: END_REASONS.indexOf("overflow"),
      attempts: 3,
    };
    const row: Record<string, unknown> = JSON.parse(
      requestRowWriter(NAMED_SCENARIO, "jsonl").row(1, rejected),
    );
    expect(row).toMatchObject({
      outcome: "rejected",
      reason: "overflow",
      attempts: 3,
      region: null,
      pool: null,
      replica: null,
      e2eMs: null,
      sloMet: null,
    });
  });
});
