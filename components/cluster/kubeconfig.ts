/**
 * How kubectl, and Pulumi's provider, reach a cluster. Both forms hold no credentials: a token is made for whoever
 * runs them.
 */
import * as pulumi from "@pulumi/pulumi";

/** A cluster's address and how a token for it is made. */
interface Access {
  readonly name: string;
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly exec: Readonly<Record<string, unknown>>;
}

function kubeconfig({ name, cluster, exec }: Access): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [
      { name, user: { exec: { interactiveMode: "Never", provideClusterInfo: true, ...exec } } },
    ],
  });
}

/** For EKS: needs the AWS command line. */
export function eksKubeconfig(cluster: {
  readonly name: pulumi.Input<string>;
  readonly region: string;
  readonly endpoint: pulumi.Input<string>;
  readonly certificateAuthority: pulumi.Input<string>;
}): pulumi.Output<string> {
  return pulumi.output(cluster).apply(({ name, region, endpoint, certificateAuthority }) =>
    kubeconfig({
      name,
      cluster: { server: endpoint, "certificate-authority-data": certificateAuthority },
      exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: "aws",
        args: ["eks", "get-token", "--cluster-name", name, "--region", region, "--output", "json"],
        provideClusterInfo: false,
      },
    }),
  );
}

/** For GKE over its DNS endpoint, whose certificate is a public one: needs gke-gcloud-auth-plugin. */
export function gkeKubeconfig(cluster: {
  readonly name: pulumi.Input<string>;
  readonly endpoint: pulumi.Input<string>;
}): pulumi.Output<string> {
  return pulumi.output(cluster).apply(({ name, endpoint }) =>
    kubeconfig({
      name,
      cluster: { server: `https://${endpoint}` },
      exec: {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: "gke-gcloud-auth-plugin",
        installHint: "gcloud components install gke-gcloud-auth-plugin",
      },
    }),
  );
}
