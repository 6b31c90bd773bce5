/** One name for several sites, in Route 53 and Cloud DNS. */

export { checkFailoverDns } from "./check-failover-dns";
export { FailoverDns, type FailoverDnsNodes } from "./failover-dns";
export type {
  AliasTargetArgs,
  CloudDnsArgs,
  FailoverDnsArgs,
  FailoverDnsTransforms,
  FailoverSiteArgs,
  Route53Args,
  SiteAlarmArgs,
  SiteHealthCheckArgs,
} from "./failover-dns-args";
export type { Continent, FailoverPolicy } from "./failover-policy";
