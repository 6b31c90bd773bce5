/** What `npm pack` puts into the package: the program, the library, the built-in scenarios, and nothing else. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { builtInScenarios } from "../../planner/scenario/built-in-scenarios";

const ROOT = path.resolve(__dirname, "../..");

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

/** Without `prepare`, which builds: the compiled files are those of the last build. */
function packedFiles(): readonly PackedFile[] {
  const argv = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const stdout = execFileSync("npm", argv, { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
  const [packed]: readonly { readonly files: readonly PackedFile[] }[] = JSON.parse(
    stdout.toString(),
  );
  return packed!.files;
}

describe("the package", () => {
  let files: readonly PackedFile[] = [];
  beforeAll(() => {
    files = packedFiles();
  });

  it("holds compiled code, built-in scenarios and READMEs only", () => {
    const allowed = [
      /^dist\/(bin|planner)\/.+\.(js|d\.ts)$/,
      /^planner\/scenarios\/[a-z0-9-]+\.yaml$/,
      /^(planner\/)?README\.md$/,
      /^(package\.json|LICENSE)$/,
    ];
    const others = files.filter(({ path }) => !allowed.some((pattern) => pattern.test(path)));
    expect(others).toEqual([]);
  });

  it("holds every built-in scenario where the program looks for it", () => {
    const paths = files.map(({ path }) => path);
    expect(builtInScenarios.length).toBeGreaterThan(0);
    for (const { file } of builtInScenarios) expect(paths).toContain(file);
  });

  it("needs at run time only what it depends on", () => {
    const { dependencies }: { readonly dependencies: Readonly<Record<string, string>> } =
      JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
    const imported = ["bin", "planner"].flatMap(packagesImportedIn);
    const missing = imported.filter((name) => dependencies[name] === undefined);
    expect([...new Set(missing)]).toEqual([]);
    // The SDKs of the clouds are half a gigabyte that the command never loads.
    expect(Object.keys(dependencies).filter((name) => name.startsWith("@pulumi/"))).toEqual([]);
  });
});

/** Names of packages that the sources of a folder import or require. */
function packagesImportedIn(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const text = fs.readFileSync(path.join(ROOT, folder, file), "utf8");
      const names = text.matchAll(/(?:from |import\(|require\()"([^."][^"]*)"/g);
      return [...names].map(([, name]) => name!).filter((name) => !name.startsWith("node:"));
    })
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
}
