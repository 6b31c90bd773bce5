/** Who may do what with a key of AWS, as a document. Pure. */
import type { KeyService } from "./aws-fleet-key-args";

/** What a policy needs to know. */
export interface KeyPolicyNeeds {
  readonly region: string;
  readonly accountId: string;
  readonly administratorArns: readonly string[];
  readonly services: readonly KeyService[];
}

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: Readonly<Record<string, unknown>>;
  readonly Action: readonly string[];
  readonly Resource: "*";
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const USE = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncrypt*",
  "kms:GenerateDataKey*",
  "kms:DescribeKey",
];
/** docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html, "Allows key administrators". */
const ADMINISTER = [
  "kms:Create*",
  "kms:Describe*",
  "kms:Enable*",
  "kms:List*",
  "kms:Put*",
  "kms:Update*",
  "kms:Revoke*",
  "kms:Disable*",
  "kms:Get*",
  "kms:Delete*",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:ScheduleKeyDeletion",
  "kms:CancelKeyDeletion",
  "kms:RotateKeyOnDemand",
];

/** The document. */
export function keyPolicy(needs: KeyPolicyNeeds) {
  return {
    Version: "2012-10-17",
    Statement: [
      ...ownStatements(needs),
      ...needs.services.flatMap((service) => serviceStatements(service, needs)),
    ],
  };
}

function statement(
  Sid: string,
  Principal: Statement["Principal"],
  Action: Statement["Action"],
  Condition?: Statement["Condition"],
): Statement {
  return {
    Sid,
    Effect: "Allow",
    Principal,
    Action,
    Resource: "*",
    ...(Condition === undefined ? {} : { Condition }),
  };
}

/** Without a line for the account, no policy of IAM could let a role use the key. */
function ownStatements({ accountId, administratorArns }: KeyPolicyNeeds): readonly Statement[] {
  const account = { AWS: `arn:aws:iam::${accountId}:root` };
  if (administratorArns.length === 0) return [statement("AccountThroughIam", account, ["kms:*"])];
  return [
    statement("UseThroughIam", account, USE),
    // Services of the account take a grant for what they keep, and only they.
    statement(
      "GrantsThroughIam",
      account,
      ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
      {
        Bool: { "kms:GrantIsForAWSResource": "true" },
      },
    ),
    statement("Administrators", { AWS: [...administratorArns] }, ADMINISTER),
  ];
}

function serviceStatements(
  service: KeyService,
  { region, accountId }: KeyPolicyNeeds,
): readonly Statement[] {
  const ofAccount = { StringEquals: { "aws:SourceAccount": accountId } };
  switch (service) {
    case "budgets":
      // docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
      return [
        statement(
          "MessagesOfBudgets",
          { Service: ["budgets.amazonaws.com", "costalerts.amazonaws.com"] },
          ["kms:GenerateDataKey*", "kms:Decrypt"],
          ofAccount,
        ),
      ];
    case "cloudtrail":
      // docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
      return [
        statement(
          "RecordsOfCalls",
          { Service: "cloudtrail.amazonaws.com" },
          ["kms:GenerateDataKey*", "kms:DescribeKey"],
          {
            StringLike: {
              "kms:EncryptionContext:aws:cloudtrail:arn": `arn:aws:cloudtrail:*:${accountId}:trail/*`,
              "aws:SourceArn": `arn:aws:cloudtrail:*:${accountId}:trail/*`,
            },
          },
        ),
      ];
    case "cloudwatch-alarms":
      // docs.aws.amazon.com/sns/latest/dg/sns-key-management.html, "services that publish events"
      return [
        statement(
          "MessagesOfAlarms",
          { Service: "cloudwatch.amazonaws.com" },
          ["kms:GenerateDataKey*", "kms:Decrypt"],
          ofAccount,
        ),
      ];
    case "ec2":
      // As AWS's own key of EBS has it, and karpenter.sh/docs/troubleshooting, "encrypted EBS volume": disks are used in
      // the name of whoever starts an instance, be it Karpenter, Auto Scaling, a fleet or spot. Service-linked roles are
      // not named, since a key with the name of one that is not there yet is refused.
      return [
        statement("DisksThroughEc2", { AWS: "*" }, [...USE, "kms:CreateGrant"], {
          StringEquals: {
            "kms:CallerAccount": accountId,
            "kms:ViaService": `ec2.${region}.amazonaws.com`,
          },
        }),
      ];
    case "events":
      // docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html, "event sources". SQS
      // names the queue in the encryption context; EventBridge does not say for whom it sends.
      return [
        statement(
          "EventsOfRules",
          { Service: "events.amazonaws.com" },
          ["kms:GenerateDataKey*", "kms:Decrypt"],
          {
            ArnLike: {
              "kms:EncryptionContext:aws:sqs:arn": `arn:aws:sqs:${region}:${accountId}:*`,
            },
          },
        ),
      ];
    case "logs":
      // docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
      return [
        statement(
          "Logs",
          { Service: `logs.${region}.amazonaws.com` },
          [
            "kms:Encrypt*",
            "kms:Decrypt*",
            "kms:ReEncrypt*",
            "kms:GenerateDataKey*",
            "kms:Describe*",
          ],
          {
            ArnLike: {
              "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:*`,
            },
          },
        ),
      ];
  }
}
