/**
 * What the clouds accept where the types of the SDKs say only `string` or `number`, each row with its source. Every
 * resource that a component registers is held against this table; a component that uses another such field adds a row.
 */
import type { RegisteredResource } from "./mini-engine/registered-resource";
import { UNKNOWN } from "./mini-engine/wire-values";

/** The values that a field may have. */
interface CloudRule {
  readonly type: string;
  /** Path of the field; `[]` stands for every item of a list. */
  readonly path: string;
  /** A set of values, or a range of numbers. */
  readonly allowed: readonly unknown[] | { readonly min: number; readonly max: number };
  readonly source: string;
}

const rule = (
  type: string,
  path: string,
  allowed: CloudRule["allowed"],
  source: string,
): CloudRule => ({ type, path, allowed, source });

const AMP = "docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html";
const BUDGETS = "docs.aws.amazon.com/aws-cost-management/latest/APIReference";
const EC2 = "docs.aws.amazon.com/AWSEC2/latest/APIReference";
const LOGS = "docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference PutRetentionPolicy";
const EKS = "docs.aws.amazon.com/eks/latest/APIReference";
const SQS = "docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference";
const CONTAINER = "cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations";
const COMPUTE = "cloud.google.com/compute/docs/reference/rest/v1";
const CLOUDWATCH = "docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference PutMetricAlarm";
const PUBSUB = "cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions";
const ALERTS = "cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies";
const ELB = "docs.aws.amazon.com/elasticloadbalancing/latest/APIReference";
const KUBERNETES = "kubernetes.io/docs/reference/kubernetes-api";
const ROUTE53 = "docs.aws.amazon.com/Route53/latest/APIReference";
const S3 = "docs.aws.amazon.com/AmazonS3/latest/API";
const WAF = "docs.aws.amazon.com/waf/latest/APIReference";
const BINARY_AUTHORIZATION = "cloud.google.com/binary-authorization/docs/reference/rest/v1/Policy";
const LB_POLICY = "cloud.google.com/load-balancing/docs/service-lb-policy";

// biome-ignore format: one line per rule
const cloudRules: readonly CloudRule[] = [
  rule("aws:amp/workspaceConfiguration:WorkspaceConfiguration", "retentionPeriodInDays", { min: 1, max: 1095 }, AMP),
  rule("aws:ec2/eip:Eip", "domain", ["vpc", "standard"], `${EC2} AllocateAddress`),
  rule("aws:ec2/flowLog:FlowLog", "trafficType", ["ACCEPT", "REJECT", "ALL"], `${EC2} CreateFlowLogs`),
  rule("aws:ec2/flowLog:FlowLog", "logDestinationType", ["cloud-watch-logs", "s3", "kinesis-data-firehose"], `${EC2} CreateFlowLogs`),
  rule("aws:ec2/flowLog:FlowLog", "maxAggregationInterval", [60, 600], `${EC2} CreateFlowLogs`),
  rule("aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType", ["Interface", "Gateway", "GatewayLoadBalancer", "Resource", "ServiceNetwork"], `${EC2} CreateVpcEndpoint`),
  rule("aws:cloudwatch/logGroup:LogGroup", "retentionInDays", [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], LOGS),
  rule("aws:cloudwatch/metricAlarm:MetricAlarm", "comparisonOperator", ["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"], CLOUDWATCH),
  rule("aws:cloudwatch/metricAlarm:MetricAlarm", "statistic", ["SampleCount", "Average", "Sum", "Minimum", "Maximum"], CLOUDWATCH),
  rule("aws:cloudwatch/metricAlarm:MetricAlarm", "treatMissingData", ["breaching", "notBreaching", "ignore", "missing"], CLOUDWATCH),
  rule("aws:lb/listener:Listener", "protocol", ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"], `${ELB} CreateListener`),
  rule("aws:lb/listener:Listener", "tcpIdleTimeoutSeconds", { min: 60, max: 6000 }, `${ELB} ListenerAttribute`),
  rule("aws:lb/loadBalancer:LoadBalancer", "dnsRecordClientRoutingPolicy", ["availability_zone_affinity", "partial_availability_zone_affinity", "any_availability_zone"], `${ELB} LoadBalancerAttribute`),
  rule("aws:lb/loadBalancer:LoadBalancer", "idleTimeout", { min: 1, max: 4000 }, `${ELB} LoadBalancerAttribute`),
  rule("aws:lb/loadBalancer:LoadBalancer", "loadBalancerType", ["application", "network", "gateway"], `${ELB} CreateLoadBalancer`),
  rule("aws:lb/targetGroup:TargetGroup", "deregistrationDelay", { min: 0, max: 3600 }, `${ELB} TargetGroupAttribute`),
  rule("aws:lb/targetGroup:TargetGroup", "healthCheck.interval", { min: 5, max: 300 }, `${ELB} CreateTargetGroup`),
  rule("aws:lb/targetGroup:TargetGroup", "healthCheck.healthyThreshold", { min: 2, max: 10 }, `${ELB} CreateTargetGroup`),
  rule("aws:lb/targetGroup:TargetGroup", "healthCheck.unhealthyThreshold", { min: 2, max: 10 }, `${ELB} CreateTargetGroup`),
  rule("aws:lb/targetGroup:TargetGroup", "healthCheck.protocol", ["HTTP", "HTTPS", "TCP", "TLS"], `${ELB} CreateTargetGroup`),
  rule("aws:lb/targetGroup:TargetGroup", "loadBalancingAlgorithmType", ["round_robin", "least_outstanding_requests", "weighted_random"], `${ELB} TargetGroupAttribute`),
  rule("aws:lb/targetGroup:TargetGroup", "protocol", ["HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP"], `${ELB} CreateTargetGroup`),
  rule("aws:lb/targetGroup:TargetGroup", "targetType", ["instance", "ip", "lambda", "alb"], `${ELB} CreateTargetGroup`),
  rule("aws:lb/targetGroup:TargetGroup", "targetHealthStates[].unhealthyDrainingInterval", { min: 0, max: 360_000 }, `${ELB} TargetGroupAttribute`),
  rule("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "ipProtocol", ["tcp", "udp", "icmp", "icmpv6", "-1"], `${EC2} AuthorizeSecurityGroupEgress`),
  rule("aws:route53/healthCheck:HealthCheck", "childHealthThreshold", { min: 0, max: 256 }, `${ROUTE53} HealthCheckConfig`),
  rule("aws:route53/healthCheck:HealthCheck", "failureThreshold", { min: 1, max: 10 }, `${ROUTE53} HealthCheckConfig`),
  rule("aws:route53/healthCheck:HealthCheck", "insufficientDataHealthStatus", ["Healthy", "Unhealthy", "LastKnownStatus"], `${ROUTE53} HealthCheckConfig`),
  rule("aws:route53/healthCheck:HealthCheck", "requestInterval", [10, 30], `${ROUTE53} HealthCheckConfig`),
  rule("aws:route53/healthCheck:HealthCheck", "type", ["HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP", "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"], `${ROUTE53} HealthCheckConfig`),
  rule("aws:route53/record:Record", "failoverRoutingPolicies[].type", ["PRIMARY", "SECONDARY"], `${ROUTE53} ResourceRecordSet`),
  rule("aws:route53/record:Record", "geolocationRoutingPolicies[].continent", ["AF", "AN", "AS", "EU", "NA", "OC", "SA"], `${ROUTE53} GeoLocation`),
  rule("aws:route53/record:Record", "weightedRoutingPolicies[].weight", { min: 0, max: 255 }, `${ROUTE53} ResourceRecordSet`),
  rule("aws:sqs/queue:Queue", "visibilityTimeoutSeconds", { min: 0, max: 43_200 }, `${SQS} SetQueueAttributes`),
  rule("aws:sqs/queue:Queue", "messageRetentionSeconds", { min: 60, max: 1_209_600 }, `${SQS} SetQueueAttributes`),
  rule("aws:sqs/queue:Queue", "receiveWaitTimeSeconds", { min: 0, max: 20 }, `${SQS} SetQueueAttributes`),
  rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "fromPort", { min: -1, max: 65535 }, `${EC2} AuthorizeSecurityGroupIngress`),
  rule("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ipProtocol", ["tcp", "udp", "icmp", "icmpv6", "-1"], `${EC2} AuthorizeSecurityGroupIngress`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "networkInterfaces[].interfaceType", ["interface", "efa", "efa-only"], `${EC2} LaunchTemplateInstanceNetworkInterfaceSpecificationRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "instanceMarketOptions.marketType", ["spot", "capacity-block"], `${EC2} LaunchTemplateInstanceMarketOptionsRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpTokens", ["required", "optional"], `${EC2} LaunchTemplateInstanceMetadataOptionsRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "metadataOptions.httpPutResponseHopLimit", { min: 1, max: 64 }, `${EC2} LaunchTemplateInstanceMetadataOptionsRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "blockDeviceMappings[].ebs.volumeType", ["standard", "io1", "io2", "gp2", "sc1", "st1", "gp3"], `${EC2} LaunchTemplateEbsBlockDeviceRequest`),
  rule("aws:ec2/launchTemplate:LaunchTemplate", "tagSpecifications[].resourceType", ["instance", "volume", "network-interface", "spot-instances-request"], `${EC2} LaunchTemplateTagSpecificationRequest`),
  rule("aws:eks/accessEntry:AccessEntry", "type", ["STANDARD", "FARGATE_LINUX", "EC2_LINUX", "EC2_WINDOWS", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX"], `${EKS} CreateAccessEntry`),
  rule("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "accessScope.type", ["cluster", "namespace"], `${EKS} AccessScope`),
  rule("aws:eks/addon:Addon", "resolveConflictsOnCreate", ["NONE", "OVERWRITE"], `${EKS} CreateAddon`),
  rule("aws:eks/addon:Addon", "resolveConflictsOnUpdate", ["NONE", "OVERWRITE", "PRESERVE"], `${EKS} UpdateAddon`),
  rule("aws:eks/cluster:Cluster", "accessConfig.authenticationMode", ["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"], `${EKS} CreateAccessConfigRequest`),
  rule("aws:eks/cluster:Cluster", "enabledClusterLogTypes[]", ["api", "audit", "authenticator", "controllerManager", "scheduler"], `${EKS} LogSetup`),
  rule("aws:eks/cluster:Cluster", "encryptionConfig.resources[]", ["secrets"], `${EKS} EncryptionConfig`),
  rule("aws:eks/cluster:Cluster", "upgradePolicy.supportType", ["STANDARD", "EXTENDED"], `${EKS} UpgradePolicyRequest`),
  rule("aws:eks/nodeGroup:NodeGroup", "amiType", ["AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA", "AL2023_x86_64_NEURON", "BOTTLEROCKET_x86_64", "BOTTLEROCKET_x86_64_NVIDIA"], `${EKS} CreateNodegroup`),
  rule("aws:eks/nodeGroup:NodeGroup", "capacityType", ["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"], `${EKS} CreateNodegroup`),
  rule("aws:eks/nodeGroup:NodeGroup", "taints[].effect", ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"], `${EKS} Taint`),
  rule("aws:eks/nodeGroup:NodeGroup", "scalingConfig.maxSize", { min: 1, max: 450 }, "docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"),
  rule("aws:kms/key:Key", "deletionWindowInDays", { min: 7, max: 30 }, "docs.aws.amazon.com/kms/latest/APIReference ScheduleKeyDeletion"),
  rule("aws:budgets/budget:Budget", "budgetType", ["USAGE", "COST", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE"], `${BUDGETS} Budget`),
  rule("aws:budgets/budget:Budget", "metrics", ["BlendedCost", "UnblendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost", "UsageQuantity", "NormalizedUsageAmount", "Hours"], `${BUDGETS} Budget`),
  rule("aws:budgets/budget:Budget", "timeUnit", ["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY", "CUSTOM"], `${BUDGETS} Budget`),
  rule("aws:budgets/budget:Budget", "notifications[].comparisonOperator", ["GREATER_THAN", "LESS_THAN", "EQUAL_TO"], `${BUDGETS} Notification`),
  rule("aws:budgets/budget:Budget", "notifications[].notificationType", ["ACTUAL", "FORECASTED"], `${BUDGETS} Notification`),
  rule("aws:budgets/budget:Budget", "notifications[].thresholdType", ["PERCENTAGE", "ABSOLUTE_VALUE"], `${BUDGETS} Notification`),
  rule("aws:budgets/budget:Budget", "notifications[].threshold", { min: 0, max: 15_000_000_000_000 }, `${BUDGETS} Notification`),
  rule("aws:budgets/budgetAction:BudgetAction", "actionType", ["APPLY_IAM_POLICY", "APPLY_SCP_POLICY", "RUN_SSM_DOCUMENTS"], `${BUDGETS} CreateBudgetAction`),
  rule("aws:budgets/budgetAction:BudgetAction", "approvalModel", ["AUTOMATIC", "MANUAL"], `${BUDGETS} CreateBudgetAction`),
  rule("aws:budgets/budgetAction:BudgetAction", "subscribers[].subscriptionType", ["SNS", "EMAIL"], `${BUDGETS} Subscriber`),
  rule("aws:costexplorer/anomalyMonitor:AnomalyMonitor", "monitorType", ["DIMENSIONAL", "CUSTOM"], `${BUDGETS} AnomalyMonitor`),
  rule("aws:costexplorer/anomalySubscription:AnomalySubscription", "frequency", ["DAILY", "IMMEDIATE", "WEEKLY"], `${BUDGETS} AnomalySubscription`),
  rule("aws:costexplorer/anomalySubscription:AnomalySubscription", "subscribers[].type", ["EMAIL", "SNS"], `${BUDGETS} Subscriber`),
  rule("aws:costexplorer/anomalySubscription:AnomalySubscription", "thresholdExpression.dimension.key", ["ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE"], `${BUDGETS} AnomalySubscription`),
  rule("aws:costexplorer/costAllocationTag:CostAllocationTag", "status", ["Active", "Inactive"], `${BUDGETS} CostAllocationTagStatusEntry`),
  rule("aws:cloudtrail/trail:Trail", "advancedEventSelectors[].fieldSelectors[].field", ["readOnly", "eventSource", "eventName", "eventCategory", "eventType", "resources.type", "resources.ARN", "userIdentity.arn", "sessionCredentialFromConsole", "errorCode", "vpcEndpointId"], "docs.aws.amazon.com/awscloudtrail/latest/APIReference AdvancedFieldSelector"),
  rule("aws:kms/key:Key", "rotationPeriodInDays", { min: 90, max: 2560 }, "docs.aws.amazon.com/kms/latest/APIReference EnableKeyRotation"),
  rule("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "rule.defaultRetention.mode", ["GOVERNANCE", "COMPLIANCE"], `${S3} DefaultRetention`),
  rule("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "rule.objectOwnership", ["BucketOwnerPreferred", "ObjectWriter", "BucketOwnerEnforced"], `${S3} OwnershipControlsRule`),
  rule("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "rules[].applyServerSideEncryptionByDefault.sseAlgorithm", ["AES256", "aws:kms", "aws:kms:dsse"], `${S3} ServerSideEncryptionByDefault`),
  rule("aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration.status", ["Enabled", "Suspended", "Disabled"], `${S3} PutBucketVersioning`),
  rule("aws:secretsmanager/secret:Secret", "recoveryWindowInDays", { min: 7, max: 30 }, "docs.aws.amazon.com/secretsmanager/latest/apireference DeleteSecret"),
  rule("aws:wafv2/webAcl:WebAcl", "scope", ["REGIONAL", "CLOUDFRONT"], `${WAF} CreateWebACL`),
  rule("aws:wafv2/webAcl:WebAcl", "rules[].statement.rateBasedStatement.aggregateKeyType", ["IP", "FORWARDED_IP", "CUSTOM_KEYS", "CONSTANT"], `${WAF} RateBasedStatement`),
  rule("aws:wafv2/webAcl:WebAcl", "rules[].statement.rateBasedStatement.evaluationWindowSec", [60, 120, 300, 600], `${WAF} RateBasedStatement`),
  rule("aws:wafv2/webAcl:WebAcl", "rules[].statement.rateBasedStatement.limit", { min: 10, max: 2_000_000_000 }, `${WAF} RateBasedStatement`),
  rule("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "loggingFilter.defaultBehavior", ["KEEP", "DROP"], `${WAF} LoggingFilter`),
  rule("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "loggingFilter.filters[].requirement", ["MEETS_ALL", "MEETS_ANY"], `${WAF} Filter`),
  rule("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "loggingFilter.filters[].conditions[].actionCondition.action", ["ALLOW", "BLOCK", "COUNT", "CAPTCHA", "CHALLENGE", "EXCLUDED_AS_COUNT"], `${WAF} ActionCondition`),
  rule("gcp:binaryauthorization/policy:Policy", "defaultAdmissionRule.evaluationMode", ["ALWAYS_ALLOW", "ALWAYS_DENY", "REQUIRE_ATTESTATION"], BINARY_AUTHORIZATION),
  rule("gcp:binaryauthorization/policy:Policy", "defaultAdmissionRule.enforcementMode", ["ENFORCED_BLOCK_AND_AUDIT_LOG", "DRYRUN_AUDIT_LOG_ONLY"], BINARY_AUTHORIZATION),
  rule("gcp:binaryauthorization/policy:Policy", "globalPolicyEvaluationMode", ["ENABLE", "DISABLE"], BINARY_AUTHORIZATION),
  rule("gcp:projects/iAMAuditConfig:IAMAuditConfig", "auditLogConfigs[].logType", ["ADMIN_READ", "DATA_READ", "DATA_WRITE"], "cloud.google.com/iam/docs/reference/rest/v1/AuditConfig"),
  rule("gcp:storage/bucket:Bucket", "publicAccessPrevention", ["enforced", "inherited"], "cloud.google.com/storage/docs/json_api/v1/buckets"),
  rule("gcp:storage/bucket:Bucket", "lifecycleRules[].action.type", ["Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"], "cloud.google.com/storage/docs/json_api/v1/buckets"),
  rule("gcp:billing/budget:Budget", "budgetFilter.calendarPeriod", ["MONTH", "QUARTER", "YEAR"], "cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets"),
  rule("gcp:billing/budget:Budget", "budgetFilter.creditTypesTreatment", ["INCLUDE_ALL_CREDITS", "EXCLUDE_ALL_CREDITS", "INCLUDE_SPECIFIED_CREDITS"], "cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets"),
  rule("gcp:billing/budget:Budget", "thresholdRules[].spendBasis", ["CURRENT_SPEND", "FORECASTED_SPEND"], "cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets"),
  rule("gcp:compute/backendService:BackendService", "backends[].balancingMode", ["UTILIZATION", "RATE", "CONNECTION", "CUSTOM_METRICS", "IN_FLIGHT"], `${COMPUTE} backendServices`),
  rule("gcp:compute/backendService:BackendService", "backends[].capacityScaler", { min: 0, max: 1 }, `${COMPUTE} backendServices`),
  rule("gcp:compute/backendService:BackendService", "connectionDrainingTimeoutSec", { min: 0, max: 3600 }, `${COMPUTE} backendServices`),
  rule("gcp:compute/backendService:BackendService", "loadBalancingScheme", ["EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"], `${COMPUTE} backendServices`),
  rule("gcp:compute/backendService:BackendService", "outlierDetection.enforcingConsecutiveGatewayFailure", { min: 0, max: 100 }, `${COMPUTE} backendServices`),
  rule("gcp:compute/backendService:BackendService", "outlierDetection.maxEjectionPercent", { min: 0, max: 100 }, `${COMPUTE} backendServices`),
  rule("gcp:compute/backendService:BackendService", "protocol", ["HTTP", "HTTPS", "HTTP2", "H2C", "TCP", "SSL", "UDP", "GRPC", "UNSPECIFIED"], `${COMPUTE} backendServices`),
  rule("gcp:compute/securityPolicy:SecurityPolicy", "rules[].action", ["allow", "deny(403)", "deny(404)", "deny(429)", "deny(502)", "rate_based_ban", "redirect", "throttle"], `${COMPUTE} securityPolicies`),
  rule("gcp:compute/securityPolicy:SecurityPolicy", "rules[].rateLimitOptions.enforceOnKey", ["ALL", "IP", "HTTP_HEADER", "XFF_IP", "HTTP_COOKIE", "HTTP_PATH", "SNI", "REGION_CODE", "TLS_JA3_FINGERPRINT", "USER_IP"], `${COMPUTE} securityPolicies`),
  rule("gcp:compute/securityPolicy:SecurityPolicy", "rules[].rateLimitOptions.rateLimitThreshold.intervalSec", [10, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 2700, 3600], `${COMPUTE} securityPolicies`),
  rule("gcp:compute/securityPolicy:SecurityPolicy", "type", ["CLOUD_ARMOR", "CLOUD_ARMOR_EDGE", "CLOUD_ARMOR_NETWORK"], `${COMPUTE} securityPolicies`),
  rule("gcp:compute/uRLMap:URLMap", "defaultRouteAction.retryPolicy.retryConditions[]", ["5xx", "gateway-error", "connect-failure", "retriable-4xx", "refused-stream", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"], `${COMPUTE} urlMaps`),
  rule("gcp:networkservices/serviceLbPolicies:ServiceLbPolicies", "failoverConfig.failoverHealthThreshold", { min: 1, max: 99 }, LB_POLICY),
  rule("gcp:networkservices/serviceLbPolicies:ServiceLbPolicies", "loadBalancingAlgorithm", ["WATERFALL_BY_REGION", "WATERFALL_BY_ZONE", "SPRAY_TO_REGION", "SPRAY_TO_WORLD"], LB_POLICY),
  rule("gcp:compute/firewall:Firewall", "direction", ["INGRESS", "EGRESS"], `${COMPUTE} firewalls`),
  rule("gcp:compute/globalAddress:GlobalAddress", "addressType", ["EXTERNAL", "INTERNAL"], `${COMPUTE} globalAddresses`),
  rule("gcp:compute/globalAddress:GlobalAddress", "purpose", ["VPC_PEERING", "PRIVATE_SERVICE_CONNECT"], `${COMPUTE} globalAddresses`),
  rule("gcp:compute/globalForwardingRule:GlobalForwardingRule", "loadBalancingScheme", ["", "EXTERNAL", "EXTERNAL_MANAGED", "INTERNAL_MANAGED", "INTERNAL_SELF_MANAGED"], `${COMPUTE} globalForwardingRules`),
  rule("gcp:compute/healthCheck:HealthCheck", "checkIntervalSec", { min: 1, max: 300 }, `${COMPUTE} healthChecks`),
  rule("gcp:compute/healthCheck:HealthCheck", "unhealthyThreshold", { min: 1, max: 10 }, `${COMPUTE} healthChecks`),
  rule("gcp:compute/network:Network", "mtu", { min: 1300, max: 8896 }, `${COMPUTE} networks`),
  rule("gcp:compute/network:Network", "routingMode", ["REGIONAL", "GLOBAL"], `${COMPUTE} networks`),
  rule("gcp:compute/routerNat:RouterNat", "natIpAllocateOption", ["AUTO_ONLY", "MANUAL_ONLY"], `${COMPUTE} routers`),
  rule("gcp:compute/routerNat:RouterNat", "sourceSubnetworkIpRangesToNat", ["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"], `${COMPUTE} routers`),
  // Dynamic allocation wants powers of two, and the least at most half of the most.
  rule("gcp:compute/routerNat:RouterNat", "minPortsPerVm", [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768], "cloud.google.com/nat/docs/ports-and-addresses"),
  rule("gcp:compute/routerNat:RouterNat", "maxPortsPerVm", [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536], "cloud.google.com/nat/docs/ports-and-addresses"),
  rule("gcp:compute/routerNat:RouterNat", "logConfig.filter", ["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"], `${COMPUTE} routers`),
  rule("gcp:compute/subnetwork:Subnetwork", "logConfig.aggregationInterval", ["INTERVAL_5_SEC", "INTERVAL_30_SEC", "INTERVAL_1_MIN", "INTERVAL_5_MIN", "INTERVAL_10_MIN", "INTERVAL_15_MIN"], `${COMPUTE} subnetworks`),
  rule("gcp:compute/subnetwork:Subnetwork", "logConfig.flowSampling", { min: 0, max: 1 }, `${COMPUTE} subnetworks`),
  rule("gcp:compute/subnetwork:Subnetwork", "logConfig.metadata", ["EXCLUDE_ALL_METADATA", "INCLUDE_ALL_METADATA", "CUSTOM_METADATA"], `${COMPUTE} subnetworks`),
  rule("gcp:compute/subnetwork:Subnetwork", "purpose", ["PRIVATE", "REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "PRIVATE_SERVICE_CONNECT", "PEER_MIGRATION", "PRIVATE_NAT"], `${COMPUTE} subnetworks`),
  rule("gcp:compute/subnetwork:Subnetwork", "role", ["ACTIVE", "BACKUP"], `${COMPUTE} subnetworks`),
  rule("gcp:container/cluster:Cluster", "databaseEncryption.state", ["ENCRYPTED", "DECRYPTED"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "releaseChannel.channel", ["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "gatewayApiConfig.channel", ["CHANNEL_DISABLED", "CHANNEL_EXPERIMENTAL", "CHANNEL_STANDARD"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "datapathProvider", ["DATAPATH_PROVIDER_UNSPECIFIED", "LEGACY_DATAPATH", "ADVANCED_DATAPATH"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "loggingConfig.enableComponents[]", ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "WORKLOADS", "KCP_CONNECTION", "KCP_SSHD", "KCP_HPA"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "monitoringConfig.enableComponents[]", ["SYSTEM_COMPONENTS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER", "STORAGE", "HPA", "POD", "DAEMONSET", "DEPLOYMENT", "STATEFULSET", "WORKLOADS", "KUBELET", "CADVISOR", "DCGM", "JOBSET"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "securityPostureConfig.mode", ["DISABLED", "BASIC", "ENTERPRISE"], `${CONTAINER}.clusters`),
  rule("gcp:container/cluster:Cluster", "binaryAuthorization.evaluationMode", ["DISABLED", "PROJECT_SINGLETON_POLICY_ENFORCE"], `${CONTAINER}.clusters`),
  rule("gcp:container/nodePool:NodePool", "autoscaling.locationPolicy", ["BALANCED", "ANY"], `${CONTAINER}.clusters.nodePools`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.sandboxConfig.type", ["GVISOR"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "placementPolicy.type", ["COMPACT"], `${CONTAINER}.clusters.nodePools`),
  rule("gcp:container/nodePool:NodePool", "upgradeSettings.strategy", ["SURGE", "BLUE_GREEN", "SHORT_LIVED"], `${CONTAINER}.clusters.nodePools`),
  rule("gcp:container/nodePool:NodePool", "networkConfig.acceleratorNetworkProfile", ["auto"], `${CONTAINER}.clusters.nodePools`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.taints[].effect", ["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.guestAccelerators[].gpuDriverInstallationConfig.gpuDriverVersion", ["DEFAULT", "LATEST", "INSTALLATION_DISABLED"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.reservationAffinity.consumeReservationType", ["NO_RESERVATION", "ANY_RESERVATION", "SPECIFIC_RESERVATION"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.workloadMetadataConfig.mode", ["GCE_METADATA", "GKE_METADATA"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "nodeConfig.secondaryBootDisks[].mode", ["CONTAINER_IMAGE_CACHE"], `${CONTAINER}.NodeConfig`),
  rule("gcp:container/nodePool:NodePool", "maxPodsPerNode", { min: 8, max: 256 }, "cloud.google.com/kubernetes-engine/docs/how-to/flexible-pod-cidr"),
  rule("gcp:kms/cryptoKey:CryptoKey", "purpose", ["ENCRYPT_DECRYPT", "ASYMMETRIC_SIGN", "ASYMMETRIC_DECRYPT", "MAC"], "cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys"),
  rule("gcp:monitoring/alertPolicy:AlertPolicy", "combiner", ["AND", "OR", "AND_WITH_MATCHING_RESOURCE"], ALERTS),
  rule("gcp:monitoring/alertPolicy:AlertPolicy", "conditions[].conditionThreshold.comparison", ["COMPARISON_GT", "COMPARISON_LT"], ALERTS),
  rule("gcp:monitoring/alertPolicy:AlertPolicy", "conditions[].conditionThreshold.aggregations[].perSeriesAligner", ["ALIGN_MAX", "ALIGN_MEAN", "ALIGN_MIN", "ALIGN_RATE", "ALIGN_SUM"], ALERTS),
  rule("gcp:pubsub/subscription:Subscription", "ackDeadlineSeconds", { min: 10, max: 600 }, PUBSUB),
  rule("gcp:pubsub/subscription:Subscription", "deadLetterPolicy.maxDeliveryAttempts", { min: 5, max: 100 }, PUBSUB),
  rule("gcp:dns/recordSet:RecordSet", "type", ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"], "cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets"),
  rule("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", "spec.failurePolicy", ["Fail", "Ignore"], KUBERNETES),
  rule("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding", "spec.validationActions[]", ["Deny", "Warn", "Audit"], KUBERNETES),
  rule("kubernetes:apps/v1:Deployment", "spec.strategy.type", ["Recreate", "RollingUpdate"], KUBERNETES),
  rule("kubernetes:apps/v1:Deployment", "spec.template.spec.initContainers[].restartPolicy", ["Always"], KUBERNETES),
  rule("kubernetes:apps/v1:Deployment", "spec.template.spec.securityContext.fsGroupChangePolicy", ["OnRootMismatch", "Always"], KUBERNETES),
  rule("kubernetes:apps/v1:Deployment", "spec.template.spec.securityContext.seccompProfile.type", ["Localhost", "RuntimeDefault", "Unconfined"], KUBERNETES),
  rule("kubernetes:apps/v1:Deployment", "spec.template.spec.tolerations[].effect", ["NoSchedule", "PreferNoSchedule", "NoExecute"], KUBERNETES),
  rule("kubernetes:apps/v1:Deployment", "spec.template.spec.topologySpreadConstraints[].whenUnsatisfiable", ["DoNotSchedule", "ScheduleAnyway"], KUBERNETES),
  rule("kubernetes:apps/v1:Deployment", "spec.template.spec.volumes[].emptyDir.medium", ["", "Memory", "HugePages"], KUBERNETES),
  rule("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.behavior.scaleUp.selectPolicy", ["Max", "Min", "Disabled"], KUBERNETES),
  rule("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.behavior.scaleUp.policies[].periodSeconds", { min: 1, max: 1800 }, KUBERNETES),
  rule("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.behavior.scaleDown.policies[].type", ["Pods", "Percent"], KUBERNETES),
  rule("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.behavior.scaleDown.stabilizationWindowSeconds", { min: 0, max: 3600 }, KUBERNETES),
  rule("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.metrics[].type", ["ContainerResource", "External", "Object", "Pods", "Resource"], KUBERNETES),
  rule("kubernetes:core/v1:LimitRange", "spec.limits[].type", ["Container", "PersistentVolumeClaim", "Pod"], KUBERNETES),
  rule("kubernetes:core/v1:Service", "spec.type", ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"], KUBERNETES),
  rule("kubernetes:networking.k8s.io/v1:NetworkPolicy", "spec.policyTypes[]", ["Ingress", "Egress"], KUBERNETES),
  rule("kubernetes:networking.k8s.io/v1:NetworkPolicy", "spec.egress[].ports[].protocol", ["TCP", "UDP", "SCTP"], KUBERNETES),
  rule("kubernetes:policy/v1:PodDisruptionBudget", "spec.unhealthyPodEvictionPolicy", ["IfHealthyBudget", "AlwaysAllow"], KUBERNETES),
  rule("kubernetes:scheduling.k8s.io/v1:PriorityClass", "preemptionPolicy", ["PreemptLowerPriority", "Never"], KUBERNETES),
  rule("kubernetes:scheduling.k8s.io/v1:PriorityClass", "value", { min: -2_147_483_648, max: 1_000_000_000 }, KUBERNETES),
  rule("gcp:dns/managedZone:ManagedZone", "visibility", ["public", "private"], "cloud.google.com/dns/docs/reference/rest/v1/managedZones"),
];

/** Every breach of the table, one line each. */
export function brokenCloudRules(resources: readonly RegisteredResource[]): readonly string[] {
  return resources.flatMap((resource) =>
    cloudRules
      .filter(({ type }) => type === resource.type)
      .flatMap(({ path, allowed, source }) =>
        valuesAt(resource.inputs, path.split("."))
          .filter((value) => value !== UNKNOWN && !isAllowed(value, allowed))
          .map(
            (value) =>
              `${resource.type} ${resource.name}: ${path} is ${JSON.stringify(value)}; ${source}`,
          ),
      ),
  );
}

function isAllowed(value: unknown, allowed: CloudRule["allowed"]): boolean {
  if ("min" in allowed) {
    return typeof value === "number" && value >= allowed.min && value <= allowed.max;
  }
  return allowed.includes(value);
}

/** All values at a path; none where the path ends early. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [head, ...rest] = path;
  if (value === undefined || value === null) return [];
  if (head === undefined) return [value];
  const key = head.replace("[]", "");
  const next = (value as Readonly<Record<string, unknown>>)[key];
  if (!head.endsWith("[]")) return valuesAt(next, rest);
  return Array.isArray(next) ? next.flatMap((item) => valuesAt(item, rest)) : [];
}
