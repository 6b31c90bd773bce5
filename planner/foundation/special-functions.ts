/**
 * Special functions behind the distributions: log-gamma, the incomplete gamma function and the normal
 * distribution with its inverse. Double precision (about 1e-13 relative); simple-statistics has the
 * normal ones to four digits only, which shows in a quantile table.
 * Sources: Lanczos (1964) with g = 7; Abramowitz and Stegun 6.5.29 and 6.5.31; Wichura (1988), AS 241.
 */

const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 0.000009984369578019572, 1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  let sum: number = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (shifted + i);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Share of a gamma distribution with this shape and scale 1 that lies below `x`: P(shape, x). */
export function gammaCdf(shape: number, x: number): number {
  if (!(x > 0)) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  return x < shape + 1 ? gammaSeries(shape, x) : 1 - gammaFraction(shape, x);
}

/** Share above `x`: Q(shape, x) = 1 − P, without the loss of digits far in the tail. */
export function gammaTail(shape: number, x: number): number {
  if (!(x > 0)) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < shape + 1 ? 1 - gammaSeries(shape, x) : gammaFraction(shape, x);
}

function gammaSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < 10_000 && term > sum * 1e-17; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

/** The continued fraction of Q, by Lentz's method. */
function gammaFraction(shape: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - shape;
  let c = 1 / tiny;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 10_000; n++) {
    const a = -n * (n - shape);
    b += 2;
    d = a * d + b;
    if (Math.abs(d) < tiny) d = tiny;
    c = b + a / c;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const factor = d * c;
    value *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return value * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

/**
 * The value below which a share `u` of a gamma distribution with this shape and scale 1 lies.
 * Newton's method where it is nearly straight: ln P over ln x below the median, ln Q over x above it;
 * a bracket catches steps that go too far.
 */
export function gammaQuantile(shape: number, u: number): number {
  if (u <= 0) return 0;
  if (u >= 1) return Number.POSITIVE_INFINITY;
  // Near 0, P(shape, x) ≈ x^shape / Γ(shape + 1); elsewhere Wilson and Hilferty's cube is closer.
  const normalizer = logGamma(shape);
  const cubeRoot = 1 - 1 / (9 * shape) + normalQuantile(u) / (3 * Math.sqrt(shape));
  const nearZero = Math.exp((Math.log(u) + normalizer + Math.log(shape)) / shape);
  let x = cubeRoot > 0.5 ? shape * cubeRoot ** 3 : nearZero;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 200; i++) {
    if (x < Number.MIN_VALUE) return 0;
    const share = gammaCdf(shape, x);
    if (share < u) low = x;
    else high = x;
    const density = Math.exp((shape - 1) * Math.log(x) - x - normalizer);
    let next: number;
    if (u < 0.5) {
      next = x * Math.exp((Math.log(u / share) * share) / (x * density));
    } else {
      const tail = gammaTail(shape, x);
      next = x + (Math.log(tail / (1 - u)) * tail) / density;
    }
    if (Math.abs(next - x) <= 1e-13 * x) return next;
    if (!(next > low && next < high)) {
      next = high === Number.POSITIVE_INFINITY ? 2 * x : (low + high) / 2;
    }
    if (next === x) return x;
    x = next;
  }
  return x;
}

/** φ(z), the standard normal density. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Φ(z), the share of a standard normal below `z`. */
export function normalCdf(z: number): number {
  const tail = 0.5 * gammaTail(0.5, 0.5 * z * z);
  return z < 0 ? tail : 1 - tail;
}

/** Φ⁻¹(u). */
export function normalQuantile(u: number): number {
  if (u <= 0) return Number.NEGATIVE_INFINITY;
  if (u >= 1) return Number.POSITIVE_INFINITY;
  const centred = u - 0.5;
  if (Math.abs(centred) <= 0.425) {
    return centred * ratio(CENTRE, 0.180625 - centred * centred);
  }
  const r = Math.sqrt(-Math.log(centred < 0 ? u : 1 - u));
  const magnitude = r <= 5 ? ratio(MIDDLE, r - 1.6) : ratio(TAIL, r - 5);
  return centred < 0 ? -magnitude : magnitude;
}

/** Coefficients of AS 241 (PPND16), lowest power first: numerator, then denominator. */
type Rational = readonly [readonly number[], readonly number[]];

const CENTRE: Rational = [
  [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597,
    39307.89580009271, 28729.085735721943, 5226.495278852854,
  ],
];
const MIDDLE: Rational = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045,
    1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
    0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
  ],
];
const TAIL: Rational = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
    0.026532189526576124, 0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
];

function ratio([numerator, denominator]: Rational, x: number): number {
  let top = 0;
  let bottom = 0;
  for (let i = numerator.length - 1; i >= 0; i--) {
    top = top * x + numerator[i]!;
    bottom = bottom * x + denominator[i]!;
  }
  return top / bottom;
}
