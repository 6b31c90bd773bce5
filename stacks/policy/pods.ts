/** Rules of pods: what runs beside weights and prompts is known to the byte, and cannot leave its container. */
import { itemsAt, shown, type Values, valueAt } from "./plain-values";
import { type Judged, resourceRule } from "./rule";

/** Where each kind has the specification of its pods. */
const POD_PATHS: Readonly<Record<string, string>> = {
  Pod: "spec",
  Deployment: "spec.template.spec",
  StatefulSet: "spec.template.spec",
  DaemonSet: "spec.template.spec",
  ReplicaSet: "spec.template.spec",
  Job: "spec.template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
};
const WORKLOADS = new RegExp(
  `^kubernetes:(core|apps|batch)/v1:(${Object.keys(POD_PATHS).join("|")})$`,
);
/** A group of pods that serve as one replica: its leader and its workers. */
const GROUP = "kubernetes:leaderworkerset.x-k8s.io/v1:LeaderWorkerSet";
const GROUP_PATHS = [
  "spec.leaderWorkerTemplate.leaderTemplate.spec",
  "spec.leaderWorkerTemplate.workerTemplate.spec",
];
const ANY_WORKLOAD = new RegExp(`${WORKLOADS.source}|^${GROUP.replaceAll(".", "\\.")}$`);

const GPU = "nvidia.com/gpu";
const POOL_LABEL = "capplan/pool";

/** A pod's specification, and the containers in it with their paths. */
interface PodSpec {
  readonly path: string;
  readonly spec: Values;
}

function podSpecsOf({ type, props }: Judged): readonly PodSpec[] {
  const kind = type.split(":").at(-1)!;
  const paths = type === GROUP ? GROUP_PATHS : [POD_PATHS[kind]!];
  return paths.flatMap((path) => {
    const spec = valueAt(props, path);
    return typeof spec === "object" && spec !== null ? [{ path, spec: spec as Values }] : [];
  });
}

function containersOf({ path, spec }: PodSpec): readonly { path: string; container: unknown }[] {
  return ["initContainers", "containers"].flatMap((key) =>
    itemsAt(spec, key).map((container, index) => ({ path: `${path}.${key}[${index}]`, container })),
  );
}

/** Asks for a GPU, or for the nodes of a pool of GPUs. */
function isOnGpuNode(pod: PodSpec): boolean {
  const has = (value: unknown, key: string) =>
    typeof value === "object" && value !== null && key in value;
  const asks = containersOf(pod).some(({ container }) =>
    ["resources.limits", "resources.requests"].some((key) => has(valueAt(container, key), GPU)),
  );
  const selector = valueAt(pod.spec, "nodeSelector") as Values | undefined;
  const pool = has(selector, POOL_LABEL) ? selector![POOL_LABEL] : "system";
  return asks || pool !== "system";
}

/** A tag can be moved to another image; nodes with weights and prompts run what was looked at. */
export const gpuImagesArePinned = resourceRule({
  name: "gpu-images-are-pinned",
  description: "Images of pods on GPU nodes are named by digest.",
  severity: "high",
  types: ANY_WORKLOAD,
  problemsOf: (resource) =>
    podSpecsOf(resource)
      .filter(isOnGpuNode)
      .flatMap(containersOf)
      .map(({ path, container }) => ({ path, image: valueAt(container, "image") }))
      .filter(({ image }) => typeof image === "string" && !/@sha256:[0-9a-f]{64}$/.test(image))
      .map(
        ({ path, image }) =>
          `${path}.image: must end in a digest (@sha256:…), got ${shown(image)}; a tag can be moved`,
      ),
});

const HOST_FLAGS = ["hostNetwork", "hostPID", "hostIPC"];
/** Rights with which a container is as good as its node (capabilities(7)). */
const NODE_CAPABILITIES = ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "NET_ADMIN"];

/** Agents run tools, and models are files from elsewhere: neither may become the node. */
export const podsAreUnprivileged = resourceRule({
  name: "pods-are-unprivileged",
  description: "No pod is privileged, or shares namespaces with its node.",
  severity: "critical",
  types: ANY_WORKLOAD,
  problemsOf: (resource) =>
    podSpecsOf(resource).flatMap((pod) => [
      ...HOST_FLAGS.filter((flag) => valueAt(pod.spec, flag) === true).map(
        (flag) => `${pod.path}.${flag}: must be false, got true`,
      ),
      ...containersOf(pod).flatMap(containerProblems),
    ]),
});

function containerProblems({
  path,
  container,
}: {
  readonly path: string;
  readonly container: unknown;
}): readonly string[] {
  const context = valueAt(container, "securityContext");
  const added = itemsAt(context, "capabilities.add").filter((one) =>
    NODE_CAPABILITIES.includes(String(one).replace(/^CAP_/, "")),
  );
  return [
    ...["privileged", "allowPrivilegeEscalation"]
      .filter((flag) => valueAt(context, flag) === true)
      .map((flag) => `${path}.securityContext.${flag}: must be false, got true`),
    ...added.map((one) => `${path}.securityContext.capabilities.add: must not have ${shown(one)}`),
  ];
}
