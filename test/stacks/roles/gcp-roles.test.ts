/**
 * What the roles for who deploys a stack of Google Cloud must be: a row for each type that the examples register, within
 * the limits of a custom role, and narrowed to the fleet where the service judges by names.
 */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { GCP_RIGHTS, GIVEN_ROLES } from "../../../stacks/roles/gcp-roles";
import { LAYERS, type StackWithRoles, stacksWithRoles, typesOf } from "./example-roles";

/** cloud.google.com/iam/quotas: permissions of a custom role. */
const PERMISSIONS_MAX = 3000;

let stacks: readonly StackWithRoles[];
beforeAll(async () => {
  stacks = await stacksWithRoles("gcp");
});
const ofGoogle = () =>
  stacks.flatMap(({ gcp, ...one }) => (gcp === undefined ? [] : [{ ...one, ...gcp }]));

describe.each(LAYERS)("the rights of layer %s on Google Cloud", (layer) => {
  it("have a row for each type that it registers, and for no other", () => {
    expect(Object.keys(GCP_RIGHTS[layer]).sort()).toEqual(typesOf(stacks, layer, "gcp"));
  });

  it("give others the roles that its stacks give, and no others", () => {
    const given = stacks
      .filter((one) => one.layer === layer)
      .flatMap(({ resources }) => resources)
      .filter(({ type }) => type === "gcp:projects/iAMMember:IAMMember")
      .map(({ inputs }) => String(inputs["role"]));
    expect(GIVEN_ROLES[layer]).toEqual([...new Set(given)].sort());
  });
});

describe("roles of Google Cloud", () => {
  it("are within the limits of custom roles, and have ids of their own", () => {
    const custom = ofGoogle().flatMap(({ roles }) => Object.entries(roles.custom));
    expect(custom.length).toBeGreaterThan(10);
    for (const [id, { includedPermissions }] of custom) {
      expect(id).toMatch(/^[a-zA-Z0-9_.]{3,64}$/);
      expect(includedPermissions.length).toBeLessThanOrEqual(PERMISSIONS_MAX);
      // Service, kind of resource, verb; no wildcard.
      const wrong = includedPermissions.filter((one) => !/^[a-z]+(\.[a-zA-Z]+){2}$/.test(one));
      expect(wrong).toEqual([]);
    }
    expect(new Set(custom.map(([id]) => id)).size).toBe(custom.length);
  });

  it("are each given once, and no basic role is", () => {
    for (const { roles, scope } of ofGoogle()) {
      const given = roles.bindings.map(({ role }) => role);
      const custom = Object.keys(roles.custom).map((id) => `projects/${scope.project}/roles/${id}`);
      expect(given.filter((role) => role.startsWith("projects/")).sort()).toEqual(custom.sort());
      expect(given.filter((role) => /^roles\/(owner|editor|viewer)$/.test(role))).toEqual([]);
    }
  });

  it("let nobody change rights in the project, keys or records without a condition", () => {
    const powers =
      /^(resourcemanager\.projects|cloudkms\.cryptoKeys|secretmanager\.secrets|storage\.buckets)\.setIamPolicy$/;
    const free = ofGoogle().flatMap(({ name, roles, scope }) =>
      roles.bindings
        .filter(({ on, condition }) => on === `projects/${scope.project}` && !condition)
        .flatMap(({ role }) => roles.custom[role.split("/").at(-1)!]?.includedPermissions ?? [])
        .filter((permission) => powers.test(permission))
        .map((permission) => `${name}: ${permission}`),
    );
    expect(free).toEqual([]);
  });

  it("name keys and buckets as the stacks do", () => {
    const rings = ofGoogle().flatMap(({ resources, scope }) =>
      resources
        .filter(({ type }) =>
          /:KeyRing$|secretmanager\/secret:Secret$|storage\/bucket:Bucket$/.test(type),
        )
        .map(({ name }) => ({ name, begins: name.startsWith(`${scope.name}-`) })),
    );
    expect(rings.length).toBeGreaterThan(3);
    expect(rings.filter(({ begins }) => !begins)).toEqual([]);
  });
});
