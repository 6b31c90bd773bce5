/** A program for tests: a queue whose delay is known only after another is made, and refused then. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { validatedInput } from "../../../../components/foundation/validated-input";

const first = new aws.sqs.Queue("first", {
  delaySeconds: new pulumi.Config().requireNumber("delay"),
});
const checked = validatedInput("Queue", { delaySeconds: first.delaySeconds }, ({ delaySeconds }) =>
  delaySeconds !== undefined && delaySeconds <= 900
    ? []
    : [{ path: "delaySeconds", must: "be at most 900", got: delaySeconds }],
);
const { delaySeconds } = pulumi.output(checked);
new aws.sqs.Queue("second", { delaySeconds: delaySeconds.apply((seconds) => seconds ?? 0) });
