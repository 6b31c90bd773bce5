/**
 * The shape of a day: exp(κ·cos(hours from the peak)), which is smooth, positive and has one peak for any
 * ratio of peak to mean (the von Mises curve). Sampled every 10 minutes and normalised, so that its
 * piecewise-linear form has the mean 1 and the peak asked for exactly.
 */

/** Corners of the compiled curve per day. */
export const STEPS_PER_DAY = 144;

/**
 * A daily curve with mean 1.
 *
 * @param peakToMean highest value over the mean of the day, from 1 (flat) to 50
 * @returns factor at `hours` from the peak, linear between corners that count from the peak
 */
export function dailyCurve(peakToMean: number): (hours: number) => number {
  const kappa = concentrationFor(peakToMean);
  const samples = sampleCurve(kappa);
  const mean = samples.reduce((sum, value) => sum + value, 0) / STEPS_PER_DAY;
  return (hours) => {
    const position = ((((hours / 24) % 1) + 1) % 1) * STEPS_PER_DAY;
    const corner = Math.floor(position) % STEPS_PER_DAY;
    const low = samples[corner]!;
    const high = samples[(corner + 1) % STEPS_PER_DAY]!;
    return (low + (position - Math.floor(position)) * (high - low)) / mean;
  };
}

/** exp(κ(cos − 1)) at each corner: 1 at the peak, so that nothing overflows. */
function sampleCurve(kappa: number): number[] {
  return Array.from({ length: STEPS_PER_DAY }, (_, corner) =>
    Math.exp(kappa * (Math.cos((2 * Math.PI * corner) / STEPS_PER_DAY) - 1)),
  );
}

/** κ for a ratio of peak to mean, which grows with κ: by bisection. */
function concentrationFor(peakToMean: number): number {
  let low = 0;
  let high = 1000;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    const mean = sampleCurve(middle).reduce((sum, value) => sum + value, 0) / STEPS_PER_DAY;
    if (1 / mean < peakToMean) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
