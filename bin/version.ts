/** The version of this package: of the nearest package.json above, in a clone as in an installed package. */
import fs from "node:fs";
import path from "node:path";

export function packageVersion(): string {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, "package.json");
    if (fs.existsSync(file)) {
      const content: { readonly version: string } = JSON.parse(fs.readFileSync(file, "utf8"));
      return content.version;
    }
    if (folder === path.dirname(folder)) return "unknown";
  }
}
