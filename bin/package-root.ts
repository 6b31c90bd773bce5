/** Where this package lies, and its version: of the nearest package.json above, in a clone as when installed. */
import fs from "node:fs";
import path from "node:path";

export function packageRoot(): string {
  let folder = __dirname;
  while (!fs.existsSync(path.join(folder, "package.json"))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${__dirname}`);
    folder = parent;
  }
  return folder;
}

export function packageVersion(): string {
  const text = fs.readFileSync(path.join(packageRoot(), "package.json"), "utf8");
  const content: { readonly version: string } = JSON.parse(text);
  return content.version;
}
