/**
 * Rules of what is left when a message cannot be handled. A queue without dead letters repeats a poisonous message until
 * its retention ends; dead letters that expire before anybody looks are none.
 */
import { isPresent, secondsOf, shown, UNKNOWN, valueAt } from "./plain-values";
import { type Breach, type JudgedInStack, ofType, stackRule } from "./rule";

const SQS = "aws:sqs/queue:Queue";
const SUBSCRIPTION = "gcp:pubsub/subscription:Subscription";
const TOPIC_MEMBER = "gcp:pubsub/topicIAMMember:TopicIAMMember";
const SUBSCRIPTION_MEMBER = "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember";
const TOPIC_TYPE = "gcp:pubsub/topic:Topic";

/** A queue that keeps no longer than this holds news, not work: a warning that EC2 takes a node back in two minutes. */
const NEWS_SECONDS_MAX = 600;
/** Of a queue and of a subscription that say nothing (CreateQueue; projects.subscriptions). */
const SQS_RETENTION_SECONDS = 345_600;
const PUBSUB_RETENTION_SECONDS = 604_800;

type Stack = readonly JudgedInStack[];

/** A queue, and where its dead letters end up. */
interface Lane {
  readonly source: JudgedInStack;
  /** Undefined where the dead letters are in another stack. */
  readonly deadLetters: JudgedInStack | undefined;
}

/** The resource that an argument comes from, or the one whose field has the same value. */
function origin(
  resources: Stack,
  { sources }: JudgedInStack,
  argument: string,
  isIt: (one: JudgedInStack) => boolean,
): JudgedInStack | undefined {
  const urns = sources[argument] ?? [];
  return resources.find(({ urn }) => urns.includes(urn)) ?? resources.find(isIt);
}

function sqsLanes(resources: Stack): readonly Lane[] {
  const queues = ofType(resources, SQS);
  return queues
    .filter(({ props }) => isPresent(valueAt(props, "redrivePolicy")))
    .map((source) => {
      const policy = valueAt(source.props, "redrivePolicy");
      const deadLetters = origin(queues, source, "redrivePolicy", ({ props }) => {
        const arn = valueAt(props, "arn");
        return typeof policy === "string" && typeof arn === "string" && policy.includes(`"${arn}"`);
      });
      return { source, deadLetters };
    });
}

/** The topic of dead letters of a subscription, by what it refers to. */
function deadLetterTopic(resources: Stack, source: JudgedInStack): JudgedInStack | undefined {
  const id = valueAt(source.props, "deadLetterPolicy.deadLetterTopic");
  return origin(
    ofType(resources, TOPIC_TYPE),
    source,
    "deadLetterPolicy",
    ({ props }) => typeof id === "string" && valueAt(props, "id") === id,
  );
}

/** Subscriptions of a topic. */
function subscribers(resources: Stack, topic: JudgedInStack): readonly JudgedInStack[] {
  const id = valueAt(topic.props, "id");
  return ofType(resources, SUBSCRIPTION).filter(
    ({ sources, props }) =>
      sources["topic"]?.includes(topic.urn) === true ||
      (typeof id === "string" && valueAt(props, "topic") === id),
  );
}

/** What cannot be handled goes somewhere. */
export const queuesHaveDeadLetters = stackRule({
  name: "queues-have-dead-letters",
  description: "What a queue cannot deliver is kept apart, where somebody can look at it.",
  severity: "high",
  breachesOf: (resources) => {
    const lanes = sqsLanes(resources);
    const isDeadLetters = (one: JudgedInStack) =>
      lanes.some(({ deadLetters }) => deadLetters?.urn === one.urn);
    const sqs = ofType(resources, SQS)
      .filter(({ props }) => !isPresent(valueAt(props, "redrivePolicy")))
      .filter((one) => !isDeadLetters(one) && !holdsNews(one))
      .map(({ urn }) => ({
        urn,
        message:
          "redrivePolicy: must name a queue for dead letters and maxReceiveCount, got nothing; SqsRequestQueue makes both queues",
      }));
    const subscriptions = ofType(resources, SUBSCRIPTION);
    const deadLetterTopics = subscriptions
      .filter(({ props }) => isPresent(valueAt(props, "deadLetterPolicy")))
      .map((one) => deadLetterTopic(resources, one)?.urn);
    const ofDeadLetters = new Set(
      ofType(resources, TOPIC_TYPE)
        .filter(({ urn }) => deadLetterTopics.includes(urn))
        .flatMap((topic) => subscribers(resources, topic).map(({ urn }) => urn)),
    );
    const pubsub = subscriptions
      .filter(({ urn, props }) => {
        return !isPresent(valueAt(props, "deadLetterPolicy")) && !ofDeadLetters.has(urn);
      })
      .map(({ urn }) => ({
        urn,
        message:
          "deadLetterPolicy: must name a topic for dead letters, got nothing; PubSubRequestQueue makes all that belongs to it",
      }));
    return [...sqs, ...pubsub];
  },
});

function holdsNews({ props }: JudgedInStack): boolean {
  const seconds = secondsOf(valueAt(props, "messageRetentionSeconds"));
  return seconds !== undefined && seconds <= NEWS_SECONDS_MAX;
}

/** The age of a message counts from when it was first sent: dead letters that are kept as long arrive old. */
export const deadLettersAreKept = stackRule({
  name: "dead-letters-are-kept",
  description: "Dead letters are kept longer than where they come from, and Pub/Sub can move them.",
  severity: "high",
  breachesOf: (resources) => [
    ...sqsLanes(resources).flatMap(({ source, deadLetters }) =>
      deadLetters === undefined
        ? []
        : tooShort(source, deadLetters, "messageRetentionSeconds", SQS_RETENTION_SECONDS),
    ),
    ...ofType(resources, SUBSCRIPTION).flatMap((one) => [
      ...expiry(one),
      ...(isPresent(valueAt(one.props, "deadLetterPolicy")) ? pubsubBreaches(resources, one) : []),
    ]),
  ],
});

function tooShort(
  source: JudgedInStack,
  deadLetters: JudgedInStack,
  field: string,
  otherwise: number,
): readonly Breach[] {
  const [before, after] = [source, deadLetters].map(({ props }) => {
    const value = valueAt(props, field);
    return value === UNKNOWN ? undefined : (secondsOf(value) ?? otherwise);
  });
  if (before === undefined || after === undefined || after > before) return [];
  const message = `${field}: must be longer than the ${before} s of ${source.name}, got ${after} s; the clock of a message does not start again among dead letters`;
  return [{ urn: deadLetters.urn, message }];
}

/** An idle subscription is deleted after 31 days, with what it holds, unless it says never. */
function expiry({ urn, props }: JudgedInStack): readonly Breach[] {
  const ttl = valueAt(props, "expirationPolicy.ttl");
  if (ttl === "" || ttl === UNKNOWN) return [];
  const message = `expirationPolicy.ttl: must be "", which is never, got ${shown(ttl)}; idle subscriptions are deleted with their messages`;
  return [{ urn, message }];
}

function pubsubBreaches(resources: Stack, source: JudgedInStack): readonly Breach[] {
  const topic = deadLetterTopic(resources, source);
  if (topic === undefined) return [];
  const readers = subscribers(resources, topic);
  const { urn } = source;
  const isOf = (
    member: JudgedInStack,
    what: "topic" | "subscription",
    one: JudgedInStack,
    role: string,
  ) => {
    const name = valueAt(one.props, "name");
    const isMeant =
      member.sources[what]?.includes(one.urn) === true ||
      (typeof name === "string" && valueAt(member.props, what) === name);
    const who = valueAt(member.props, "member");
    const isAgent = who === UNKNOWN || String(who).includes("gcp-sa-pubsub");
    return isMeant && isAgent && valueAt(member.props, "role") === role;
  };
  const mayPublish = ofType(resources, TOPIC_MEMBER).some((one) =>
    isOf(one, "topic", topic, "roles/pubsub.publisher"),
  );
  const mayTake = ofType(resources, SUBSCRIPTION_MEMBER).some((one) =>
    isOf(one, "subscription", source, "roles/pubsub.subscriber"),
  );
  return [
    ...(readers.length === 0
      ? [
          {
            urn: topic.urn,
            message:
              "needs a subscription: a topic keeps nothing, and dead letters would be gone at once",
          },
        ]
      : readers.flatMap((one) =>
          tooShort(source, one, "messageRetentionDuration", PUBSUB_RETENTION_SECONDS),
        )),
    ...(mayPublish
      ? []
      : [
          {
            urn,
            message: `needs a TopicIAMMember that lets the service agent of Pub/Sub publish to ${topic.name} (roles/pubsub.publisher); without it nothing is moved`,
          },
        ]),
    ...(mayTake
      ? []
      : [
          {
            urn,
            message:
              "needs a SubscriptionIAMMember that lets the service agent of Pub/Sub acknowledge here (roles/pubsub.subscriber); without it nothing is moved",
          },
        ]),
  ];
}
