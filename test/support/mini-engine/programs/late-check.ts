/** A program for tests: a queue whose size is known only after another is made, and refused then. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { validatedInput } from "../../../../components/foundation/validated-input";

const first = new aws.sqs.Queue("first", {
  delaySeconds: new pulumi.Config().requireNumber("delay"),
});
const delaySeconds = validatedInput(
  "Queue",
  first.delaySeconds.apply((value) => value ?? 0),
  (value) => (value <= 900 ? [] : [{ path: "delaySeconds", must: "be at most 900", got: value }]),
);
new aws.sqs.Queue("second", { delaySeconds });
