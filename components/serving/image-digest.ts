/** Images by digest: what runs is what was looked at, on every node and after every restart. */
import { checkForm } from "../foundation/check-value";
import type { InputProblem } from "../foundation/input-problem";

/** The problem of an image that is named by a tag, or by nothing. */
export function checkImage(path: string, image: string): readonly InputProblem[] {
  return checkForm(path, image, {
    pattern: /^[a-z0-9]([a-z0-9./_:-]*[a-z0-9])?@sha256:[0-9a-f]{64}$/,
    must: "name an image by its digest, ending in @sha256: and 64 digits",
  });
}
