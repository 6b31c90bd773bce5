/** Which images may run beside the replicas: those that the stack names, by where they come from. */
import { checkImagePolicy, type ImagePolicyArgs } from "../../components/security";
import type { Derived } from "./derived";
import { SERVING_NAMESPACE } from "./services";
import { translateProblems } from "./translate-problems";

/** Images of a stack. */
export interface ImageSettings {
  readonly engineImage: string;
  readonly weightsImage: string;
  readonly pickerImage?: string | undefined;
  readonly sidecarImage?: string | undefined;
}

/** The policy of the serving namespace. */
export function deriveImages({
  engineImage,
  weightsImage,
  pickerImage,
  sidecarImage,
}: ImageSettings): Derived<ImagePolicyArgs> {
  const possible = [pickerImage, sidecarImage].filter((image) => image !== undefined);
  const images = [engineImage, weightsImage, ...possible];
  const registries = [...new Set(images.map(registryOf))].toSorted();
  const args: ImagePolicyArgs = { namespaces: [SERVING_NAMESPACE], registries };
  return {
    args,
    derivations: [
      {
        what: "images.registries",
        value: registries,
        because: "where capplan:engineImage, weightsImage, pickerImage and sidecarImage come from",
      },
    ],
    problems: translateProblems(
      checkImagePolicy(args),
      { registries: "capplan:engineImage" },
      "capplan:engineImage",
    ),
  };
}

/** `docker.io/vllm/vllm-openai@sha256:…` → `docker.io/vllm/`. */
function registryOf(image: string): string {
  return image.slice(0, image.lastIndexOf("/") + 1);
}
