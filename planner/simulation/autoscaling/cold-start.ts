/**
 * How long replicas of a pool take from the decision to start them until they take requests: a node from the cloud,
 * the image, the weights, one after the other. A replica that starts again where it was needs no node.
 */
import type { ResolvedPool } from "../../fleet/resolved-fleet";
import { type Distribution, quantile } from "../../foundation/distributions";
import type { RandomStream } from "../../foundation/random";

export class ColdStarts {
  private readonly nodeSeconds: Distribution;
  private readonly imagePullSeconds: Distribution;
  private readonly weightLoadSeconds: Distribution;
  private readonly random: RandomStream;

  constructor(pool: Pick<ResolvedPool, "coldStart">, random: RandomStream) {
    const { nodeSeconds, imagePullSeconds, weightLoadSeconds } = pool.coldStart;
    this.nodeSeconds = nodeSeconds;
    this.imagePullSeconds = imagePullSeconds;
    this.weightLoadSeconds = weightLoadSeconds;
    this.random = random;
  }

  /**
   * Draws the next cold start: seconds until the cloud has given a node, and from then until requests are taken.
   * Each takes three numbers from the stream, so that the n-th is the same in two runs that differ in which
   * replicas need nodes.
   */
  next(): { readonly nodeSeconds: number; readonly startSeconds: number } {
    const nodeSeconds = quantile(this.nodeSeconds, this.random.uniform());
    const pull = quantile(this.imagePullSeconds, this.random.uniform());
    const load = quantile(this.weightLoadSeconds, this.random.uniform());
    return { nodeSeconds, startSeconds: pull + load };
  }
}
