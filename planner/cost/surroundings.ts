/**
 * Which services surround the clusters of a fleet, and how much of each is used: the plainest cluster that serves such
 * traffic, one in each region with pools. An estimate of a bill's smaller lines, with every assumption said; what is
 * left out is disks, images, metrics, keys and traffic between regions, which the traffic does not tell.
 */
import type { Cloud, ServiceName } from "../catalog/prices/price-rows";
import type { ResolvedFleet, ResolvedRegion } from "../fleet/resolved-fleet";
import { HOURS_PER_MONTH, SECONDS_PER_HOUR } from "./hours";

/** What the clients of a region do, per second. */
export interface RegionTraffic {
  readonly requestsPerSecond: number;
  /** Over HTTP; answers are streamed. */
  readonly inputTokensPerSecond: number;
  readonly streamedTokensPerSecond: number;
  /** Of the requests, those sent to the region's queue; their prompts, and answers in one piece. */
  readonly messagesPerSecond: number;
  readonly messageInputTokensPerSecond: number;
  readonly messageTokensPerSecond: number;
  /** Instances that are paid, on average. */
  readonly instances: number;
}

/** A service, or data that goes to the internet, in a region. */
export interface SurroundingUse {
  readonly cloud: Cloud;
  readonly region: string;
  readonly service: ServiceName | "egress";
  /** Of what is priced by the hour, the number that exists; else the amount of a month. */
  readonly quantity: number;
  readonly assumption: string;
}

/**
 * Bytes of a token as text: about 4.5 characters of English, and as many bytes in UTF-8. The chunk of a stream that carries
 * it (server-sent events with the JSON of a chat completion) is 5 to 20 times as large: 20 is taken, which is dear.
 */
const BYTES_PER_TOKEN = 4.5;
const STREAM_FRAMING = 20;
/** Envoy's default access log line, with an OpenAI path and user agent, is a little below. */
const LOG_BYTES_PER_REQUEST = 1000;
/** Send, receive, delete. */
const QUEUE_CALLS_PER_MESSAGE = 3;
/** Of a load-balancer capacity unit on AWS. */
const NEW_CONNECTIONS_PER_UNIT = 25;
const GB_PER_UNIT_HOUR = 1;
/** Of Cloud NAT: the price of a gateway is that of so many machines. */
const MACHINES_PER_NAT_GATEWAY = 32;
const SECONDS_PER_MONTH = HOURS_PER_MONTH * SECONDS_PER_HOUR;
const GB = 1e9;
const GIB = 2 ** 30;
/** Pub/Sub bills no message as less. */
const MESSAGE_BYTES_MIN = 1024;
/** Route 53 and Cloud DNS bill checks more often than this as an option. */
const PLAIN_CHECK_SECONDS = 30;

/**
 * The services around a fleet.
 *
 * @param traffic by region, in the order of the fleet's
 */
export function surroundings(
  fleet: ResolvedFleet,
  traffic: readonly RegionTraffic[],
): SurroundingUse[] {
  const regions = fleet.regions.map((region, index) => ({ region, traffic: traffic[index]! }));
  const served = regions.filter((_, index) =>
    fleet.pools.some(({ regionIndex }) => regionIndex === index),
  );
  return [
    ...served.flatMap((one) => usesOf(one.region, one.traffic)),
    ...failoverUses(
      fleet,
      served.map(({ region }) => region),
      traffic,
    ),
  ];
}

type Line = readonly [service: SurroundingUse["service"], quantity: number, assumption: string];

function usesOf(region: ResolvedRegion, traffic: RegionTraffic): SurroundingUse[] {
  const { cloud } = region.spec;
  const lines = cloud === "aws" ? awsLines(region, traffic) : gcpLines(traffic);
  return lines
    .filter(([, quantity]) => quantity > 0)
    .map(([service, quantity, assumption]) => ({
      cloud,
      region: region.name,
      service,
      quantity,
      assumption,
    }));
}

const CONTROL_PLANE = "one cluster in the region";
const STREAMED = `${BYTES_PER_TOKEN} bytes a token, streamed in chunks ${STREAM_FRAMING} times that`;

function awsLines({ zones }: ResolvedRegion, traffic: RegionTraffic): Line[] {
  const { requestsPerSecond, messagesPerSecond, messageTokensPerSecond } = traffic;
  const out = streamedBytesPerSecond(traffic);
  const throughBalancer = out + inputBytesPerSecond(traffic);
  const units = Math.max(
    requestsPerSecond / NEW_CONNECTIONS_PER_UNIT,
    (throughBalancer * SECONDS_PER_HOUR) / GB / GB_PER_UNIT_HOUR,
  );
  return [
    ["control-plane", 1, CONTROL_PLANE],
    ["application-load-balancer", 1, "one in front of the gateways"],
    [
      "application-load-balancer-capacity",
      units,
      "a connection for each request, or the bytes that pass, whichever is more",
    ],
    ["nat-gateway", zones, "one in each zone"],
    ["public-ipv4", 2 * zones, "of the gateway and the load balancer in each zone"],
    [
      "queue-requests",
      (messagesPerSecond * QUEUE_CALLS_PER_MESSAGE * SECONDS_PER_MONTH) / 1e6,
      "a message is sent, received and deleted in one call each",
    ],
    [
      "logs",
      (requestsPerSecond * LOG_BYTES_PER_REQUEST * SECONDS_PER_MONTH) / GB,
      "an access log line of 1 kB for each request",
    ],
    [
      "egress",
      ((out + messageTokensPerSecond * BYTES_PER_TOKEN) * SECONDS_PER_MONTH) / GB,
      STREAMED,
    ],
  ];
}

function gcpLines(traffic: RegionTraffic): Line[] {
  const { requestsPerSecond, messagesPerSecond, messageTokensPerSecond, instances } = traffic;
  const out = streamedBytesPerSecond(traffic);
  const messageBytes = Math.max(
    messagesPerSecond * MESSAGE_BYTES_MIN,
    traffic.messageInputTokensPerSecond * BYTES_PER_TOKEN,
  );
  return [
    ["control-plane", 1, CONTROL_PLANE],
    ["forwarding-rules", 1, "one in front of the gateways"],
    [
      "load-balancer-data",
      ((out + inputBytesPerSecond(traffic)) * SECONDS_PER_MONTH) / GIB,
      `prompts and answers; ${STREAMED}`,
    ],
    [
      "nat-gateway",
      Math.min(1, instances / MACHINES_PER_NAT_GATEWAY),
      "priced by machine up to 32 of them",
    ],
    ["public-ipv4", 1, "of the NAT gateway"],
    [
      "queue-data",
      (2 * messageBytes * SECONDS_PER_MONTH) / GIB,
      "a message is published and delivered once, as text",
    ],
    [
      "logs",
      (requestsPerSecond * LOG_BYTES_PER_REQUEST * SECONDS_PER_MONTH) / GIB,
      "an access log line of 1 kB for each request",
    ],
    [
      "egress",
      ((out + messageTokensPerSecond * BYTES_PER_TOKEN) * SECONDS_PER_MONTH) / GIB,
      STREAMED,
    ],
  ];
}

function streamedBytesPerSecond({ streamedTokensPerSecond }: RegionTraffic): number {
  return streamedTokensPerSecond * BYTES_PER_TOKEN * STREAM_FRAMING;
}

function inputBytesPerSecond({ inputTokensPerSecond }: RegionTraffic): number {
  return inputTokensPerSecond * BYTES_PER_TOKEN;
}

/** DNS that fails over is one zone, in the cloud of most regions; it checks every region from outside. */
function failoverUses(
  { policies }: ResolvedFleet,
  served: readonly ResolvedRegion[],
  traffic: readonly RegionTraffic[],
): SurroundingUse[] {
  const { failover } = policies;
  const [first] = served;
  if (failover === undefined || first === undefined) return [];
  const onAws = served.filter(({ spec }) => spec.cloud === "aws").length;
  const cloud: Cloud = onAws * 2 >= served.length ? "aws" : "gcp";
  const use = (service: ServiceName, quantity: number, assumption: string): SurroundingUse[] =>
    quantity > 0 ? [{ cloud, region: "global", service, quantity, assumption }] : [];
  const requests = traffic.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  const isFast = failover.healthCheck.intervalSeconds < PLAIN_CHECK_SECONDS;
  const own = cloud === "aws" ? onAws : 0;
  const outside = served.length - own;
  const endpoints = "the endpoint of each region";
  return [
    ...use("dns-zone", 1, "one for the name of the service"),
    ...use("dns-health-check", own, endpoints),
    ...use("dns-health-check-outside", outside, endpoints),
    ...(cloud === "aws" && isFast
      ? use(
          "dns-health-check-option",
          own + 2 * outside,
          `an interval below ${PLAIN_CHECK_SECONDS} s is an option; twice the price for an endpoint elsewhere`,
        )
      : []),
    ...use(
      "dns-policy-queries",
      (requests * SECONDS_PER_MONTH) / 1e6,
      "one for each request, at most: resolvers cache",
    ),
  ];
}
