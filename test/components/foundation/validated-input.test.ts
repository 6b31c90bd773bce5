import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import {
  describeInputProblem,
  type InputProblem,
  refuseProblems,
} from "../../../components/foundation/input-problem";
import { validatedInput } from "../../../components/foundation/validated-input";
import { outputFailure, outputValue } from "../../support/output-value";

const positive = (value: number): readonly InputProblem[] =>
  value > 0 ? [] : [{ path: "size", must: "be above 0", got: value }];

describe("validatedInput", () => {
  it("returns a plain value as it is", () => {
    expect(validatedInput("Queue", 3, positive)).toBe(3);
  });

  it("fails when a plain value is refused, at once", () => {
    expect(() => validatedInput("Queue", -1, positive)).toThrow(pulumi.InputPropertyError);
  });

  it("gates a value that is not known yet on the check", async () => {
    await expect(outputValue(validatedInput("Queue", pulumi.output(3), positive))).resolves.toBe(3);
    await expect(outputValue(validatedInput("Queue", Promise.resolve(3), positive))).resolves.toBe(
      3,
    );
  });

  it("fails when a value that was not known yet is refused, and so does what uses it", async () => {
    const failure = await outputFailure(() => {
      const gated = validatedInput("Queue", pulumi.output(-1), positive);
      return pulumi.output(gated).apply((value) => value + 1);
    });
    expect(failure).toMatchObject({ propertyPath: "size" });
  });

  it("waits for an output inside an object", async () => {
    const failure = await outputFailure(() =>
      validatedInput("Queue", { size: pulumi.output(-1) }, ({ size }) => positive(size)),
    );
    expect(failure).toMatchObject({ propertyPath: "size" });
  });
});

describe("refuseProblems", () => {
  const zone: InputProblem = { path: "zones[0]", must: "name a zone of us-east-1", got: "eu-1a" };
  const size: InputProblem = { path: "size", must: "be above 0", got: undefined, fix: "set size" };

  it("does nothing without problems", () => {
    expect(() => refuseProblems("Queue", [])).not.toThrow();
  });

  it("fails with the path and the reason of a single problem", () => {
    expect(() => refuseProblems("Queue", [zone])).toThrow(
      expect.objectContaining({
        propertyPath: "zones[0]",
        reason: 'must name a zone of us-east-1, got "eu-1a"',
      }),
    );
  });

  it("fails with all problems at once", () => {
    expect(() => refuseProblems('Queue "jobs"', [zone, size])).toThrow(
      expect.objectContaining({
        errors: [
          expect.objectContaining({ propertyPath: "zones[0]" }),
          expect.objectContaining({ propertyPath: "size" }),
        ],
        message: expect.stringContaining('Queue "jobs": 2 arguments cannot be used'),
      }),
    );
  });

  it("says what was not given, and what to do", () => {
    expect(describeInputProblem(size)).toBe("must be above 0, got nothing; set size");
  });
});
