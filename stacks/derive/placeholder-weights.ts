/** Weights that are somewhere, while it is only asked what is wrong with what is to be served from them. */
import type { WeightsArgs } from "../../components/serving";
import type { PlannedService } from "./services";

/** @param image that fetches them */
export function placeholderWeights(
  { prefix, sizeGib }: Pick<PlannedService, "prefix" | "sizeGib">,
  image: string,
): WeightsArgs {
  const source = {
    kind: "s3",
    bucket: "b",
    prefix,
    region: "us-east-1",
    clusterName: "c",
  } as const;
  return { source, sizeGib, image };
}
