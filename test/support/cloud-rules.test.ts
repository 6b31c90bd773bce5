/** The checks that component tests lean on find what they are there to find. */
import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import { brokenCloudRules } from "./cloud-rules";
import { registered } from "./mini-engine/in-process";
import { untagged } from "./taggable";

describe("the table of what clouds accept", () => {
  it("names a value outside a set or a range, at any depth, with its source", async () => {
    const { resources } = await registered(() => {
      new aws.ec2.FlowLog("log", { trafficType: "EVERYTHING", maxAggregationInterval: 600 });
      new aws.ec2.LaunchTemplate("template", {
        metadataOptions: { httpPutResponseHopLimit: 65 },
        networkInterfaces: [{ interfaceType: "efa" }, { interfaceType: "fast" }],
      });
      return undefined;
    });
    expect(brokenCloudRules(resources).toSorted()).toEqual([
      expect.stringMatching(/FlowLog log: trafficType is "EVERYTHING"; docs\.aws\.amazon\.com/),
      expect.stringMatching(/template: metadataOptions\.httpPutResponseHopLimit is 65/),
      expect.stringMatching(/template: networkInterfaces\[\]\.interfaceType is "fast"/),
    ]);
  });
});

describe("untagged", () => {
  it("names what could carry tags and carries none, and nothing else", async () => {
    const { resources } = await registered(() => {
      const vpc = new aws.ec2.Vpc("bare", { cidrBlock: "10.0.0.0/16" });
      new aws.ec2.Vpc("tagged", { cidrBlock: "10.0.0.0/16", tags: { a: "b" } });
      new aws.ec2.RouteTableAssociation("none", { routeTableId: "rtb-1", subnetId: vpc.id });
      return undefined;
    });
    expect(untagged(resources)).toEqual(["aws:ec2/vpc:Vpc bare"]);
    expect(untagged(resources, { "aws:ec2/vpc:Vpc": "for the sake of the test" })).toEqual([]);
  });
});
