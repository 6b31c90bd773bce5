import { describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import * as gcp from "@pulumi/gcp";
import fc from "fast-check";
import {
  AwsFleetKey,
  type AwsFleetKeyArgs,
  GcpFleetKey,
  type GcpFleetKeyArgs,
} from "../../../components/security";
import { KEY_SERVICES } from "../../../components/security/aws-fleet-key-args";
import { keyPolicy } from "../../../components/security/aws-key-policy";
import { describeComponentLaws } from "../../support/component-laws";
import { ofType, only } from "../../support/mini-engine/engine-run";
import { registered } from "../../support/mini-engine/in-process";

const onAws: AwsFleetKeyArgs = { region: "us-east-1", accountId: "123456789012" };
const onGcp: GcpFleetKeyArgs = {
  projectId: "support",
  projectNumber: "123456789012",
  location: "europe-west4",
};

function keyOnAws(args: AwsFleetKeyArgs) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    return { keyArn: new AwsFleetKey("key", args, { provider }).keyArn };
  };
}

function keyOnGcp(args: GcpFleetKeyArgs) {
  return (): Record<string, unknown> => {
    const provider = new gcp.Provider("europe-west4", { project: "support" });
    return { keyName: new GcpFleetKey("key", args, { provider }).keyName };
  };
}

describeComponentLaws({ name: "aws-fleet-key", program: keyOnAws(onAws) });
describeComponentLaws({ name: "gcp-fleet-key", program: keyOnGcp(onGcp) });

interface Statement {
  readonly Sid: string;
  readonly Principal: { readonly AWS?: string | readonly string[]; readonly Service?: unknown };
  readonly Action: readonly string[];
  readonly Condition?: object;
}

const isOf = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(action);

describe("keyPolicy", () => {
  const needs = { region: "us-east-1", accountId: "123456789012" };
  const some = fc.record({
    administratorArns: fc.uniqueArray(
      fc.constantFrom("arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/two"),
    ),
    services: fc.subarray([...KEY_SERVICES]),
  });

  it("lets nobody in from outside, and no service without a condition on whose it is", () => {
    fc.assert(
      fc.property(some, (more) => {
        for (const one of keyPolicy({ ...needs, ...more }).Statement as readonly Statement[]) {
          const { AWS, Service } = one.Principal;
          for (const principal of [AWS ?? []].flat()) {
            const ofCallers = (one.Condition as Record<string, object> | undefined)?.[
              "StringEquals"
            ];
            if (principal === "*")
              expect(ofCallers).toMatchObject({ "kms:CallerAccount": needs.accountId });
            else expect(principal).toContain("123456789012");
          }
          if (Service === undefined) continue;
          expect(JSON.stringify(one.Condition)).toContain("123456789012");
          for (const action of one.Action)
            expect(isOf(action, "kms:ScheduleKeyDeletion")).toBe(false);
        }
      }),
    );
  });

  it("lets administrators alone administer, who cannot read what it encrypts", () => {
    const administratorArns = ["arn:aws:iam::123456789012:role/keys"];
    const statements = keyPolicy({ ...needs, administratorArns, services: KEY_SERVICES })
      .Statement as readonly Statement[];
    const allowed = (action: string) =>
      statements.filter((one) => one.Action.some((pattern) => isOf(pattern, action)));
    expect(allowed("kms:ScheduleKeyDeletion").map(({ Sid }) => Sid)).toEqual(["Administrators"]);
    expect(allowed("kms:PutKeyPolicy").map(({ Sid }) => Sid)).toEqual(["Administrators"]);
    expect(allowed("kms:Decrypt").map(({ Sid }) => Sid)).not.toContain("Administrators");
    // Otherwise no role of a cluster or a queue could use the key at all.
    expect(allowed("kms:Decrypt").map(({ Sid }) => Sid)).toContain("UseThroughIam");
  });
});

describe("AwsFleetKey", () => {
  it("is turned every year, protected, and named", async () => {
    const run = await registered(keyOnAws(onAws));
    const key = only(run, "aws:kms/key:Key");
    expect(key.inputs).toMatchObject({
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: 30,
    });
    expect(key.protect).toBe(true);
    expect(only(run, "aws:kms/alias:Alias").inputs["name"]).toBe("alias/capplan/key");
    const { Statement: statements } = JSON.parse(String(key.inputs["policy"]));
    expect(statements.map(({ Sid }: Statement) => Sid)).toEqual([
      "AccountThroughIam",
      "MessagesOfBudgets",
      "RecordsOfCalls",
      "MessagesOfAlarms",
      "DisksThroughEc2",
      "EventsOfRules",
      "Logs",
    ]);
  });

  it("lets whoever starts instances use it for their disks", async () => {
    const run = await registered(keyOnAws({ ...onAws, services: ["ec2"] }));
    const policy = String(only(run, "aws:kms/key:Key").inputs["policy"]);
    // karpenter.sh/docs/troubleshooting, "Node terminates before ready on failed encrypted EBS volume".
    expect(JSON.parse(policy).Statement).toContainEqual(
      expect.objectContaining({
        Principal: { AWS: "*" },
        Action: expect.arrayContaining(["kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey*"]),
        Condition: {
          StringEquals: {
            "kms:CallerAccount": onAws.accountId,
            "kms:ViaService": `ec2.${onAws.region}.amazonaws.com`,
          },
        },
      }),
    );
    // A key policy with the name of a role that is not there yet is refused.
    expect(policy).not.toContain("aws-service-role");
  });

  it.each<[string, Partial<AwsFleetKeyArgs>]>([
    ["region", { region: "us-east" }],
    ["accountId", { accountId: "1234" }],
    ["rotationDays", { rotationDays: 30 }],
    ["services", { services: ["logs", "logs"] }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(keyOnAws({ ...onAws, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });
});

describe("GcpFleetKey", () => {
  it("is turned every 90 days, and lets the agents of chosen services use it", async () => {
    const run = await registered(keyOnGcp({ ...onGcp, agents: ["compute", "gke", "storage"] }));
    expect(only(run, "gcp:kms/cryptoKey:CryptoKey").inputs).toMatchObject({
      purpose: "ENCRYPT_DECRYPT",
      rotationPeriod: "7776000s",
      destroyScheduledDuration: "2592000s",
    });
    // What a key encrypted may be wanted when its stack is gone.
    for (const type of ["gcp:kms/keyRing:KeyRing", "gcp:kms/cryptoKey:CryptoKey"]) {
      expect(only(run, type)).toMatchObject({ protect: true, retainOnDelete: true });
    }
    const members = ofType(run, "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember");
    expect(members.map(({ inputs }) => inputs["member"])).toEqual([
      "serviceAccount:service-123456789012@compute-system.iam.gserviceaccount.com",
      "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com",
      "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com",
    ]);
  });

  it("gives its name away once it may be used", async () => {
    const program = () => {
      const provider = new gcp.Provider("europe-west4", { project: "support" });
      const { keyName } = new GcpFleetKey("key", onGcp, { provider });
      new gcp.storage.Bucket("user", {
        location: "EU",
        encryption: { defaultKmsKeyName: keyName },
      });
      return undefined;
    };
    const { dependencies } = only(await registered(program), "gcp:storage/bucket:Bucket");
    expect(dependencies.filter((urn) => urn.includes("CryptoKeyIAMMember"))).toHaveLength(2);
  });

  it.each<[string, Partial<GcpFleetKeyArgs>]>([
    ["location", { location: "europe" }],
    ["projectNumber", { projectNumber: "acme" }],
    ["rotationDays", { rotationDays: 0 }],
    ["agents", { agents: ["gke", "gke"] }],
  ])("fails when %s cannot be", async (propertyPath, change) => {
    await expect(registered(keyOnGcp({ ...onGcp, ...change }))).rejects.toMatchObject({
      propertyPath,
    });
  });
});
