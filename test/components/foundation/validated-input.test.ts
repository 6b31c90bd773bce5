import { describe, expect, it } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import {
  describeInputProblem,
  type InputProblem,
  refuseProblems,
} from "../../../components/foundation/input-problem";
import { validatedInput } from "../../../components/foundation/validated-input";
import { outputValue } from "../../support/output-value";

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

  it("waits for an output inside an object", async () => {
    const input = { size: pulumi.output(3) };
    const gated = validatedInput("Queue", input, ({ size }) => positive(size));
    expect(pulumi.Output.isInstance(gated)).toBe(true);
    await expect(outputValue(gated)).resolves.toEqual({ size: 3 });
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
