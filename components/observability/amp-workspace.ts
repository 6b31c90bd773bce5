/** The workspace of Amazon Managed Service for Prometheus: who writes, who reads, its rules, and who is told of alerts. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { awsTags } from "../foundation/allocation";
import { childName } from "../foundation/child-name";
import { transformed } from "../foundation/transform";
import type { AmpArgs } from "./fleet-monitoring-args";
import { rulesFile } from "./fleet-rules";
import type { MonitoringPlace } from "./monitoring-place";
import { GRAFANA_ACCOUNT, PROMETHEUS_ACCOUNT, type WorkspaceAddress } from "./prometheus-values";

/** What a workspace gives to the cluster. */
export interface AmpWorkspace extends WorkspaceAddress {
  readonly workspace: aws.amp.Workspace;
  /** Rights that pods need before they start. */
  readonly ready: readonly pulumi.Resource[];
}

/** Makes it. */
export function createAmpWorkspace(place: MonitoringPlace, backend: AmpArgs): AmpWorkspace {
  const { name, args, awsOpts, allocation, groups } = place;
  const tags = awsTags(allocation);
  const workspaceName = childName(name, "workspace");
  const workspace = new aws.amp.Workspace(
    ...transformed<aws.amp.WorkspaceArgs>(
      args.transform?.workspace,
      workspaceName,
      {
        alias: workspaceName,
        ...(backend.kmsKeyArn === undefined ? {} : { kmsKeyArn: backend.kmsKeyArn }),
        tags,
      },
      { ...awsOpts, protect: backend.isProtected ?? true },
    ),
  );
  new aws.amp.WorkspaceConfiguration(
    workspaceName,
    { workspaceId: workspace.id, retentionPeriodInDays: backend.retentionDays ?? 150 },
    awsOpts,
  );
  new aws.amp.RuleGroupNamespace(
    childName(name, "rules"),
    { workspaceId: workspace.id, name: "capplan", data: rulesFile(groups), tags },
    awsOpts,
  );
  createAlertManager(place, backend, workspace);
  const url = (path: string) => pulumi.interpolate`${workspace.prometheusEndpoint}${path}`;
  return {
    workspace,
    writeUrl: url("api/v1/remote_write"),
    queryUrl: workspace.prometheusEndpoint,
    clusterName: backend.clusterName,
    ready: [
      createAccess(place, backend, workspace, "writer", PROMETHEUS_ACCOUNT, ["aps:RemoteWrite"]),
      createAccess(place, backend, workspace, "reader", GRAFANA_ACCOUNT, [
        "aps:GetLabels",
        "aps:GetMetricMetadata",
        "aps:GetSeries",
        "aps:QueryMetrics",
      ]),
    ],
  };
}

function createAlertManager(
  { name, awsOpts }: MonitoringPlace,
  { snsTopicArn, region }: AmpArgs,
  workspace: aws.amp.Workspace,
): void {
  if (snsTopicArn === undefined) return;
  const definition = pulumi.jsonStringify({
    // A file within a file: the service reads its own keys first.
    alertmanager_config: pulumi.jsonStringify({
      route: {
        receiver: "topic",
        group_by: ["alertname", "workload", "pool"],
        group_wait: "30s",
        group_interval: "5m",
        repeat_interval: "12h",
      },
      receivers: [
        {
          name: "topic",
          sns_configs: [{ topic_arn: snsTopicArn, sigv4: { region }, send_resolved: true }],
        },
      ],
    }),
  });
  new aws.amp.AlertManagerDefinition(
    childName(name, "alertmanager"),
    { workspaceId: workspace.id, definition },
    awsOpts,
  );
}

/** A role for one service account, by EKS Pod Identity. */
function createAccess(
  { name, awsOpts, allocation, namespace }: MonitoringPlace,
  { clusterName }: AmpArgs,
  workspace: aws.amp.Workspace,
  what: string,
  serviceAccount: string,
  actions: readonly string[],
): aws.eks.PodIdentityAssociation {
  const roleName = childName(name, what);
  const tags = awsTags(allocation);
  const role = new aws.iam.Role(
    roleName,
    {
      description: `Lets ${namespace}/${serviceAccount} use a workspace of Prometheus`,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "pods.eks.amazonaws.com" },
            Action: ["sts:AssumeRole", "sts:TagSession"],
            Condition: {
              StringEquals: {
                "aws:RequestTag/kubernetes-namespace": namespace,
                "aws:RequestTag/kubernetes-service-account": serviceAccount,
              },
            },
          },
        ],
      }),
      tags,
    },
    awsOpts,
  );
  const policy = new aws.iam.RolePolicy(
    roleName,
    {
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: actions, Resource: workspace.arn }],
      }),
    },
    awsOpts,
  );
  return new aws.eks.PodIdentityAssociation(
    roleName,
    { clusterName, namespace, serviceAccount, roleArn: role.arn, tags },
    { ...awsOpts, dependsOn: [policy] },
  );
}
