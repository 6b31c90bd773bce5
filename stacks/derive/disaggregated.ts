/**
 * Models whose prompts are read by the replicas of some pools and whose answers are written by those of others: one
 * DisaggregatedService for each, with the pools as its phases. What of the plan does not go with that is refused in
 * phase-problems.ts, by every layer.
 */
import type { GpuPoolPlacement } from "../../components/cluster";
import {
  checkDisaggregatedService,
  type DisaggregatedServiceArgs,
  type KvTransferArgs,
  type WeightsArgs,
} from "../../components/serving";
import type { Problem } from "../../planner/plan/fleet-of-plan";
import type { Derivation, Derived } from "./derived";
import { fabricOf } from "./fabric";
import { poolPath } from "./fleet-context";
import { modelComponentName } from "./names";
import type { PlaceContext } from "./place-context";
import { placeholderWeights } from "./placeholder-weights";
import { servicePaths } from "./service-paths";
import { KV_LEASE_SECONDS, type ServiceOfPool } from "./services";
import { type PathTable, translateProblems } from "./translate-problems";

/** A model that is served by phases. */
export interface DisaggregatedModel {
  readonly model: string;
  /** Of the component. */
  readonly name: string;
  readonly prefill: readonly ServiceOfPool[];
  readonly decode: readonly ServiceOfPool[];
  readonly transfer: Required<KvTransferArgs>;
}

/** What a service is made of beside what the plan says. */
export interface DisaggregatedParts {
  readonly placements: Readonly<Record<string, GpuPoolPlacement>>;
  readonly weightsImage: string;
  readonly sidecarImage: string | undefined;
}

/** The models of a place that are served by phases, by name. */
export function deriveDisaggregated(
  place: PlaceContext,
  services: readonly ServiceOfPool[],
  parts: DisaggregatedParts,
): Derived<readonly DisaggregatedModel[]> {
  const phases = services.filter(({ pool }) => pool.role !== "unified");
  const names = [...new Set(phases.map(({ pool }) => pool.model.name))].toSorted();
  const models = names.map((model): DisaggregatedModel => {
    const ofModel = phases.filter(({ pool }) => pool.model.name === model);
    return {
      model,
      name: modelComponentName(model),
      prefill: ofModel.filter(({ pool }) => pool.role === "prefill"),
      decode: ofModel.filter(({ pool }) => pool.role === "decode"),
      transfer: {
        backend: usesEfa(place, ofModel) ? "LIBFABRIC" : "UCX",
        leaseSeconds: KV_LEASE_SECONDS,
      },
    };
  });
  return {
    args: models,
    derivations: models.flatMap((model) => describe(place, model)),
    problems: models.flatMap((model) => problemsOf(model, parts)),
  };
}

function usesEfa(place: PlaceContext, services: readonly ServiceOfPool[]): boolean {
  return services.some(({ pool }) => fabricOf(place, pool) === "rdma");
}

/** Arguments of the component. @param placements of every pool */
export function disaggregatedArgs(
  { prefill, decode, transfer }: DisaggregatedModel,
  weights: WeightsArgs,
  placements: DisaggregatedParts["placements"],
  sidecarImage: string,
): DisaggregatedServiceArgs {
  const { args } = prefill[0]!;
  const { pool: _, ...allocation } = args.allocation!;
  const phase = (services: readonly ServiceOfPool[]) =>
    Object.fromEntries(
      services.map(
        ({ poolName, args: { engine, resources, replicas, scaling, startupSeconds } }) => [
          poolName,
          {
            engine,
            resources,
            replicas,
            startupSeconds,
            pool: placements[poolName]!,
            ...(scaling === undefined ? {} : { scaling }),
          },
        ],
      ),
    );
  // All pools wait for the longest of them, which each has for itself in the plan.
  const graces = [...prefill, ...decode].map((one) => one.args.terminationGracePeriodSeconds);
  return {
    namespace: args.namespace,
    modelName: args.modelName,
    image: args.image,
    weights,
    longestStreamSeconds: args.longestStreamSeconds,
    endpointRemovalSeconds: args.endpointRemovalSeconds!,
    terminationGracePeriodSeconds: Math.max(...graces),
    priorityClassName: args.priorityClassName!,
    allocation,
    prefill: phase(prefill),
    decode: phase(decode),
    sidecarImage,
    transfer,
  };
}

/** What the component would refuse, said of the plan. */
function problemsOf(
  model: DisaggregatedModel,
  { placements, weightsImage, sidecarImage }: DisaggregatedParts,
): readonly Problem[] {
  const { prefill, decode, name } = model;
  const services = [...prefill, ...decode];
  const problems: Problem[] = [];
  if (sidecarImage === undefined) {
    problems.push({
      code: "missing",
      path: "capplan:sidecarImage",
      message: `the image of the sidecar is missing, which asks a prefill replica of ${model.model} before a decode replica answers`,
      hint: "pulumi config set capplan:sidecarImage ghcr.io/llm-d/llm-d-router-disagg-sidecar@sha256:…",
    });
  }
  // Why there is no such pool, or only one phase, is a problem already.
  if (prefill.length === 0 || services.some(({ poolName }) => placements[poolName] === undefined)) {
    return problems;
  }
  const weights = placeholderWeights(prefill[0]!.args, weightsImage);
  const image = sidecarImage ?? `missing@sha256:${"0".repeat(64)}`;
  const found = checkDisaggregatedService(disaggregatedArgs(model, weights, placements, image));
  const tables: readonly PathTable[] = services.map((service) =>
    servicePaths(service, `${service.pool.role}.${service.poolName}`),
  );
  const paths: PathTable = Object.assign({}, ...tables, { sidecarImage: "capplan:sidecarImage" });
  return [...problems, ...translateProblems(found, paths, `services.${name}`)];
}

function describe(
  place: PlaceContext,
  { name, prefill, decode, transfer }: DisaggregatedModel,
): readonly Derivation[] {
  const what = `services.${name}`;
  const names = (services: readonly ServiceOfPool[]) => services.map((one) => one.pool.name);
  return [
    {
      what: `${what}.prefill`,
      value: names(prefill),
      because: "pools of role prefill, which the gateway sends to",
    },
    {
      what: `${what}.decode`,
      value: names(decode),
      because: "pools of role decode of the same model and region",
      deviation:
        "the decode replica is chosen as a request comes, with the prefill replica, where it was chosen once the prompt was read",
    },
    {
      what: `${what}.transfer.backend`,
      value: transfer.backend,
      because:
        transfer.backend === "LIBFABRIC"
          ? "the nodes of all its pools have EFA"
          : "the nodes reach each other over TCP, which is as fast as kvTransfer.bandwidth",
    },
    {
      what: `${what}.transfer.leaseSeconds`,
      value: transfer.leaseSeconds,
      because: "the engine's own default: so long a prompt is kept for a replica that is lost",
      deviation:
        "a prefill replica keeps a prompt until a decode replica has room and has read it, where it was sent at once and then let go",
    },
    ...prefill.map(({ pool }) => ({
      what: `${what}.transfer.${pool.name}`,
      value: `${pool.kvTransfer.bytesPerSecond / 1e9} GB/s`,
      because: `${poolPath(pool)}.kvTransfer.bandwidth, which the network (${fabricOf(place, pool)}) carries`,
      deviation:
        "transfers out of a replica share its network, where each waited for the one before it",
    })),
    ...decode
      .filter(({ pool }) => ["in-flight", "waiting"].includes(pool.autoscaling?.metric ?? ""))
      .map((service) => ({
        what: `${what}.decode.${service.poolName}.scaling`,
        value: service.pool.autoscaling!.metric,
        because: "autoscaling.metric of a pool of role decode",
        deviation:
          "a prompt whose KV cache is being read counts as waiting, where it came after that",
      })),
  ];
}
