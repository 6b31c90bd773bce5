/**
 * Rights as policies of IAM: statements with the same target become one, and documents are as many as the limit of a
 * managed policy asks for. Pure, and the same for the same rights in any order.
 */
import type { AwsRights } from "./aws-rights";
import type { AwsScope, Condition } from "./aws-scope";

/** Characters of a managed policy, without white space (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). */
export const POLICY_CHARACTERS_MAX = 6144;

export interface PolicyStatement {
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/** The documents of a stack. @param rights of its layer */
export function policyDocuments(rights: AwsRights, scope: AwsScope): readonly PolicyDocument[] {
  return packed(statementsOf(rights, scope)).map((Statement) => ({
    Version: "2012-10-17",
    Statement,
  }));
}

interface Granted {
  readonly action: string;
  readonly resource: string;
  readonly condition: Condition | undefined;
}

/** Each action on each resource once, gathered first by what may be done, then by what it is done to. */
function statementsOf(rights: AwsRights, scope: AwsScope): readonly PolicyStatement[] {
  const granted = Object.values(rights)
    .flat()
    .flatMap(({ actions, on }): readonly Granted[] => {
      const { resources, condition } = on(scope);
      return actions.flatMap((action) =>
        resources.map((resource) => ({ action, resource, condition })),
      );
    });
  const byResource = gathered(
    granted,
    ({ resource, condition }) => JSON.stringify([condition, resource]),
    ({ action }) => action,
  );
  const byActions = gathered(
    byResource,
    ({ first, values }) => JSON.stringify([first.condition, values]),
    ({ first }) => first.resource,
  );
  return byActions.map(({ first: { first, values: Action }, values: Resource }) => ({
    Effect: "Allow",
    Action,
    Resource,
    ...(first.condition === undefined ? {} : { Condition: first.condition }),
  }));
}

interface Gathered<Item> {
  readonly first: Item;
  readonly values: readonly string[];
}

/** Items with the same key as one, with their distinct values in order; by key. */
function gathered<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  partOf: (item: Item) => string,
): readonly Gathered<Item>[] {
  const groups = new Map<string, { first: Item; values: Set<string> }>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? { first: item, values: new Set() };
    groups.set(key, group);
    group.values.add(partOf(item));
  }
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { first, values }]) => ({ first, values: [...values].sort() }));
}

/** As few documents as it takes, filled in turn. */
function packed(statements: readonly PolicyStatement[]): readonly (readonly PolicyStatement[])[] {
  const documents: PolicyStatement[][] = [];
  for (const statement of statements) {
    const room = documents.find(
      (one) => charactersOf([...one, statement]) <= POLICY_CHARACTERS_MAX,
    );
    if (room === undefined) documents.push([statement]);
    else room.push(statement);
  }
  return documents;
}

/** Characters of a document with these statements, as IAM counts them. */
function charactersOf(Statement: readonly PolicyStatement[]): number {
  return JSON.stringify({ Version: "2012-10-17", Statement }).length;
}
