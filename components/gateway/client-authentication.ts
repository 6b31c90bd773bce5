/**
 * How a gateway knows who calls: what may be asked of clients, and the SecurityPolicy of Envoy Gateway 1.9 that asks it.
 * Who a client is ends up in the tenant header, which limits and replicas go by; what a client writes there itself is
 * thrown away before anything reads it (`clientTrafficPolicySpec`).
 */
import { checkForm, checkOneOf, checkUnique } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";
import type { ManifestPart } from "./manifest-part";

/** Clients show a key, as those of OpenAI's API do. Known early. */
export interface ApiKeyAuthenticationArgs {
  readonly kind: "api-key";
  /** Secrets of the gateway's namespace: under the name of each client, its key. */
  readonly secrets: readonly string[];
  /** Headers with the key, with or without `Bearer` before it. @default ["authorization"] */
  readonly headers?: readonly string[];
}

/** Clients show a token that an identity provider has signed. Known early. */
export interface JwtAuthenticationArgs {
  readonly kind: "jwt";
  /** Who must have signed: `iss` of a token. */
  readonly issuer: string;
  /** Where the provider's public keys are, over HTTPS. */
  readonly jwksUri: string;
  /** For whom a token must be, one of them: `aud`. At most 8. */
  readonly audiences: readonly string[];
  /** Claim that says who the tenant is; a token without it is under no limit per tenant. @default "sub" */
  readonly tenantClaim?: string;
}

/** What clients are asked for. */
export type ClientAuthenticationArgs =
  | ApiKeyAuthenticationArgs
  | JwtAuthenticationArgs
  /** Nothing: whoever reaches the gateway is answered, and no tenant is told from another. */
  | { readonly kind: "none" };

const SECRET = {
  pattern: /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
  must: "be a name of a Secret",
};
const HEADER = { pattern: /^[a-z0-9-]+$/, must: "be a name of a header in lower case" };
const HTTPS_URL = { pattern: /^https:\/\/[^\s/]+(\/\S*)?$/, must: "be an address over HTTPS" };
const CLAIM = { pattern: /^\S+$/, must: "be a name of a claim" };
/** Of `issuer`, and of `audiences` (SecurityPolicy of Envoy Gateway). */
const ISSUER = { pattern: /^\S{1,253}$/, must: "be 1 to 253 characters without blanks" };
const AUDIENCES_MAX = 8;

/** What is wrong with what clients are asked for. */
export function checkAuthentication(args: ClientAuthenticationArgs): readonly InputProblem[] {
  const path = "authentication";
  switch (args.kind) {
    case "api-key":
      return [
        ...checkList(`${path}.secrets`, args.secrets, "a Secret with keys"),
        ...args.secrets.flatMap((secret, index) =>
          checkForm(`${path}.secrets[${index}]`, secret, SECRET),
        ),
        ...checkList(`${path}.headers`, args.headers, "a header, or be left out"),
        ...(args.headers ?? []).flatMap((header, index) =>
          checkForm(`${path}.headers[${index}]`, header, HEADER),
        ),
      ];
    case "jwt":
      return [
        ...checkForm(`${path}.issuer`, args.issuer, ISSUER),
        ...checkForm(`${path}.jwksUri`, args.jwksUri, HTTPS_URL),
        ...checkList(`${path}.audiences`, args.audiences, "whom tokens are for"),
        ...(args.audiences.length > AUDIENCES_MAX
          ? [
              {
                path: `${path}.audiences`,
                must: `hold at most ${AUDIENCES_MAX}`,
                got: args.audiences,
              },
            ]
          : []),
        ...checkForm(`${path}.tenantClaim`, args.tenantClaim, CLAIM),
      ];
    default:
      return checkOneOf(`${path}.kind`, args.kind, ["api-key", "jwt", "none"]);
  }
}

function checkList(
  path: string,
  list: readonly string[] | undefined,
  item: string,
): readonly InputProblem[] {
  if (list === undefined) return [];
  if (list.length === 0) return [{ path, must: `hold ${item}`, got: list }];
  return checkUnique(path, list);
}

/** The policy of a gateway, whose routes all have it; undefined where nothing is asked. */
export function gatewaySecuritySpec(
  gateway: string,
  authentication: ClientAuthenticationArgs,
  tenantHeader: string,
): ManifestPart | undefined {
  if (authentication.kind === "none") return undefined;
  return {
    targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: gateway }],
    ...(authentication.kind === "api-key"
      ? { apiKeyAuth: apiKeySpec(authentication, tenantHeader) }
      : { jwt: { providers: [jwtProvider(authentication, tenantHeader)] } }),
  };
}

function apiKeySpec(
  { secrets, headers = ["authorization"] }: ApiKeyAuthenticationArgs,
  tenantHeader: string,
): ManifestPart {
  return {
    credentialRefs: secrets.map((name) => ({ group: "", kind: "Secret", name })),
    extractFrom: [{ headers: [...headers] }],
    forwardClientIDHeader: tenantHeader,
    // What replicas log or pass on holds no key.
    sanitize: true,
  };
}

function jwtProvider(
  { issuer, jwksUri, audiences, tenantClaim = "sub" }: JwtAuthenticationArgs,
  tenantHeader: string,
): ManifestPart {
  return {
    name: "clients",
    issuer,
    audiences: [...audiences],
    remoteJWKS: { uri: jwksUri },
    claimToHeaders: [{ header: tenantHeader, claim: tenantClaim }],
  };
}

/** The policy of a rule of a route that everybody may ask: it takes the place of the gateway's. */
export function openRuleSecuritySpec(route: string, rule: string): ManifestPart {
  return {
    targetRefs: [
      { group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: route, sectionName: rule },
    ],
    authorization: { defaultAction: "Allow" },
  };
}
