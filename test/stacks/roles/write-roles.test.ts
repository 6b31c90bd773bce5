/** The command that writes roles: all files of all stacks, or none and everything that is wrong. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import { withTemporaryFolder } from "../../support/temporary-folder";
import { ROOT } from "../examples";

const CONFIG = path.join(ROOT, "stacks/config");

function run(argv: readonly string[]) {
  const command = path.join(ROOT, "stacks/roles/write-roles.ts");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", command, ...argv],
    { cwd: ROOT, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("npm run roles", () => {
  it("writes what the command lines of both clouds take, and says where", async () => {
    await withTemporaryFolder((folder) => {
      const stack = path.join(CONFIG, "Pulumi.two-clouds-edge.yaml");
      const { status, stdout, stderr } = run(["--out", folder, stack]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const files = fs.readdirSync(folder).sort();
      expect(stdout.trim().split("\n").sort()).toEqual(files.map((one) => path.join(folder, one)));
      const kinds = files.map((one) => one.split(".").slice(1, -1).join("."));
      expect(new Set(kinds)).toEqual(new Set(["policy-1", "role", "bindings"]));
      const read = (ending: string): unknown =>
        JSON.parse(
          fs.readFileSync(path.join(folder, files.find((one) => one.endsWith(ending))!), "utf8"),
        );
      expect(read(".policy-1.json")).toMatchObject({ Version: "2012-10-17" });
      expect(read("edge_project.role.json")).toMatchObject({ stage: "GA" });
      expect(read(".bindings.json")).toContainEqual({
        on: "billingAccounts/012345-6789AB-CDEF01",
        role: "roles/billing.costsManager",
      });
    });
  });

  it("writes nothing while a stack has a problem, and says all of them", async () => {
    await withTemporaryFolder((folder) => {
      const out = path.join(folder, "roles");
      const edge = path.join(folder, "Pulumi.lost-edge.yaml");
      const text = fs.readFileSync(path.join(CONFIG, "Pulumi.two-clouds-edge.yaml"), "utf8");
      fs.writeFileSync(
        edge,
        text.replace(/^ {2}capplan:(route53ZoneId|billingAccount):.*\n/gm, ""),
      );
      const good = path.join(CONFIG, "Pulumi.development-edge.yaml");
      const { status, stdout, stderr } = run([
        "--out",
        out,
        good,
        edge,
        path.join(CONFIG, "two-clouds.yaml"),
        path.join(folder, "Pulumi.none.yaml"),
      ]);
      expect({ status, stdout, isThere: fs.existsSync(out) }).toEqual({
        status: 2,
        stdout: "",
        isThere: false,
      });
      expect(stderr.trim().split("\n")).toEqual([
        expect.stringMatching(/^Pulumi.lost-edge.yaml: capplan:route53ZoneId: .* is missing/),
        expect.stringMatching(/^Pulumi.lost-edge.yaml: capplan:billingAccount: .* is missing/),
        expect.stringMatching(/^two-clouds.yaml: must be the file of a stack, Pulumi.STACK.yaml/),
        expect.stringMatching(/^Pulumi.none.yaml: cannot be read \(ENOENT\)/),
      ]);
    });
  });

  it.each<[string, readonly string[]]>([
    ["nothing", []],
    ["no folder", ["stacks/config/Pulumi.development-edge.yaml"]],
    ["an option that there is not", ["--dir", "roles", "--out", "roles"]],
  ])("says how it is called when it is given %s", (_, argv) => {
    const { status, stderr } = run(argv);
    expect({ status, usage: stderr.startsWith("usage: npm run roles -- --out") }).toEqual({
      status: 2,
      usage: true,
    });
  });
});
