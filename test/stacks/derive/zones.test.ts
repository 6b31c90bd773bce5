/** The zones of a place where the stack names none. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type FleetContext, fleetContext } from "../../../stacks/derive/fleet-context";
import { derivePlace } from "../../../stacks/derive/place-context";
import { plannedCase } from "../../support/small-plan";

let base: FleetContext;
beforeAll(async () => {
  base = fleetContext((await plannedCase()).plan);
});

/** The place of a fleet whose only region is another one. */
function placeIn(cloud: "aws" | "gcp", name: string, zones: number) {
  const [region] = base.fleet.regions;
  const moved = { ...region!, name, zones, spec: { ...region!.spec, cloud } };
  const context = { ...base, fleet: { ...base.fleet, regions: [moved] } };
  return derivePlace(context, { place: name });
}

describe("zones that nobody names", () => {
  it.each([
    ["aws", "us-east-1", 2, ["us-east-1a", "us-east-1b"]],
    // Letters that new accounts do not have are left out.
    ["aws", "ap-northeast-1", 2, ["ap-northeast-1a", "ap-northeast-1c"]],
    ["aws", "ca-central-1", 3, ["ca-central-1a", "ca-central-1b", "ca-central-1d"]],
    ["aws", "us-west-1", 2, ["us-west-1a", "us-west-1c"]],
    ["gcp", "europe-west1", 2, ["europe-west1-b", "europe-west1-c"]],
    ["gcp", "us-central1", 4, ["us-central1-a", "us-central1-b", "us-central1-c", "us-central1-f"]],
  ] as const)("of %s %s are those that there are", (cloud, name, count, expected) => {
    const place = placeIn(cloud, name, count);
    expect(place.args?.poolZones).toEqual(expected);
    expect(place.problems).toEqual([]);
  });

  it("give EKS a second zone that there is, where replicas are in one", () => {
    expect(placeIn("aws", "ap-northeast-1", 1).args).toMatchObject({
      poolZones: ["ap-northeast-1a"],
      zones: ["ap-northeast-1a", "ap-northeast-1c"],
    });
  });

  it("fails when a region is not known to have as many", () => {
    expect(placeIn("aws", "us-west-1", 3).problems).toMatchObject([
      { code: "does-not-fit", path: "fleet.regions.us-west-1.zones" },
    ]);
  });
});
