/** What a rule is, and how it becomes a policy of Pulumi. Rules see plain values; see plain-values.ts. */
import type {
  PolicyConfigSchema,
  PolicyResource,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import { plainValues, type Values } from "./plain-values";

/** A resource that is judged. */
export interface Judged {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Arguments before the resource is made; afterwards what the cloud says of it. */
  readonly props: Values;
}

/** A resource among the others of its stack. */
export interface JudgedInStack extends Judged {
  /** URNs of the resources that each argument comes from; known in a preview as well. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
}

/** What is wrong with one resource of a stack, or without a URN with the stack. */
export interface Breach {
  readonly urn?: string;
  readonly message: string;
}

interface RuleFacts {
  /** Kebab case, says what holds when the rule is kept. Configurations refer to it: it never changes. */
  readonly name: string;
  /** One sentence: what has to be so, and why. */
  readonly description: string;
  readonly severity: Severity;
  readonly configSchema?: PolicyConfigSchema;
  /** Off unless a configuration of the pack turns it on. @default false */
  readonly isOptional?: boolean;
}

/** A rule about one resource, which is checked before the resource is made or changed. */
export interface ResourceRule<Config> extends RuleFacts {
  readonly types: readonly string[] | RegExp;
  /** Everything wrong with the resource: path first, value received, what is allowed, what to do. */
  readonly problemsOf: (resource: Judged, config: Partial<Config>) => readonly string[];
}

/** A rule about resources that belong together, which is checked when all of a stack is there. */
export interface StackRule<Config> extends RuleFacts {
  readonly breachesOf: (
    resources: readonly JudgedInStack[],
    config: Partial<Config>,
  ) => readonly Breach[];
}

/** A rule about one resource as a policy. */
export function resourceRule<Config extends object>(
  rule: ResourceRule<Config>,
): ResourceValidationPolicy {
  const { types, problemsOf, ...facts } = rule;
  return {
    ...policyFacts(facts),
    validateResource: ({ type, name, urn, props, getConfig }, report) => {
      const isMeant = types instanceof RegExp ? types.test(type) : types.includes(type);
      if (!isMeant) return;
      const resource = { type, name, urn, props: plainValues(props) };
      for (const problem of problemsOf(resource, getConfig<Partial<Config>>())) report(problem);
    },
  };
}

/** A rule about a stack as a policy. */
export function stackRule<Config extends object>(rule: StackRule<Config>): StackValidationPolicy {
  const { breachesOf, ...facts } = rule;
  return {
    ...policyFacts(facts),
    validateStack: ({ resources, getConfig }, report) => {
      for (const { message, urn } of breachesOf(
        resources.map(inStack),
        getConfig<Partial<Config>>(),
      )) {
        report(message, urn);
      }
    },
  };
}

function policyFacts({ isOptional = false, ...facts }: RuleFacts) {
  return { ...facts, enforcementLevel: isOptional ? "disabled" : "mandatory" } as const;
}

function inStack({ type, name, urn, props, propertyDependencies }: PolicyResource): JudgedInStack {
  const sources = Object.entries(propertyDependencies).map(
    ([property, resources]) => [property, resources.map((one) => one.urn)] as const,
  );
  return { type, name, urn, props: plainValues(props), sources: Object.fromEntries(sources) };
}

/** All resources of a type. */
export function ofType<Resource extends Judged>(
  resources: readonly Resource[],
  type: string,
): readonly Resource[] {
  return resources.filter((one) => one.type === type);
}
