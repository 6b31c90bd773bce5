/**
 * What a role for who deploys a stack of AWS must be: enough for what the stacks of the examples register, no more, and
 * such as IAM takes it. The second side is the Service Authorization Reference, as service-authorization.json has it.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type PolicyStatement, policyDocuments } from "../../../stacks/roles/aws-documents";
import type { AwsRight } from "../../../stacks/roles/aws-rights";
import type { AwsScope } from "../../../stacks/roles/aws-scope";
import { AWS_RIGHTS } from "../../../stacks/roles/role-files";
import { LAYERS, type StackWithRoles, stacksWithRoles, typesOf } from "./example-roles";
import authorization from "./service-authorization.json";

const ACTIONS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> =
  authorization.actions;
const ARNS: Readonly<Record<string, Readonly<Record<string, string>>>> = authorization.resources;
/** Of docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: characters of a policy, policies of a role. */
const CHARACTERS_MAX = 6144;
const POLICIES_MAX = 10;

let stacks: readonly StackWithRoles[];
beforeAll(async () => {
  stacks = await stacksWithRoles("aws");
});
const statements = (of = stacks): readonly PolicyStatement[] =>
  of.flatMap(({ aws }) => aws?.documents.flatMap(({ Statement }) => Statement) ?? []);

describe.each(LAYERS)("the rights of layer %s on AWS", (layer) => {
  it("have a row for each type that it registers, and for no other", () => {
    expect(Object.keys(AWS_RIGHTS[layer]).sort()).toEqual(typesOf(stacks, layer, "aws"));
  });
});

describe("policies of AWS", () => {
  it("are within the limits of IAM for every example", () => {
    const sizes = stacks.map(({ aws }) => aws?.documents.map((one) => JSON.stringify(one).length));
    expect(Math.max(...sizes.flatMap((one) => one ?? []))).toBeLessThanOrEqual(CHARACTERS_MAX);
    expect(Math.max(...sizes.map((one) => one?.length ?? 0))).toBeLessThanOrEqual(POLICIES_MAX);
  });

  it("name every action in full, which exists", () => {
    const named = new Set(statements().flatMap(({ Action }) => Action));
    expect(named.size).toBeGreaterThan(200);
    expect([...named].filter((action) => !(action in ACTIONS))).toEqual([]);
  });

  it("name resources wherever the action is judged on some, of a kind that it is judged on", () => {
    const wrong = statements().flatMap(({ Action, Resource }) =>
      Action.flatMap((action) =>
        Resource.filter((arn) => !isJudgedOn(action, arn)).map((arn) => `${action} on ${arn}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it("have no condition that an action is not judged by", () => {
    const wrong = statements().flatMap(({ Action, Resource, Condition = {} }) =>
      Object.values(Condition)
        .flatMap((one) => Object.keys(one))
        .flatMap((key) =>
          Action.flatMap((action) =>
            Resource.filter((arn) => !isJudgedBy(action, arn, key)).map(
              (arn) => `${action} on ${arn} by ${key}`,
            ),
          ),
        ),
    );
    expect(wrong).toEqual([]);
  });

  it("allow every action on each kind of resource that it needs", () => {
    const wrong = stacks.flatMap((stack) => {
      const all = statements([stack]);
      return [...new Set(all.flatMap(({ Action }) => Action))].flatMap((action) => {
        const arns = all
          .filter(({ Action }) => Action.includes(action))
          .flatMap(({ Resource }) => Resource);
        return requiredKinds(action)
          .filter((kind) => !arns.some((arn) => isOfKind(arn, action, kind)))
          .map((kind) => `${stack.name}: ${action} on ${kind}`);
      });
    });
    expect(wrong).toEqual([]);
  });

  it("give roles away only to named services, and only roles of the stack", () => {
    const passing = statements().filter(({ Action }) => Action.includes("iam:PassRole"));
    expect(passing.length).toBeGreaterThan(5);
    for (const { Resource, Condition } of passing) {
      const services = [Condition?.["StringEquals"]?.["iam:PassedToService"]].flat();
      expect(services.filter((one) => !/^[a-z0-9.-]+\.amazonaws\.com$/.test(one ?? ""))).toEqual(
        [],
      );
      expect(Resource.filter((arn) => !/:role\/[a-z0-9-]{3,}-\*$/.test(arn))).toEqual([]);
    }
  });

  it("attach the policies that the examples attach, and no others", () => {
    const attached = stacks
      .flatMap(({ resources }) => resources)
      .filter(({ type }) => type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
      .map(({ inputs }) => String(inputs["policyArn"]));
    const allowed = statements()
      .filter(({ Action }) => Action.includes("iam:AttachRolePolicy"))
      .flatMap(({ Condition }) => Condition?.["ArnEquals"]?.["iam:PolicyARN"] ?? []);
    expect(new Set(allowed)).toEqual(new Set(attached));
    expect(attached.length).toBeGreaterThan(0);
  });

  it("cover the names that the stacks give", () => {
    const outside = stacks.flatMap(({ name: stack, layer, resources, aws }) =>
      aws === undefined
        ? []
        : resources
            .filter(({ type }) => isMadeByName(AWS_RIGHTS[layer][type] ?? [], aws.scope))
            .map(({ type, inputs }) => [type, (inputs["tags"] as Tags | undefined)?.["Name"]])
            .filter(([, name = ""]) => !namesOf(aws.scope).some((one) => overlap(one, name)))
            .map(([type, name]) => `${stack}: ${type} ${name}`),
    );
    expect(outside).toEqual([]);
    const roles = stacks.flatMap(({ resources, aws }) =>
      resources
        .filter(({ type }) => aws !== undefined && type === "aws:iam/role:Role")
        // Pulumi ends the name of a resource in a hyphen and seven digits.
        .filter(({ name }) => !aws!.scope.names.some((one) => overlap(one, `${name}-0000000`))),
    );
    expect(roles).toEqual([]);
  });

  it("are the same for rows in another order", () => {
    const { scope } = stacks.find(({ layer, aws }) => layer === "foundation" && aws)!.aws!;
    const backwards = Object.fromEntries(Object.entries(AWS_RIGHTS.foundation).reverse());
    expect(policyDocuments(backwards, scope)).toEqual(
      policyDocuments(AWS_RIGHTS.foundation, scope),
    );
  });
});

type Tags = Readonly<Record<string, string>>;

/** Whether a resource may only be made with a name of the stack as its tag. */
function isMadeByName(rights: readonly AwsRight[], scope: AwsScope): boolean {
  return rights.some(({ on }) => JSON.stringify(on(scope)).includes("aws:RequestTag/Name"));
}

/** The cluster, where there is one, has the name of the place itself. */
function namesOf({ names, cluster }: AwsScope): readonly string[] {
  return cluster === "" ? names : [...names, cluster];
}

function kindsOf(action: string): readonly string[] {
  return Object.keys(ACTIONS[action] ?? {}).filter((kind) => kind !== "");
}

/** Each of these is done to one thing, of any of the kinds. */
const ALTERNATIVES = /^(elasticloadbalancing:|route53:ChangeTagsForResource$)/;

function requiredKinds(action: string): readonly string[] {
  if (ALTERNATIVES.test(action)) return [];
  return kindsOf(action).filter((kind) => kind.endsWith("!"));
}

function isJudgedOn(action: string, arn: string): boolean {
  const kinds = kindsOf(action);
  if (arn === "*") return kinds.length === 0;
  return kinds.some((kind) => isOfKind(arn, action, kind));
}

function isJudgedBy(action: string, arn: string, key: string): boolean {
  // Every request has its region.
  if (key === "aws:RequestedRegion") return true;
  const general = key.replace(/^(aws:(?:Request|Resource)Tag\/).*/, "$1$${TagKey}");
  const row = ACTIONS[action]!;
  return Object.entries(row).some(
    ([kind, keys]) => (kind === "" || isOfKind(arn, action, kind)) && keys.includes(general),
  );
}

function isOfKind(arn: string, action: string, kind: string): boolean {
  const form = ARNS[action.split(":")[0]!]?.[kind.replace(/!$/, "")];
  if (form === undefined) return false;
  const parts = partsOf(form.replace(/\$\{[A-Za-z]+\}/g, "*"));
  const own = partsOf(arn);
  return parts.every((part, index) => overlap(part, own[index]!));
}

/** An ARN in six parts, what it names first, since there most differ. */
function partsOf(arn: string): readonly string[] {
  const [, partition, service, region, account, name] =
    /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/.exec(arn)!;
  return [name!, partition!, service!, region!, account!];
}

/** Whether there is a text of both forms, in which `*` is any text. */
function overlap(one: string, other: string): boolean {
  // Most forms differ before their first `*`.
  const [beginning = "", otherBeginning = ""] = [one, other].map((form) => form.split("*")[0]!);
  const shorter = Math.min(beginning.length, otherBeginning.length);
  if (beginning.slice(0, shorter) !== otherBeginning.slice(0, shorter)) return false;
  // Lengths of `other` at which a beginning of it has a text in common with what of `one` has been read.
  let reached = startingAt(other, new Set([0]));
  for (const letter of one) {
    const next = new Set<number>(letter === "*" ? reached : []);
    for (const at of reached) {
      if (letter === "*") for (let end = at; end <= other.length; end += 1) next.add(end);
      else if (other[at] === "*") next.add(at);
      else if (other[at] === letter) next.add(at + 1);
    }
    reached = startingAt(other, next);
  }
  return reached.has(other.length);
}

/** A `*` may stand for nothing. */
function startingAt(pattern: string, places: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(places);
  for (const at of all) if (pattern[at] === "*") all.add(at + 1);
  return all;
}
