/**
 * Rate limits of Envoy Gateway as plain data. Those that hold over all processes are kept by its rate limit service,
 * which needs a Redis; those of one process need nothing. Tokens are known once an answer is over, so a limit on them
 * refuses the request after the one that used them up, and something in front must count them: Envoy AI Gateway writes
 * them into the metadata of the request (`llmRequestCosts`); Envoy Gateway by itself cannot.
 */
import { checkForm, checkOneOf, checkWhole } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { ManifestPart } from "./manifest-part";

/** A rate at which requests are let in. All fields are known early. */
export interface RateLimitArgs {
  readonly unit: "requests" | "tokens";
  /** Requests or tokens in a period, a whole number. */
  readonly amount: number;
  readonly period: (typeof periods)[number];
  /** Whether each tenant has this rate, or all share it. */
  readonly per: "tenant" | "all";
  /** `gateway`: over all processes together. `process`: each lets its share in; requests only. @default "gateway" */
  readonly scope?: "gateway" | "process";
}

/** Where the tokens of a request are written. */
export interface TokenCounterArgs {
  /** Namespace of the dynamic metadata: `io.envoy.ai_gateway`. */
  readonly namespace: string;
  /** `metadataKey` of the request cost: `llm_total_token`. */
  readonly key: string;
}

/** The limits, and what they need to be written. */
export interface RateLimitContext {
  readonly rateLimits: readonly RateLimitArgs[];
  readonly tenantHeader: string;
  readonly tokenCounter: TokenCounterArgs | undefined;
  /** Envoy processes. */
  readonly replicas: number;
}

const periods = ["Second", "Minute", "Hour", "Day"] as const;
const AMOUNT = { min: 1, max: 4_294_967_295 };

/** What is wrong with limits. */
export function checkRateLimits(
  path: string,
  { rateLimits, tokenCounter, tenantHeader }: RateLimitContext,
): readonly InputProblem[] {
  const header = {
    pattern: /^[a-z0-9-]+$/,
    must: "be a name of a header in lower case",
  };
  return [
    ...checkForm("tenantHeader", tenantHeader, header),
    ...rateLimits.flatMap((one, index) => {
      const at = `${path}.rateLimits[${index}]`;
      const problems: InputProblem[] = [
        ...checkOneOf(`${at}.unit`, one.unit, ["requests", "tokens"]),
        ...checkOneOf(`${at}.period`, one.period, periods),
        ...checkOneOf(`${at}.per`, one.per, ["tenant", "all"]),
        ...checkOneOf(`${at}.scope`, one.scope, ["gateway", "process"]),
        ...checkWhole(`${at}.amount`, one.amount, AMOUNT),
      ];
      if (one.unit === "tokens" && tokenCounter === undefined) {
        problems.push({
          path: `${at}.unit`,
          must: 'be "requests" where nothing counts tokens',
          got: one.unit,
          fix: "give tokenCounter, and put Envoy AI Gateway in front",
        });
      }
      if (one.unit === "tokens" && one.scope === "process") {
        problems.push({
          path: `${at}.scope`,
          must: 'be "gateway" for tokens: Envoy Gateway counts the cost of an answer only there',
          got: one.scope,
        });
      }
      return problems;
    }),
  ];
}

/** The `rateLimit` of a policy; undefined without limits. */
export function rateLimitSpec(context: RateLimitContext): ManifestPart | undefined {
  const { rateLimits, replicas } = context;
  const isLocal = ({ scope }: RateLimitArgs): boolean => scope === "process";
  const globalRules = rateLimits
    .filter((one) => !isLocal(one))
    .map((one) => ruleOf(one, one.amount, context));
  const localRules = rateLimits
    .filter(isLocal)
    .map((one) => ruleOf(one, Math.ceil(one.amount / replicas), context));
  if (globalRules.length + localRules.length === 0) return undefined;
  return {
    ...(globalRules.length === 0 ? {} : { global: { rules: globalRules } }),
    ...(localRules.length === 0 ? {} : { local: { rules: localRules } }),
  };
}

function ruleOf(
  { unit, period, per }: RateLimitArgs,
  amount: number,
  { tenantHeader, tokenCounter }: RateLimitContext,
): ManifestPart {
  return {
    ...(per === "tenant"
      ? { clientSelectors: [{ headers: [{ name: tenantHeader, type: "Distinct" }] }] }
      : {}),
    limit: { requests: amount, unit: period },
    ...(unit === "tokens"
      ? {
          cost: {
            request: { from: "Number", number: 0 },
            response: { from: "Metadata", metadata: { ...tokenCounter } },
          },
        }
      : {}),
  };
}
