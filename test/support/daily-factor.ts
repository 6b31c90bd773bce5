/**
 * The daily curve in closed form, for tests of the compiled one: exp(κ·cos θ) / I₀(κ), the von Mises density times
 * 2π. I₀ by its power series (Abramowitz and Stegun 9.6.10), κ by bisection on the peak e^κ / I₀(κ).
 */

/** Factor of the mean rate at `hours` from the peak. */
export function dailyFactor(peakToMean: number): (hours: number) => number {
  let [low, high] = [0, 50];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (Math.exp(middle) / besselI0(middle) < peakToMean) low = middle;
    else high = middle;
  }
  return (hours) => Math.exp(low * Math.cos((2 * Math.PI * hours) / 24)) / besselI0(low);
}

/** Mean factor of the hour that begins `hours` from the peak, by the midpoint rule over its seconds. */
export function hourlyFactor(peakToMean: number, hours: number): number {
  const factor = dailyFactor(peakToMean);
  let sum = 0;
  for (let second = 0; second < 3600; second++) sum += factor(hours + (second + 0.5) / 3600);
  return sum / 3600;
}

function besselI0(kappa: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; k < 100; k++) {
    term *= (kappa / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
