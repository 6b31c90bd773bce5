/**
 * The terms of one forward pass, each a pure function of plain numbers in base units (seconds, bytes,
 * FLOPs, tokens). Not a model of any accelerator: `step-time.ts` puts the terms together for a pool.
 */

/**
 * Time of matrix products from the time to compute them and the time to read their operands: the two
 * limits of the roofline (Williams, Waterman and Patterson, CACM 2009), joined by the Euclidean norm.
 * Far from the ridge this is the slower limit; at the ridge tiles wait for both, and it is √2 of either.
 * Measured steps do not tell exponents between 1.5 and 4 apart; the hard maximum fits worse.
 */
export function rooflineSeconds(computeSeconds: number, readSeconds: number): number {
  return Math.sqrt(computeSeconds * computeSeconds + readSeconds * readSeconds);
}

/**
 * Experts of one layer that at least one of `tokens` tokens is sent to, when each token picks `chosen`
 * of `experts` at random: E · (1 − (1 − k/E)ⁿ). Between k (one token) and E (many).
 */
export function expertsTouched(experts: number, chosen: number, tokens: number): number {
  if (tokens <= 0) return 0;
  return experts * -Math.expm1(tokens * Math.log1p(-chosen / experts));
}

/**
 * FLOPs of attention over query–key pairs: QKᵀ and PV cost 2 · headDim each per pair and head, so
 * 4 · L · heads · headDim per pair over all layers (Kaplan et al., arXiv 2001.08361, table 1).
 *
 * @param keyDim width of a query or key head
 * @param valueDim width of a value head; differs from `keyDim` in latent attention only
 */
export function attentionFlops(
  pairs: number,
  layers: number,
  heads: number,
  keyDim: number,
  valueDim: number,
): number {
  return 2 * pairs * layers * heads * (keyDim + valueDim);
}

/**
 * Ring all-reduce of `bytes` over `width` ranks: every rank sends and receives 2 (w − 1)/w of the
 * bytes, after a latency that launch and synchronisation cost whatever the size (Patarasuk and Yuan,
 * JPDC 2009). 0 for a single rank.
 */
export function allReduceSeconds(
  bytes: number,
  width: number,
  latencySeconds: number,
  bytesPerSecond: number,
): number {
  if (width <= 1) return 0;
  return latencySeconds + (2 * bytes * (width - 1)) / width / bytesPerSecond;
}

/**
 * Exchange of tokens with the ranks that hold their experts and back: an all-gather and a
 * reduce-scatter of `bytes` over `width` ranks, (w − 1)/w of the bytes each. 0 for a single rank.
 */
export function expertExchangeSeconds(
  bytes: number,
  width: number,
  latencySeconds: number,
  bytesPerSecond: number,
): number {
  if (width <= 1) return 0;
  return 2 * (latencySeconds + (bytes * (width - 1)) / width / bytesPerSecond);
}

/** Handing activations of `bytes` from one pipeline stage to the next, over all boundaries. */
export function pipelineSeconds(
  bytes: number,
  stages: number,
  latencySeconds: number,
  bytesPerSecond: number,
): number {
  return (stages - 1) * (latencySeconds + bytes / bytesPerSecond);
}

/** Work on the CPU that the accelerator waits for: per pass, per layer launched, per request in the batch. */
export function hostSeconds(
  layers: number,
  requests: number,
  perStep: number,
  perLayer: number,
  perRequest: number,
): number {
  return perStep + perLayer * layers + perRequest * requests;
}
