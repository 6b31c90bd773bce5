/** A piece of a Kubernetes object, as plain data. */
export type ManifestPart = Readonly<Record<string, unknown>>;
