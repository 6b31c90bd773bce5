/**
 * Property values as the SDK sends them: secrets in envelopes, unknowns as a sentinel, resources and assets as
 * tagged objects. Here they become plain values, with the paths of what was secret or unknown beside them.
 *
 * The signatures are fixed by the protocol: sdk/go/common/resource/sig in pulumi/pulumi.
 */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
/** The sentinel for a value that a preview does not know. */
export const WIRE_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What stands in decoded values for one that a preview does not know. */
export const UNKNOWN = "<unknown>";

/** Plain values, and where secrets and unknowns were. Paths are dotted: `policies[0].token`. */
export interface DecodedValues {
  readonly values: Readonly<Record<string, unknown>>;
  readonly secretPaths: readonly string[];
  readonly unknownPaths: readonly string[];
}

/** Decodes the properties of a message. */
export function decodeStruct(struct: Struct | undefined): DecodedValues {
  const secretPaths: string[] = [];
  const unknownPaths: string[] = [];
  const decode = (value: unknown, path: string): unknown => {
    if (value === WIRE_UNKNOWN) {
      unknownPaths.push(path);
      return UNKNOWN;
    }
    if (Array.isArray(value)) return value.map((item, index) => decode(item, `${path}[${index}]`));
    if (typeof value !== "object" || value === null) return value;
    const object = value as Readonly<Record<string, unknown>>;
    switch (object[SIGNATURE]) {
      case SECRET:
        secretPaths.push(path);
        return decode(object["value"], path);
      case OUTPUT:
        if (object["secret"] === true) secretPaths.push(path);
        return "value" in object ? decode(object["value"], path) : decode(WIRE_UNKNOWN, path);
      case RESOURCE:
        return object["urn"];
      default:
        return decodeEntries(object, path);
    }
  };
  const decodeEntries = (object: Readonly<Record<string, unknown>>, path: string) =>
    Object.fromEntries(
      Object.entries(object).map(([key, value]) => [
        key,
        decode(value, path === "" ? key : `${path}.${key}`),
      ]),
    );
  const values = decodeEntries(struct === undefined ? {} : struct.toJavaScript(), "");
  return { values, secretPaths, unknownPaths };
}

/** Encodes plain values, the ones under the given keys as secrets. */
export function encodeStruct(
  values: Readonly<Record<string, unknown>>,
  secretKeys: readonly string[] = [],
): Struct {
  const wire = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, secretKeys.includes(key) ? encodeSecret(value) : value]);
  // Through JSON, which drops what is undefined further down: a Struct has no such value.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(Object.fromEntries(wire))));
}

/** A value in the envelope that marks it as secret. */
export function encodeSecret(value: unknown): unknown {
  return { [SIGNATURE]: SECRET, value };
}
