/** The clouds behind the stand-ins refuse what the real ones do, as far as the end-to-end run rests on it. */
import { describe, expect, it } from "@jest/globals";
import { Cloud } from "./cloud";

const urn = (stack: string, type: string, name: string) =>
  `urn:pulumi:${stack}::probe::capplan:network:AwsNetwork$${type}::${name}`;
const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const inEast = (one: string) => one.startsWith("urn:pulumi:east::");

describe("Cloud", () => {
  it("keeps what is made, and deletes it only once", () => {
    const cloud = new Cloud();
    const vpc = cloud.create(urn("east", VPC, "vpc"), { cidrBlock: "10.0.0.0/16" });
    expect(cloud.read(vpc.urn, vpc.id)).toMatchObject({ inputs: { cidrBlock: "10.0.0.0/16" } });
    cloud.update(vpc.urn, vpc.id, { cidrBlock: "10.0.0.0/16", tags: { a: "b" } });
    expect(cloud.read(vpc.urn, vpc.id)?.outputs).toMatchObject({ tags: { a: "b" } });
    cloud.delete(vpc.urn, vpc.id);
    expect(cloud.read(vpc.urn, vpc.id)).toBeUndefined();
    expect(() => cloud.delete(vpc.urn, vpc.id)).toThrow(/does not exist/);
  });

  it("refuses to delete what is in use, by id or by ARN", () => {
    const cloud = new Cloud();
    const vpc = cloud.create(urn("east", VPC, "vpc"), {});
    const subnet = cloud.create(urn("east", SUBNET, "subnet"), { vpcId: vpc.id });
    const user = cloud.create(urn("east", SUBNET, "other"), { of: [subnet.outputs["arn"]] });
    expect(() => cloud.delete(vpc.urn, vpc.id)).toThrow(/is in use by .*subnet/);
    expect(() => cloud.delete(subnet.urn, subnet.id)).toThrow(/is in use by .*other/);
    for (const one of [user, subnet, vpc]) cloud.delete(one.urn, one.id);
    expect(cloud.all()).toEqual([]);
  });

  it("tells apart what has the same name in two stacks", () => {
    const cloud = new Cloud();
    const [east, west] = ["east", "west"].map((stack) => cloud.create(urn(stack, VPC, "vpc"), {}));
    cloud.create(urn("east", SUBNET, "subnet"), { of: east!.outputs["arn"] });
    cloud.delete(west!.urn, west!.id);
    expect(() => cloud.delete(east!.urn, east!.id)).toThrow(/is in use/);
  });

  it("tells apart what has the same name on two clouds", () => {
    const cloud = new Cloud();
    const types = ["aws:budgets/budget:Budget", "gcp:billing/budget:Budget"];
    for (const type of types) cloud.create(urn("edge", type, "month"), {});
    expect(cloud.all()).toHaveLength(2);
  });

  it("does not answer where it is lost, and is then as it was", () => {
    const cloud = new Cloud();
    const east = cloud.create(urn("east", VPC, "vpc"), {});
    const west = cloud.create(urn("west", VPC, "vpc"), {});
    cloud.lose("east", inEast);
    expect(() => cloud.read(east.urn, east.id)).toThrow("east does not answer");
    expect(() => cloud.create(urn("east", SUBNET, "subnet"), {})).toThrow("east does not answer");
    expect(cloud.read(west.urn, west.id)).toEqual(west);
    cloud.restore();
    expect(cloud.read(east.urn, east.id)).toEqual(east);
  });

  it("forgets a part without a word", () => {
    const cloud = new Cloud();
    cloud.create(urn("east", VPC, "vpc"), {});
    const west = cloud.create(urn("west", VPC, "vpc"), {});
    cloud.wipe(inEast);
    expect(cloud.all()).toEqual([west]);
  });

  it("takes along what is in something that goes", () => {
    const cloud = new Cloud();
    const vpc = cloud.create(urn("east", VPC, "vpc"), {});
    const subnet = cloud.create(urn("east", SUBNET, "subnet"), {});
    cloud.putInto(subnet.urn, vpc.urn);
    cloud.delete(vpc.urn, vpc.id);
    expect(cloud.all()).toEqual([]);
  });
});
