/** What the name of a file to write says of its format. */
import path from "node:path";
import { UsageError } from "./describe-error";

/**
 * The format of the file's extension.
 *
 * @param option that names the file, for the message: `--out`
 * @param formats by extension in lower case: `{ ".json": "json" }`
 * @throws UsageError when the extension, or that there is none, means none of them
 */
export function formatByName<F>(
  option: string,
  file: string,
  formats: Readonly<Record<string, F>>,
  hint?: string,
): F {
  const format = formats[path.extname(file).toLowerCase()];
  if (format !== undefined) return format;
  const known = Object.keys(formats).join(", ");
  throw new UsageError(
    `${option} ${file}: the extension says the format, and it is none of ${known}`,
    hint,
  );
}
