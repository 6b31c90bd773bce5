/** What a person says of who may call arrives at the edge of each cloud and at the gateway. */
import { describe, expect, it } from "@jest/globals";
import { type EngineRun, ofType, only } from "../support/mini-engine/engine-run";
import { editedRuns } from "./edited-plan";
import { at, inputsOf, specOf } from "./read-resource";

const ENVOY = "kubernetes:gateway.envoyproxy.io/v1alpha1";
const OFFICE = ["203.0.113.0/24", "198.51.100.7/32"];
const SOURCES = { "capplan:sourceCidrs": JSON.stringify(OFFICE) };

/** The first serving layer of an example with these keys. */
async function servingOf(
  example: string,
  config: Readonly<Record<string, string>>,
): Promise<EngineRun> {
  const runs = await editedRuns(example, () => undefined, { serving: config });
  return runs.find(({ stack }) => stack.layer === "serving")!.run;
}

describe("who may call", () => {
  it("on AWS is who the load balancer lets in", async () => {
    const run = await servingOf("development", SOURCES);
    const sources = ofType(
      run,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    ).flatMap((rule) => at(inputsOf(rule), "cidrIpv4") ?? []);
    expect(sources.map(String).toSorted()).toEqual(OFFICE.toSorted());
  });

  it("on Google Cloud is who the Service lets in", async () => {
    const run = await servingOf("two-regions-gcp", SOURCES);
    const service = at(
      specOf(only(run, `${ENVOY}:EnvoyProxy`)),
      "provider",
      "kubernetes",
      "envoyService",
    );
    expect(service?.["loadBalancerSourceRanges"]).toEqual(OFFICE);
  });

  it("is who has a token of the provider that is named", async () => {
    const provider = {
      issuer: "login.example.com",
      jwksUri: "https://login.example.com/keys",
      audiences: ["models"],
    };
    const jwt = JSON.stringify({ ...provider, tenantClaim: "org" });
    const run = await servingOf("development", { "capplan:jwt": jwt });
    const asking = ofType(run, `${ENVOY}:SecurityPolicy`)
      .map(specOf)
      .filter(({ jwt }) => jwt);
    expect(asking).toMatchObject([
      {
        jwt: {
          providers: [
            {
              issuer: provider.issuer,
              remoteJWKS: { uri: provider.jwksUri },
              audiences: provider.audiences,
              claimToHeaders: [{ claim: "org" }],
            },
          ],
        },
      },
    ]);
    expect(asking[0]).not.toHaveProperty("apiKeyAuth");
  });

  it("is everybody only where that is said", async () => {
    const run = await servingOf("development", { "capplan:isOpen": "true" });
    expect(ofType(run, `${ENVOY}:SecurityPolicy`)).toEqual([]);
  });
});
