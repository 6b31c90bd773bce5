/** The name of a model as it is derived, before its addresses are known. */
import type { FailoverDnsArgs, FailoverSiteArgs } from "../../components/dns";

/** A site without what its serving stack knows of it. */
export type PlannedSite = Omit<FailoverSiteArgs, "addresses" | "alias">;

/** The name of a model, before its addresses are known. */
export interface ModelDns {
  readonly model: string;
  readonly hostname: string;
  readonly sites: Readonly<Record<string, PlannedSite>>;
  /** Undefined for a model of one region, which fails over nowhere. */
  readonly failover:
    | (Pick<FailoverDnsArgs, "policy" | "healthCheck" | "ttlSeconds"> & {
        /** Whether Route 53 answers with what the load balancers of AWS know of their own addresses. */
        readonly hasAliases: boolean;
      })
    | undefined;
}
