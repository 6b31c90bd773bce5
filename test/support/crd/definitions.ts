/**
 * The definitions of custom resources that manifests are checked against: data files of the projects, in a folder
 * beside the repository that is not always there. Nothing of them is copied into the project.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe } from "@jest/globals";
import { parseAllDocuments } from "yaml";

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
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

let loaded: ReadonlyMap<string, Schema> | undefined;

/** Schemas by `group/version/kind`. */
function schemas(): ReadonlyMap<string, Schema> {
  loaded ??= new Map(
    readdirSync(FOLDER)
      .filter((file) => file.endsWith(".yaml"))
      .flatMap((file) =>
        parseAllDocuments(readFileSync(path.join(FOLDER, file), "utf8")).map(
          (document) => document.toJS() as Definition | null,
        ),
      )
      .flatMap((one) =>
        one?.kind !== "CustomResourceDefinition"
          ? []
          : one.spec.versions.map(
              ({ name, schema }) =>
                [
                  `${one.spec.group}/${name}/${one.spec.names.kind}`,
                  schema.openAPIV3Schema,
                ] as const,
            ),
      ),
  );
  return loaded;
}

/**
 * The schema of a kind.
 * @throws when no definition names the kind in this version.
 */
export function schemaOf(apiVersion: string, kind: string): Schema {
  const schema = schemas().get(`${apiVersion}/${kind}`);
  if (schema === undefined) throw new Error(`no definition of ${kind} in ${apiVersion}`);
  return schema;
}

/** A suite that needs the definitions; without them the suite is skipped and says so. */
export function describeWithDefinitions(name: string, suite: () => void): void {
  if (existsSync(FOLDER)) describe(name, suite);
  else describe.skip(`${name} (skipped: ../shared/crds not present)`, suite);
}
