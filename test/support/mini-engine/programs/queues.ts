/** A program for the tests of the mini-engine: a component with two queues, a provider, a secret and references. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();

class Queues extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;

  constructor(name: string, opts: pulumi.ComponentResourceOptions) {
    super("probe:queue:Queues", name, {}, opts);
    const dead = new aws.sqs.Queue(`${name}-dead`, {}, { parent: this, protect: true });
    const queue = new aws.sqs.Queue(
      `${name}-live`,
      {
        tags: { token: config.getSecret("token") ?? "none" },
        visibilityTimeoutSeconds: config.getNumber("visibility") ?? 30,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }),
      },
      {
        parent: this,
        ignoreChanges: ["delaySeconds"],
        aliases: [{ name: "former" }],
        deleteBeforeReplace: true,
        customTimeouts: { create: "40m" },
      },
    );
    this.url = queue.url;
    this.registerOutputs({ url: this.url });
  }
}

const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
const other = new pulumi.StackReference("acme/network/dev");
const queues = new Queues("jobs", { providers: [provider] });
const zones = aws.getAvailabilityZonesOutput({ state: "available" }, { provider });

export const url = queues.url;
export const zoneNames = zones.names;
export const vpcId = other.getOutput("vpcId");
export const password = other.getOutput("password");
