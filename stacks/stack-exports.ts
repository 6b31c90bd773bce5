/** What a stack exports, by name. */
export type StackExports = Readonly<Record<string, unknown>>;
