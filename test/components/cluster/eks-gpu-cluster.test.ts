import { beforeAll, describe, expect, it } from "@jest/globals";
import * as aws from "@pulumi/aws";
import { EksGpuCluster, type EksGpuClusterArgs } from "../../../components/cluster";
import { describeComponentLaws } from "../../support/component-laws";
import { describeWithRules, evaluateRules } from "../../support/crd/check-rules";
import { structureProblems } from "../../support/crd/check-structure";
import { describeWithDefinitions } from "../../support/crd/definitions";
import { customResources } from "../../support/crd/manifest";
import { type EngineRun, ofType, only } from "../../support/mini-engine/engine-run";
import { deletionOrder } from "../../support/mini-engine/engine-state";
import { registered } from "../../support/mini-engine/in-process";

const world = {
  invokes: {
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
  },
};

const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/region";

const minimal: EksGpuClusterArgs = {
  region: "us-east-1",
  version: "1.34",
  kmsKeyArn,
  vpcId: "vpc-1",
  subnetIds: { "us-east-1a": "subnet-a1", "us-east-1b": "subnet-b1" },
  administrators: { deployer: "arn:aws:iam::123456789012:role/deployer" },
  drainSeconds: 600,
  gpuNodes: { by: "karpenter", amiVersion: "v20261115" },
  pools: {
    h100: {
      instanceType: "p5.48xlarge",
      accelerators: { type: "h100", count: 8 },
      capacity: [
        { kind: "reserved", nodesMax: 2, reservations: ["cr-0a1"] },
        { kind: "on-demand", nodesMax: 4 },
        { kind: "spot", nodesMax: 6 },
      ],
      localDisks: 8,
    },
    span: {
      instanceType: "p5en.48xlarge",
      accelerators: { type: "h200", count: 8 },
      zones: ["us-east-1b"],
      fabric: "rdma",
      networkCards: 16,
      capacity: [{ kind: "capacity-block", nodesMax: 4, reservations: ["cr-0b1", "cr-0b2"] }],
    },
  },
};

const managed: Partial<EksGpuClusterArgs> = {
  gpuNodes: { by: "managed-node-groups", releaseVersion: "1.34.2-20261115" },
  pools: {
    ...minimal.pools,
    span: {
      ...minimal.pools["span"]!,
      capacity: [{ kind: "capacity-block", nodesMax: 4, reservations: ["cr-0b1"] }],
    },
  },
};

function cluster(args: Partial<EksGpuClusterArgs> = {}) {
  return (): Record<string, unknown> => {
    const provider = new aws.Provider("us-east-1", { region: "us-east-1" });
    const made = new EksGpuCluster("support", { ...minimal, ...args }, { provider });
    return { clusterName: made.clusterName, kubeconfig: made.kubeconfig, pools: made.pools };
  };
}

describeComponentLaws({ name: "eks-gpu-cluster", program: cluster(), world });
describeComponentLaws({ name: "eks-gpu-cluster-managed", program: cluster(managed), world });

const CLUSTER = "aws:eks/cluster:Cluster";
const NODE_GROUP = "aws:eks/nodeGroup:NodeGroup";
const NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool";
const NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass";

describe("EksGpuCluster", () => {
  let run: EngineRun;
  beforeAll(async () => {
    run = await registered(cluster(), world);
  });

  it("has a control plane that is private, encrypted, recorded and protected", () => {
    const made = only(run, CLUSTER);
    expect(made.protect).toBe(true);
    expect(made.inputs).toMatchObject({
      name: "support",
      version: "1.34",
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
      encryptionConfig: { provider: { keyArn: kmsKeyArn }, resources: ["secrets"] },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      zonalShiftConfig: { enabled: true },
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: true,
    });
    const records = only(run, "aws:cloudwatch/logGroup:LogGroup");
    expect(records).toMatchObject({
      protect: true,
      inputs: { name: "/aws/eks/support/cluster", retentionInDays: 365, kmsKeyId: kmsKeyArn },
    });
    expect(made.dependencies).toContain(records.urn);
  });

  it("encrypts whatever it keeps with the key that it is given, which Karpenter may use for it", () => {
    expect(ofType(run, "aws:kms/key:Key")).toEqual([]);
    expect(only(run, "aws:sqs/queue:Queue").inputs["kmsMasterKeyId"]).toBe(kmsKeyArn);
    const [system] = only(run, "aws:ec2/launchTemplate:LaunchTemplate").inputs[
      "blockDeviceMappings"
    ] as readonly { readonly ebs: object }[];
    expect(system!.ebs).toMatchObject({ encrypted: "true", kmsKeyId: kmsKeyArn });
    const policy = only(run, "aws:iam/rolePolicy:RolePolicy").inputs["policy"];
    const { Statement: statements } = JSON.parse(String(policy)) as {
      readonly Statement: readonly {
        readonly Action: string | readonly string[];
        readonly Resource: string;
        readonly Condition?: object;
      }[];
    };
    const withKey = statements.filter(({ Action }) =>
      [Action].flat().some((one) => one.startsWith("kms:")),
    );
    // What docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html asks of who starts an instance.
    expect(withKey.flatMap(({ Action }) => Action)).toEqual(
      expect.arrayContaining([
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ]),
    );
    for (const { Resource, Condition } of withKey) {
      expect(Resource).toBe(kmsKeyArn);
      expect(JSON.stringify(Condition)).toMatch(/"kms:ViaService":"(ec2|sqs)\.us-east-1/);
    }
  });

  it("lets in from the internet only whom it is told to", async () => {
    const open = await registered(cluster({ publicAccessCidrs: ["192.0.2.0/24"] }), world);
    expect(only(open, CLUSTER).inputs["vpcConfig"]).toMatchObject({
      endpointPublicAccess: true,
      publicAccessCidrs: ["192.0.2.0/24"],
    });
  });

  it("lets its administrators in before anything is put into the cluster", () => {
    const access = only(run, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
    expect(access.inputs).toMatchObject({
      principalArn: "arn:aws:iam::123456789012:role/deployer",
      accessScope: { type: "cluster" },
    });
    expect(only(run, "pulumi:providers:kubernetes").dependencies).toContain(access.urn);
  });

  it("names its cluster by what stays, so that nothing in it is replaced with its address", () => {
    expect(only(run, "pulumi:providers:kubernetes").inputs).toMatchObject({
      clusterIdentifier: "arn:aws:probe:::Cluster/support",
    });
    const kubeconfig = JSON.parse(run.stackOutputs.values["kubeconfig"] as string);
    expect(kubeconfig.users[0].user.exec.args).toEqual(
      expect.arrayContaining(["--cluster-name", "support", "--region", "us-east-1"]),
    );
    expect(JSON.stringify(kubeconfig)).not.toMatch(/token":|password|client-key/);
  });

  it("with Karpenter makes a NodePool for each kind of capacity, in the order of the kinds", () => {
    const specs = Object.fromEntries(
      ofType(run, NODE_POOL).map(({ inputs }) => [
        (inputs["metadata"] as { name: string }).name,
        inputs["spec"] as Record<string, unknown>,
      ]),
    );
    expect(Object.keys(specs).sort()).toEqual([
      "h100-on-demand",
      "h100-reserved",
      "h100-spot",
      "span-capacity-block",
    ]);
    expect(specs["h100-reserved"]).toMatchObject({
      weight: 100,
      limits: { nodes: "2", "nvidia.com/gpu": "16" },
    });
    expect(specs["h100-on-demand"]).toMatchObject({
      weight: 99,
      limits: { nodes: "4", "nvidia.com/gpu": "32" },
      disruption: { consolidationPolicy: "WhenEmpty", budgets: [{ nodes: "1" }] },
      template: {
        metadata: { labels: { "capplan/pool": "h100", "capplan/capacity": "on-demand" } },
        spec: {
          terminationGracePeriod: "600s",
          expireAfter: "Never",
          taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" }],
          requirements: [
            { key: "node.kubernetes.io/instance-type", operator: "In", values: ["p5.48xlarge"] },
            {
              key: "topology.kubernetes.io/zone",
              operator: "In",
              values: ["us-east-1a", "us-east-1b"],
            },
            { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
          ],
        },
      },
    });
    const block = specs["span-capacity-block"] as {
      template: { spec: { requirements: unknown[] } };
    };
    expect(block.template.spec.requirements).toContainEqual({
      key: "karpenter.k8s.aws/capacity-reservation-type",
      operator: "In",
      values: ["capacity-block"],
    });
  });

  it("with Karpenter pins the image, encrypts disks and uses local ones", () => {
    const spec = only(run, NODE_CLASS, "support-karpenter-h100-reserved-class").inputs["spec"];
    expect(spec).toMatchObject({
      amiSelectorTerms: [{ alias: "al2023@v20261115" }],
      instanceStorePolicy: "RAID0",
      capacityReservationSelectorTerms: [{ id: "cr-0a1" }],
      subnetSelectorTerms: [{ id: "subnet-a1" }, { id: "subnet-b1" }],
      metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ ebs: { encrypted: true, volumeSize: "200Gi" } }],
      tags: { "capplan:pool": "h100", "capplan:region": "us-east-1" },
    });
    const span = only(run, NODE_CLASS, "support-karpenter-span-capacity-block-class").inputs[
      "spec"
    ] as Record<string, unknown[]>;
    expect(span["networkInterfaces"]).toHaveLength(17);
    expect(span["subnetSelectorTerms"]).toEqual([{ id: "subnet-b1" }]);
    expect(span["securityGroupSelectorTerms"]).toHaveLength(2);
  });

  it("with Karpenter installs definitions first, and has it stop its nodes before it goes", () => {
    const definitions = only(run, "kubernetes:helm.sh/v3:Release", "support-karpenter-definitions");
    const controller = only(run, "kubernetes:helm.sh/v3:Release", "support-karpenter-controller");
    expect(controller.dependencies).toContain(definitions.urn);
    expect(controller.inputs).toMatchObject({ version: "1.14.1", skipCrds: true });
    for (const pool of [...ofType(run, NODE_POOL), ...ofType(run, NODE_CLASS)]) {
      // Were they left to go with the cluster, nobody would stop the instances.
      expect(pool.deletedWith).toBe("");
      expect(pool.customTimeouts.delete).toBe("2400s");
    }
    const system = only(run, NODE_GROUP);
    const order = deletionOrder(run.resources);
    const at = (urn: string) => order.indexOf(urn);
    for (const nodeClass of ofType(run, NODE_CLASS)) {
      expect(at(nodeClass.urn)).toBeLessThan(at(system.urn));
    }
    expect(controller.deletedWith).toBe(only(run, CLUSTER).urn);
    for (const nodeClass of ofType(run, NODE_CLASS)) {
      expect(nodeClass.dependencies).toContain(controller.urn);
    }
  });

  it("leaves to EKS the entry of the role that system nodes and Karpenter's share", () => {
    const [nodeClass] = ofType(run, NODE_CLASS);
    const role = only(run, "aws:iam/role:Role", "support-node");
    expect(nodeClass!.inputs["spec"]).toMatchObject({ role: "support-node-0000000" });
    expect(only(run, NODE_GROUP).propertyDependencies["nodeRoleArn"]).toEqual([role.urn]);
    // EKS makes it with the node group, and refuses a second one.
    const entries = ofType(run, "aws:eks/accessEntry:AccessEntry");
    expect(entries.map(({ name }) => name)).toEqual(["support-administrator-deployer"]);
  });

  it("lets spot capacity begin where an account never had any", () => {
    const karpenter = only(run, "aws:iam/rolePolicy:RolePolicy", "support-karpenter-identity");
    expect(JSON.parse(karpenter.inputs["policy"] as string).Statement).toContainEqual(
      expect.objectContaining({
        Action: "iam:CreateServiceLinkedRole",
        Condition: { StringEquals: { "iam:AWSServiceName": "spot.amazonaws.com" } },
      }),
    );
  });

  it("gives pods disks that are encrypted, without being asked", () => {
    const addon = only(run, "aws:eks/addon:Addon", "support-addon-aws-ebs-csi-driver");
    expect(addon.inputs["podIdentityAssociations"]).toMatchObject([
      { serviceAccount: "ebs-csi-controller-sa" },
    ]);
    const disks = only(run, "kubernetes:storage.k8s.io/v1:StorageClass");
    expect(disks.dependencies).toContain(addon.urn);
    expect(disks.inputs).toMatchObject({
      metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
      provisioner: "ebs.csi.aws.com",
      parameters: { type: "gp3", encrypted: "true" },
      volumeBindingMode: "WaitForFirstConsumer",
    });
  });

  it("sets the size of the system nodes where nothing else does", async () => {
    const grown = await registered(cluster({ systemNodes: { nodesMin: 5 } }), world);
    expect(only(grown, NODE_GROUP)).toMatchObject({
      ignoreChanges: [],
      inputs: { scalingConfig: { minSize: 5, desiredSize: 5, maxSize: 6 } },
    });
  });

  it("with managed groups says the kind of capacity in EKS's own words", async () => {
    const byGroups = await registered(cluster(managed), world);
    const kinds = ofType(byGroups, NODE_GROUP).map(({ name, inputs }) => [
      name,
      inputs["capacityType"],
    ]);
    expect(kinds).toEqual([
      ["support-gpu-h100-on-demand", "ON_DEMAND"],
      ["support-gpu-h100-reserved", "ON_DEMAND"],
      ["support-gpu-h100-spot", "SPOT"],
      ["support-gpu-span-capacity-block", "CAPACITY_BLOCK"],
      ["support-system", "ON_DEMAND"],
    ]);
    expect(only(byGroups, NODE_GROUP, "support-gpu-h100-spot")).toMatchObject({
      ignoreChanges: ["scalingConfig.desiredSize"],
      inputs: {
        amiType: "AL2023_x86_64_NVIDIA",
        releaseVersion: "1.34.2-20261115",
        scalingConfig: { minSize: 0, maxSize: 6 },
        taints: [{ key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" }],
      },
    });
    const template = only(
      byGroups,
      "aws:ec2/launchTemplate:LaunchTemplate",
      "support-gpu-span-capacity-block",
    );
    expect(template.inputs).toMatchObject({
      instanceType: "p5en.48xlarge",
      instanceMarketOptions: { marketType: "capacity-block" },
      capacityReservationSpecification: {
        capacityReservationTarget: { capacityReservationId: "cr-0b1" },
      },
    });
    expect(template.inputs["networkInterfaces"]).toHaveLength(17);
    const disks = only(byGroups, "aws:ec2/launchTemplate:LaunchTemplate", "support-gpu-h100-spot");
    const userData = Buffer.from(disks.inputs["userData"] as string, "base64").toString();
    expect(userData).toContain("strategy: RAID0");
  });

  it("tells serving how pods get onto each pool", () => {
    expect(run.stackOutputs.values["pools"]).toMatchObject({
      h100: {
        nodeSelector: { "capplan/pool": "h100" },
        gpuResource: "nvidia.com/gpu",
        gpusPerNode: 8,
        nodesMax: 12,
      },
    });
  });

  it("can be taken down in development", async () => {
    const loose = await registered(cluster({ isProtected: false }), world);
    expect(loose.resources.filter(({ protect }) => protect)).toEqual([]);
    expect(only(loose, CLUSTER).inputs["deletionProtection"]).toBe(false);
  });

  const refused: readonly [string, Partial<EksGpuClusterArgs>][] = [
    ["version", { version: "1.34.2" }],
    ["administrators", { administrators: {} }],
    ["publicAccessCidrs[0]", { publicAccessCidrs: ["0.0.0.0/0"] }],
    ["gpuNodes.amiVersion", { gpuNodes: { by: "karpenter", amiVersion: "latest" } }],
    [
      "gpuNodes.releaseVersion",
      { ...managed, gpuNodes: { by: "managed-node-groups", releaseVersion: "1.33.2-20261115" } },
    ],
    ["drainSeconds", { drainSeconds: 1 }],
    ["systemNodes.nodesMin", { systemNodes: { nodesMin: 4, nodesMax: 3 } }],
    [
      "pools.span.capacity[0].reservations",
      { gpuNodes: { by: "managed-node-groups", releaseVersion: "1.34.2-20261115" } },
    ],
  ];
  it.each(refused)("fails when %s cannot be provisioned", async (propertyPath, args) => {
    await expect(registered(cluster(args), world)).rejects.toMatchObject({ propertyPath });
  });
});

/** Objects whose definitions are Karpenter's; a StorageClass is the server's own. */
const ofKarpenter = ({ resources }: EngineRun) =>
  customResources(resources).filter(({ apiVersion }) => apiVersion.startsWith("karpenter."));

describeWithDefinitions("objects of Kubernetes that EksGpuCluster makes", () => {
  let run: EngineRun;
  beforeAll(async () => {
    run = await registered(cluster(), world);
  });

  it("have the structure of Karpenter's definitions", () => {
    const manifests = ofKarpenter(run);
    expect(manifests).toHaveLength(8);
    expect(manifests.flatMap(structureProblems)).toEqual([]);
  });

  it("fails when a field is misspelt", () => {
    const [manifest] = ofKarpenter(run);
    const spec = { ...(manifest!["spec"] as object), instanceStorePolcy: "RAID0" };
    expect(structureProblems({ ...manifest!, spec })).toHaveLength(1);
  });

  describeWithRules("rules", () => {
    it("are kept", async () => {
      const results = ofKarpenter(await registered(cluster(), world)).map(evaluateRules);
      expect(results.flatMap(({ problems }) => problems)).toEqual([]);
      expect(results.reduce((sum, { evaluated }) => sum + evaluated, 0)).toBeGreaterThan(100);
    });

    it("fail when a role is missing", async () => {
      const { resources } = await registered(cluster(), world);
      const [manifest] = customResources(resources).filter(({ kind }) => kind === "EC2NodeClass");
      const { role: _role, ...spec } = manifest!["spec"] as { role: string };
      expect(evaluateRules({ ...manifest!, spec }).problems.length).toBeGreaterThan(0);
    });
  });
});
