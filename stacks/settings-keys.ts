/**
 * The keys of each layer's configuration, each with what it means. What the plan says is never asked for here: only
 * accounts, names, images and addresses, and what a person may decide about one place.
 */
import { z } from "zod";

const text = (description: string) => z.string().min(1).meta({ description });
const texts = (description: string) => z.array(z.string().min(1)).min(1).meta({ description });
const flag = (description: string, otherwise: boolean) =>
  z
    .enum(["true", "false"])
    .transform((value) => value === "true")
    .default(otherwise)
    .meta({ description });
const image = (description: string) =>
  z
    .string()
    .regex(
      /@sha256:[0-9a-f]{64}$/,
      "must name an image by its digest, ending in @sha256: and 64 digits",
    )
    .meta({ description });
const form = (pattern: RegExp, must: string, description: string) =>
  z.string().regex(pattern, must).meta({ description });

/** Keys that `capplan stacks` writes, and one for all layers. */
export const planKeys = {
  layer: text("foundation, serving or edge"),
  place: text("Region, or fleet"),
  plan: text("File of the plan, relative to Pulumi.yaml"),
  planDigest: form(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits", "Digest of the plan"),
  isProtected: flag("Whether what holds data or cannot be made again is protected", true),
};

const cloudSecrets = z
  .array(z.enum(["certificate", "alertmanager", "client-keys"]))
  .min(1)
  .refine((names) => new Set(names).size === names.length, "must name each once")
  .meta({
    description:
      "Secrets that the cloud's secret manager keeps; the same in foundation and serving layer of a region",
  });
const projectNumber = form(/^\d+$/, "must be digits only", "Number of the Google Cloud project");
const zones = texts("Zones with GPU nodes, as many as the plan spreads replicas over");

export const foundationKeys = {
  zones: zones.optional(),
  cidrBlock: text("Block of addresses of the network").optional(),
  nat: z
    .enum(["per-zone", "single", "none"])
    .optional()
    .meta({ description: "How nodes reach the internet on AWS; one gateway is cheaper" }),
  administrators: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: "Roles of AWS that administer the cluster, by a short name" }),
  kubernetesVersion: text("Version of Kubernetes on EKS").default("1.34"),
  amiVersion: text("Release of EKS's image with NVIDIA's driver").default("v20261115"),
  publicAccessCidrs: texts("Who reaches the control plane of EKS from the internet").optional(),
  projectNumber: projectNumber.optional(),
  cloudSecrets: cloudSecrets.optional(),
  capacityBlocks: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .meta({ description: "Capacity Blocks of AWS by pool, as the plan names it" }),
  notify: texts(
    "Topics of SNS, or notification channels of Google Cloud, that hear of alarms",
  ).optional(),
};

const speculation = z.strictObject({
  method: z.enum(["ngram", "draft_model", "eagle", "eagle3", "mtp"]),
  weightsFolder: z.string().optional(),
});
const model = z.strictObject({
  prefix: z.string().optional(),
  sizeGib: z.number().positive().optional(),
  quantization: z
    .enum([
      "awq",
      "awq_marlin",
      "compressed-tensors",
      "fp8",
      "gptq",
      "gptq_marlin",
      "modelopt",
      "modelopt_fp4",
      "mxfp4",
    ])
    .optional(),
  speculation: speculation.optional(),
});

const IPV4_BLOCK = /^(\d{1,3}\.){3}\d{1,3}\/([12]?\d|3[0-2])$/;
const jwt = z.strictObject({
  issuer: z.string().min(1),
  jwksUri: z.string().min(1),
  audiences: z.array(z.string().min(1)).min(1),
  tenantClaim: z.string().min(1).optional(),
});

export const servingKeys = {
  foundation: text("Stack with the foundation of the region"),
  domain: form(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
    "must be a name of DNS, in lower case",
    "Below it each model has a host",
  ),
  certificateSecret: text(
    "Secret of the namespace serving with the certificate of *.domain",
  ).default("serving-certificate"),
  clientKeysSecret: text(
    "Secret of the namespace serving with the keys of clients, each under the name of its client",
  ).default("client-keys"),
  jwt: jwt
    .optional()
    .meta({ description: "The identity provider whose tokens clients show in place of keys" }),
  isOpen: flag("Whether whoever reaches the gateway is answered without a key or token", false),
  sourceCidrs: z
    .array(form(IPV4_BLOCK, 'must be an IPv4 block, such as "203.0.113.0/24"', "Block"))
    .min(1)
    .optional()
    .meta({
      description:
        "Who may connect to the gateway, as IPv4 blocks: everybody, unless named. The health checks of DNS must be among them",
    }),
  engineImage: image("Image of vLLM, by digest"),
  weightsImage: image("Image of rclone, which fetches weights, by digest"),
  pickerImage: image("Image of the endpoint picker, by digest").optional(),
  sidecarImage: image(
    "Image of the sidecar of decode replicas, by digest, for prefill and decode apart",
  ).optional(),
  weightsBucket: text("Bucket of the region with the weights, a folder for each model"),
  weightsKmsKeyArn: text("Key of the bucket on AWS").optional(),
  models: z
    .record(z.string(), model)
    .optional()
    .meta({ description: "What the plan does not say of a model's files, by its name" }),
  cloudSecrets: cloudSecrets.optional(),
  redisUrl: text("Redis that counts rates over all processes, HOST:PORT; a secret").optional(),
  alertmanagerSecret: text("Secret with alertmanager.yaml, which says who is told").optional(),
  runbookUrl: text("Where people read what to do; the alert's name is added after #").optional(),
  projectNumber: projectNumber.optional(),
  zones: zones.optional(),
};

export const edgeKeys = {
  serving: texts("Stacks with the serving layer of each region"),
  domain: servingKeys.domain,
  route53ZoneId: text("Hosted zone of the domain in Route 53").optional(),
  managedZone: text("Managed zone of the domain in Cloud DNS").optional(),
  sourceRegions: texts("The three regions of Google Cloud that check for Cloud DNS").optional(),
  notify: texts("Topics of SNS in us-east-1 that hear of a region's loss").optional(),
  drained: texts("Regions that DNS takes for unhealthy: a drill").optional(),
  hasAuditTrail: flag(
    "Whether who did what is recorded: one trail for an account or project",
    true,
  ),
  budgetEmails: texts("Who hears of the budget of AWS").optional(),
  billingAccount: text("Account of Cloud Billing, for the budget of Google Cloud").optional(),
  projectNumber: projectNumber.optional(),
  zones: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .meta({ description: "Zones of regions whose stacks name others than the first" }),
};
