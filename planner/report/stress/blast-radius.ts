/** What the fleet loses with each part of it, as tables: every domain of the wide kinds, of nodes and replicas the worst. */
import type { BlastRadiusMap, DomainImpact, PoolLoad } from "../../stress/stress-report";
import { formatDuration, formatNumber, formatShare } from "../format-number";
import {
  type Cell,
  paragraph,
  type ReportBlock,
  type ReportSection,
  table,
  UNKNOWN,
} from "../report";

/** Kinds of which there may be thousands, all much alike. */
const NARROW_KINDS: ReadonlySet<DomainImpact["kind"]> = new Set(["node", "replica"]);

export function blastRadiusSection(
  map: BlastRadiusMap,
  { allDomains }: { readonly allDomains: boolean },
): ReportSection {
  const domains = allDomains ? map.domains : withWorstOfEach(map.domains);
  return {
    heading: "Blast radius",
    blocks: [
      table(
        [
          { header: "pool", align: "left", wraps: true },
          { header: "replicas", align: "right" },
          { header: "attempts/s", align: "right" },
          { header: "traffic", align: "right" },
          { header: "load", align: "right" },
        ],
        map.pools.map(poolRow),
      ),
      table(
        [
          { header: "without", align: "left", wraps: true },
          { header: "kind", align: "left" },
          { header: "replicas", align: "right" },
          { header: "traffic", align: "right" },
          { header: "left", align: "right" },
          { header: "load after", align: "right" },
        ],
        domains.map((domain) => domainRow(domain, allDomains ? 1 : alikeOf(map.domains, domain))),
      ),
      ...unservedBlocks(domains),
      paragraph(explanation(map)),
    ],
  };
}

function poolRow(pool: PoolLoad): Cell[] {
  return [
    pool.pool,
    formatNumber(pool.readyReplicas),
    formatNumber(pool.attemptsPerSecond),
    formatShare(pool.trafficShare),
    loadCell(pool.utilization),
  ];
}

function domainRow(domain: DomainImpact, alike: number): Cell[] {
  const kind = alike > 1 ? `worst of ${alike} ${domain.kind}s` : domain.kind;
  return [
    domain.name,
    kind,
    formatNumber(domain.replicas),
    formatShare(domain.trafficShare),
    formatShare(domain.capacityLeftShare),
    domain.unserved.length > 0
      ? { text: "none left", tone: "bad" }
      : loadCell(domain.utilizationAfter),
  ];
}

/** Domains with the same models left without a replica, in one line. */
function unservedBlocks(domains: readonly DomainImpact[]): ReportBlock[] {
  const namesBy = new Map<string, string[]>();
  for (const { name, unserved } of domains) {
    if (unserved.length === 0) continue;
    const models = unserved.join(", ");
    namesBy.set(models, [...(namesBy.get(models) ?? []), name]);
  }
  const items = [...namesBy].map(
    ([models, names]) => `nothing is left for ${models} without ${names.join(", or ")}`,
  );
  return items.length === 0 ? [] : [{ kind: "list", items }];
}

function loadCell(utilization: number | null): Cell {
  if (utilization === null) return UNKNOWN;
  const text = formatShare(utilization);
  return utilization > 1 ? { text: `${text} !`, tone: "bad" } : text;
}

/** All domains of the wide kinds, and of each narrow kind the one that leaves the most load behind. */
function withWorstOfEach(domains: readonly DomainImpact[]): DomainImpact[] {
  const worst = new Map<DomainImpact["kind"], DomainImpact>();
  for (const domain of domains) {
    const known = worst.get(domain.kind);
    if (known === undefined || badness(domain) > badness(known)) worst.set(domain.kind, domain);
  }
  return domains.filter(
    (domain) => !NARROW_KINDS.has(domain.kind) || worst.get(domain.kind) === domain,
  );
}

/** Nothing left is worse than any load. */
function badness({ unserved, utilizationAfter }: DomainImpact): number {
  return unserved.length > 0 ? Number.POSITIVE_INFINITY : (utilizationAfter ?? 0);
}

function alikeOf(domains: readonly DomainImpact[], { kind }: DomainImpact): number {
  return NARROW_KINDS.has(kind) ? domains.filter((domain) => domain.kind === kind).length : 1;
}

function explanation({ isPeak, fromSeconds, toSeconds }: BlastRadiusMap): string {
  const when = isPeak
    ? `at the expected peak, from ${formatDuration(fromSeconds)} to ${formatDuration(toSeconds)} into the run`
    : "over the measured window, as the load has no peak";
  return (
    `Of the baseline, ${when}. Load: demand as a share of what the replicas could do with full batches of the same ` +
    "work; above 100 % a queue grows, and below it latency may already be too long. Left: capacity that the domain's " +
    "traffic can go to, of what was there, for the model that loses most. A pool's traffic is taken as spread evenly " +
    "over its replicas."
  );
}
