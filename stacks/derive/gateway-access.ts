/** Who may call the gateway of a place: what a person says of it in the configuration, since no plan knows clients. */
import type { ClientAuthenticationArgs } from "../../components/gateway";
import type { Problem } from "../../planner/plan/fleet-of-plan";
import type { Derivation, Derived } from "./derived";
import type { PathTable } from "./translate-problems";

/** What of a stack's configuration says who may call. */
export interface AccessSettings {
  /** Secret with the keys of clients. */
  readonly clientKeysSecret: string;
  /** The identity provider whose tokens take the place of keys. */
  readonly jwt?:
    | {
        readonly issuer: string;
        readonly jwksUri: string;
        readonly audiences: readonly string[];
        readonly tenantClaim?: string | undefined;
      }
    | undefined;
  /** Whether nobody is asked. */
  readonly isOpen: boolean;
  /** Who may connect, as IPv4 blocks; everybody where it is left out. */
  readonly sourceCidrs?: readonly string[] | undefined;
  /** Secrets that the cloud keeps, of which the keys of clients may be one. */
  readonly cloudSecrets?: readonly string[] | undefined;
}

/** Where arguments of the gateway that say who may call come from. */
export const accessPaths: PathTable = {
  authentication: "capplan:isOpen",
  "authentication.secrets[0]": "capplan:clientKeysSecret",
  "authentication.issuer": "capplan:jwt.issuer",
  "authentication.jwksUri": "capplan:jwt.jwksUri",
  "authentication.audiences": "capplan:jwt.audiences",
  "authentication.tenantClaim": "capplan:jwt.tenantClaim",
};

/** Blocks of addresses that may connect. */
export function sourceCidrsOf({ sourceCidrs }: AccessSettings): readonly string[] {
  return sourceCidrs ?? ["0.0.0.0/0"];
}

/** What clients are asked for: a key, where the configuration says nothing else. */
export function deriveAuthentication(settings: AccessSettings): Derived<ClientAuthenticationArgs> {
  const { sourceCidrs } = settings;
  const args = authenticationOf(settings);
  const derivations: readonly Derivation[] = [
    { what: "gateway.authentication.kind", value: args.kind, because: REASONS[args.kind] },
    {
      what: "gateway.sourceCidrs",
      value: sourceCidrsOf(settings),
      because:
        sourceCidrs === undefined
          ? "everybody, without capplan:sourceCidrs"
          : "capplan:sourceCidrs; the health checks of DNS come from some of them, or find no region healthy",
    },
  ];
  return { args, derivations, problems: contradictions(settings, args.kind) };
}

/** What is set and would mean nothing. */
function contradictions(
  { isOpen, jwt, cloudSecrets = [] }: AccessSettings,
  asked: ClientAuthenticationArgs["kind"],
): readonly Problem[] {
  const problems: Problem[] = [];
  if (isOpen && jwt !== undefined) {
    problems.push({
      code: "conflict",
      path: "capplan:isOpen",
      message: "must be false where capplan:jwt says whose tokens let clients in, got true",
      hint: "take one of them out",
    });
  }
  if (asked !== "api-key" && cloudSecrets.includes("client-keys")) {
    problems.push({
      code: "conflict",
      path: "capplan:cloudSecrets",
      message: `must be without client-keys where ${REASONS[asked]} is set, since nobody is asked for a key`,
      hint: `take client-keys out, or ${REASONS[asked]}`,
    });
  }
  return problems;
}

const REASONS: Readonly<Record<ClientAuthenticationArgs["kind"], string>> = {
  "api-key": "capplan:clientKeysSecret, whose keys are the names of clients",
  jwt: "capplan:jwt",
  none: "capplan:isOpen",
};

function authenticationOf({
  clientKeysSecret,
  jwt,
  isOpen,
}: AccessSettings): ClientAuthenticationArgs {
  if (isOpen) return { kind: "none" };
  if (jwt === undefined) return { kind: "api-key", secrets: [clientKeysSecret] };
  const { tenantClaim, ...provider } = jwt;
  return { kind: "jwt", ...provider, ...(tenantClaim === undefined ? {} : { tenantClaim }) };
}
