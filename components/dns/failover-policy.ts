/** How DNS chooses among sites: one model, which Route 53 and Cloud DNS each render in their own way. */

/** Continents as Route 53 names them. */
export const continents = ["AF", "AN", "AS", "EU", "NA", "OC", "SA"] as const;

/** A continent. */
export type Continent = (typeof continents)[number];

/** The policy; sites are named as in the arguments. All is known early. */
export type FailoverPolicy =
  /** The nearest healthy site: by measured latency on Route 53, by place on Cloud DNS. */
  | { readonly kind: "latency" }
  /** Healthy sites in proportion to whole numbers up to 255; a site left out gets nothing while others are well. */
  | { readonly kind: "weighted"; readonly weights: Readonly<Record<string, number>> }
  /** The first healthy site. Cloud DNS keeps the order of two sites only. */
  | { readonly kind: "primary-backup"; readonly order: readonly string[] }
  /** The site of the client's continent, and the nearest healthy one when that is unhealthy. */
  | {
      readonly kind: "geo";
      readonly areas: Readonly<Partial<Record<Continent, string>>>;
      /** For all other continents. */
      readonly otherwise: string;
    };

/** Sites that a policy names, each with its path inside the policy. */
export function sitesNamed(policy: FailoverPolicy): readonly (readonly [string, string])[] {
  switch (policy.kind) {
    case "latency":
      return [];
    case "weighted":
      return Object.keys(policy.weights).map((site) => [`weights.${site}`, site]);
    case "primary-backup":
      return policy.order.map((site, index) => [`order[${index}]`, site]);
    case "geo":
      return [
        ...Object.entries(policy.areas).map(([area, site]) => [`areas.${area}`, site] as const),
        ["otherwise", policy.otherwise],
      ];
  }
}

/** The region of Google Cloud that stands for a continent; there is none in Antarctica. */
export const gcpRegionOf: Readonly<Record<Exclude<Continent, "AN">, string>> = {
  AF: "africa-south1",
  AS: "asia-southeast1",
  EU: "europe-west1",
  NA: "us-central1",
  OC: "australia-southeast1",
  SA: "southamerica-east1",
};
