/** Arguments of AwsWebAcl: what they mean and what is refused. */
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Allocation } from "../foundation/allocation";
import { checkForm, checkUnique, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { Transform } from "../foundation/transform";
import { AWS_REGION } from "./aws-fleet-key-args";

/** Arguments of AwsWebAcl. */
export interface AwsWebAclArgs {
  /** Region of the provider that is passed, and of the load balancer: `us-east-1`. Known early. */
  readonly region: string;
  /** Requests of one address in five minutes, above which it is refused: 10 to 2000000000. Known early. */
  readonly requestsPerFiveMinutesMax: number;
  /** Countries that may not call, as codes of ISO 3166. Known early. @default [] */
  readonly refusedCountries?: readonly string[];
  /**
   * Key of the log group of refused requests; its policy must let CloudWatch Logs use it.
   * @default - CloudWatch's own
   */
  readonly kmsKeyArn?: pulumi.Input<string>;
  /** Days that records of refused requests are kept: as CloudWatch Logs accepts them. Known early. @default 90 */
  readonly logRetentionDays?: number;
  /** Who pays. @default - region only */
  readonly allocation?: Allocation;
  /** The hatch. @default - none */
  readonly transform?: { readonly webAcl?: Transform<aws.wafv2.WebAclArgs> };
}

/** What is wrong with the arguments. */
export function checkAwsWebAcl(args: AwsWebAclArgs): readonly InputProblem[] {
  const countries = args.refusedCountries ?? [];
  return [
    ...checkForm("region", args.region, AWS_REGION),
    ...checkWhole("requestsPerFiveMinutesMax", args.requestsPerFiveMinutesMax, {
      min: 10,
      max: 2_000_000_000,
    }),
    ...checkUnique("refusedCountries", countries),
    ...countries.flatMap((country, index) =>
      checkForm(`refusedCountries[${index}]`, country, {
        pattern: /^[A-Z]{2}$/,
        must: 'be a code of ISO 3166, such as "KP"',
      }),
    ),
  ];
}
