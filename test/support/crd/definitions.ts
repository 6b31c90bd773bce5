/**
 * The definitions of custom resources that manifests are checked against: data files of the projects, in a folder
 * beside the repository that is not always there. Nothing of them is copied into the project.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe } from "@jest/globals";
import { parse } from "yaml";

const FOLDER = path.resolve(__dirname, "../../..", "../shared/crds");

/** A node of an OpenAPI v3 schema, as Kubernetes uses it. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly "x-kubernetes-validations"?: readonly {
    readonly rule: string;
    readonly message?: string;
  }[];
  readonly [keyword: string]: unknown;
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

const found = new Map<string, Schema | undefined>();

/** Documents are parsed only when they may define the kind: some are over a megabyte. */
function findSchema(apiVersion: string, kind: string): Schema | undefined {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"))) {
    for (const text of readFileSync(path.join(FOLDER, file), "utf8").split(/^---$/m)) {
      if (!text.includes(`\n    kind: ${kind}\n`)) continue;
      const { spec } = parse(text) as Definition;
      const version = spec.versions.find(({ name }) => `${spec.group}/${name}` === apiVersion);
      if (spec.names.kind === kind && version !== undefined) return version.schema.openAPIV3Schema;
    }
  }
  return undefined;
}

/**
 * The schema of a kind.
 * @throws when no definition names the kind in this version.
 */
export function schemaOf(apiVersion: string, kind: string): Schema {
  const key = `${apiVersion}/${kind}`;
  if (!found.has(key)) found.set(key, findSchema(apiVersion, kind));
  const schema = found.get(key);
  if (schema === undefined) throw new Error(`no definition of ${kind} in ${apiVersion}`);
  return schema;
}

/** A suite that needs the definitions; without them the suite is skipped and says so. */
export function describeWithDefinitions(name: string, suite: () => void): void {
  if (existsSync(FOLDER)) describe(name, suite);
  else describe.skip(`${name} (skipped: ../shared/crds not present)`, suite);
}
