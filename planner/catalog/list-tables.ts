/**
 * The columns in which each catalog table is shown, and its rows in them. Units stand in the keys;
 * rates are in tera-operations per second, sizes in the vendor's GB or in GiB, as the key says.
 */
import { accelerators } from "./accelerators";
import { instanceTypes } from "./instance-types";
import { type CatalogTable, type ColumnOf, rounded, tableOf } from "./list-columns";
import { egressTable, pricesTable, servicePricesTable } from "./list-prices";
import { models } from "./models";
import { geographies, type OriginSpec, origins } from "./origins";
import { regions } from "./regions";
import { clientRoundTrip, type RoundTrip } from "./round-trip-times";
import type {
  AcceleratorSpec,
  InstanceTypeSpec,
  ModelSpec,
  Provenance,
  RegionSpec,
  TrafficProfile,
} from "./specs";
import { trafficProfiles } from "./traffic-profiles";

const gibibyte = 2 ** 30;

const acceleratorColumns: readonly ColumnOf<AcceleratorSpec>[] = [
  ["name", "name", (row) => row.name],
  ["vendor", "vendor", (row) => row.vendor],
  ["architecture", "architecture", (row) => row.architecture, "detail"],
  ["formFactor", "form", (row) => row.formFactor, "detail"],
  ["memoryGb", "memory GB", (row) => row.memoryGb],
  ["memoryGiB", "usable GiB", (row) => rounded(row.memoryBytes / gibibyte, 2)],
  ["bandwidthGBps", "bandwidth GB/s", (row) => rounded(row.memoryBytesPerSecond / 1e9, 1)],
  // The chips before Ampere compute in FP16, TPUs in BF16, the others in both at one rate.
  ["tflops16", "16-bit TFLOP/s", (row) => tera(row.denseFlops.bf16 ?? row.denseFlops.fp16)],
  ["bf16Tflops", "BF16 TFLOP/s", (row) => tera(row.denseFlops.bf16), "detail"],
  ["fp16Tflops", "FP16 TFLOP/s", (row) => tera(row.denseFlops.fp16), "detail"],
  ["fp8Tflops", "FP8 TFLOP/s", (row) => tera(row.denseFlops.fp8)],
  ["int8Tops", "INT8 TOP/s", (row) => tera(row.denseFlops.int8), "detail"],
  ["fp4Tflops", "FP4 TFLOP/s", (row) => tera(row.denseFlops.fp4), "detail"],
  ["link", "link", (row) => row.scaleUp.kind, "detail"],
  ["linkGBps", "link GB/s", (row) => rounded(row.scaleUp.bytesPerSecond / 1e9, 1)],
  ["domainSize", "domain", (row) => row.scaleUp.domainSize, "detail"],
  ["tdpWatts", "TDP W", (row) => row.tdpWatts, "detail"],
  ["uncertain", "uncertain", (row) => row.uncertain.join(", "), "detail"],
  ["source", "source", (row) => row.source, "detail"],
  ["date", "date", (row) => row.date, "detail"],
];

const modelColumns: readonly ColumnOf<ModelSpec>[] = [
  ["name", "name", (row) => row.name],
  ["kind", "kind", modelKind],
  ["parametersBillion", "parameters G", (row) => rounded(row.parameters / 1e9, 2)],
  ["activeBillion", "active G", (row) => rounded(row.activeParameters / 1e9, 2)],
  ["layers", "layers", (row) => row.layers, "detail"],
  ["hiddenSize", "hidden", (row) => row.hiddenSize, "detail"],
  ["heads", "heads", (row) => row.heads, "detail"],
  ["kvHeads", "KV heads", (row) => row.kvHeads, "detail"],
  ["experts", "experts", (row) => row.mixtureOfExperts?.experts, "detail"],
  ["expertsPerToken", "per token", (row) => row.mixtureOfExperts?.expertsPerToken, "detail"],
  ["windowTokens", "window", (row) => row.slidingWindow?.tokens, "detail"],
  ["contextTokens", "context", (row) => row.contextWindowTokens],
  ["kvKiBPerToken", "KV KiB/token", (row) => rounded(row.kvBytesPerToken16 / 1024, 1)],
  ["precision", "published", (row) => row.publishedPrecision],
  ["huggingFaceId", "Hugging Face", (row) => row.huggingFaceId, "detail"],
  ["source", "source", (row) => row.source, "detail"],
  ["date", "date", (row) => row.date, "detail"],
];

const instanceTypeColumns: readonly ColumnOf<InstanceTypeSpec>[] = [
  ["name", "name", (row) => row.name],
  ["cloud", "cloud", (row) => row.cloud],
  ["accelerator", "accelerator", (row) => row.accelerator],
  ["count", "count", (row) => row.acceleratorCount],
  ["vcpus", "vCPUs", (row) => row.vcpus],
  ["memoryGiB", "memory GiB", (row) => row.memoryGiB],
  ["networkGbps", "network Gb/s", (row) => row.networkGbps],
  ["localDiskGb", "local disk GB", (row) => row.localDiskGb],
  ["rdma", "RDMA", (row) => (row.hasRdma ? "yes" : "no"), "detail"],
  ["note", "note", (row) => row.note, "detail"],
  ["source", "source", (row) => row.source, "detail"],
  ["date", "date", (row) => row.date, "detail"],
];

/** What regions and origins are both shown by. */
type Placed = Pick<OriginSpec, keyof OriginSpec & keyof RegionSpec>;

const placeColumns: readonly ColumnOf<Placed>[] = [
  ["place", "place", (row) => row.place],
  ["continent", "continent", (row) => row.continent],
  ["latitude", "latitude", (row) => row.latitude, "detail"],
  ["longitude", "longitude", (row) => row.longitude, "detail"],
  ["utcOffsetHours", "UTC offset h", (row) => row.utcOffsetHours],
];

const provenanceColumns: readonly ColumnOf<Provenance>[] = [
  ["source", "source", (row) => row.source, "detail"],
  ["date", "date", (row) => row.date, "detail"],
];

const regionColumns: readonly ColumnOf<RegionSpec>[] = [
  ["name", "name", (row) => row.name],
  ["cloud", "cloud", (row) => row.cloud],
  ...placeColumns,
  ...provenanceColumns,
];

const originColumns: readonly ColumnOf<OriginSpec>[] = [
  ["name", "name", (row) => row.name],
  ...placeColumns,
  ["lastMileMs", "last mile ms", (row) => rounded(row.lastMileSeconds * 1000, 1)],
  ...provenanceColumns,
];

const profileColumns: readonly ColumnOf<TrafficProfile>[] = [
  ["name", "name", (row) => row.name],
  ["requests", "requests", (row) => row.requests, "detail"],
  ["inputP50", "input p50", (row) => quantile(row, row.inputTokens, 0.5)],
  ["inputP95", "input p95", (row) => quantile(row, row.inputTokens, 0.95)],
  ["outputP50", "output p50", (row) => quantile(row, row.outputTokens, 0.5)],
  ["outputP95", "output p95", (row) => quantile(row, row.outputTokens, 0.95)],
  ["rankCorrelation", "rank correlation", knownCorrelation],
  ["requestsPerSecond", "requests/s", (row) => row.arrivals?.meanRequestsPerSecond, "detail"],
  ["gapCv", "gap CV", (row) => row.arrivals?.gapCv, "detail"],
  ["reusableShare", "prefix share", (row) => row.prefix?.reusableShare],
  ["description", "description", (row) => row.description, "detail"],
  ["uncertain", "uncertain", (row) => row.uncertain?.join(", "), "detail"],
  ["source", "source", (row) => row.source, "detail"],
  ["date", "date", (row) => row.date, "detail"],
];

interface RoundTripRow {
  readonly origin: OriginSpec;
  readonly region: RegionSpec;
  readonly roundTrip: RoundTrip;
}

const roundTripColumns: readonly ColumnOf<RoundTripRow>[] = [
  ["origin", "origin", (row) => row.origin.name],
  ["region", "region", (row) => row.region.name],
  ["roundTripMs", "round trip ms", (row) => rounded(row.roundTrip.seconds * 1000, 1)],
  ["basis", "basis", (row) => row.roundTrip.kind],
  ["source", "source", (row) => row.roundTrip.source, "detail"],
];

/** From every origin, which every region is too, to every region. */
function roundTrips(): RoundTripRow[] {
  return origins.flatMap((origin) =>
    regions.map((region) => ({ origin, region, roundTrip: clientRoundTrip(origin, region) })),
  );
}

/** Made when asked for: one command shows one table. */
export const catalogTables = {
  accelerators: () => tableOf(accelerators, acceleratorColumns, (row) => row.aliases),
  models: () => tableOf(models, modelColumns, (row) => row.aliases),
  "instance-types": () => tableOf(instanceTypes, instanceTypeColumns),
  regions: () => tableOf(regions, regionColumns),
  origins: () => tableOf(geographies, originColumns, (row) => row.aliases),
  "round-trips": () => tableOf(roundTrips(), roundTripColumns),
  profiles: () => tableOf(trafficProfiles, profileColumns),
  prices: pricesTable,
  "service-prices": servicePricesTable,
  "egress-prices": egressTable,
} satisfies Record<string, () => CatalogTable>;

/** `dense GQA`, `MoE MLA`, `dense GQA, window`. */
function modelKind(model: ModelSpec): string {
  const layers = model.mixtureOfExperts === undefined ? "dense" : "MoE";
  const hybrid = model.linearAttentionLayers === undefined ? "" : ", linear";
  const window = model.slidingWindow === undefined ? "" : ", window";
  return `${layers} ${attentionKind(model)}${hybrid}${window}`;
}

function attentionKind(model: ModelSpec): "MLA" | "MQA" | "MHA" | "GQA" {
  if (model.latentAttention !== undefined) return "MLA";
  if (model.kvHeads === 1) return "MQA";
  return model.kvHeads === model.heads ? "MHA" : "GQA";
}

/** An assumed correlation is not shown as if a trace had it. */
function knownCorrelation(profile: TrafficProfile): number | undefined {
  const isAssumed = profile.uncertain?.includes("rankCorrelation") ?? false;
  return isAssumed ? undefined : profile.rankCorrelation;
}

/** Linear between the points of the table. */
function quantile(
  { probabilities }: TrafficProfile,
  values: readonly number[],
  probability: number,
): number {
  const above = probabilities.findIndex((known) => known >= probability);
  if (above === 0 || probabilities[above] === probability) return values[above]!;
  const low = probabilities[above - 1]!;
  const share = (probability - low) / (probabilities[above]! - low);
  return Math.round(values[above - 1]! + share * (values[above]! - values[above - 1]!));
}

function tera(operations: number | undefined): number | null {
  return operations === undefined ? null : rounded(operations / 1e12, 1);
}
