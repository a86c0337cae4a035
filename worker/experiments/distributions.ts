/**
 * The few distributions that the results need. Series and continued fractions as in Abramowitz & Stegun 6.5.29, 6.5.31 and
 * 26.5.8, Lanczos' approximation for the gamma function (1964; g = 7, nine terms): about twelve digits, checked against
 * printed tables. Pure.
 */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const PRECISION = 1e-14;
const MOST_TERMS = 10_000;
const TINY = 1e-300;

/** For x > 0. */
function lnGamma(x: number): number {
  const y = x - 1;
  const sum = LANCZOS.slice(1).reduce((total, each, index) => total + each / (y + index + 1), LANCZOS[0] as number);
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularized lower incomplete gamma function P(a, x). */
function gammaShare(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - lnGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < MOST_TERMS && term > sum * PRECISION; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  const fraction = continued(
    (n) => (n === 0 ? 1 : n * (a - n)),
    (n) => x + 2 * n + 1 - a,
  );
  return 1 - front * fraction;
}

/** Regularized incomplete beta function I_x(a, b). */
function betaShare(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(1 - x, b, a);
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  const numerator = (n: number) => {
    if (n === 0) return 1;
    const m = Math.floor(n / 2);
    return n % 2 === 0
      ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
      : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
  };
  return front * continued(numerator, () => 1);
}

/** a₀/(b₀ + a₁/(b₁ + …)) by Lentz's method (1976). */
function continued(numerator: (n: number) => number, denominator: (n: number) => number): number {
  let value = TINY;
  let c = value;
  let d = 0;
  for (let n = 0; n < MOST_TERMS; n++) {
    d = denominator(n) + numerator(n) * d || TINY;
    c = denominator(n) + numerator(n) / c || TINY;
    d = 1 / d;
    value *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  return value;
}

/** How often chi-square with so many degrees of freedom is larger than `x` by chance. */
export function chiSquareTail(x: number, degrees: number): number {
  return 1 - gammaShare(degrees / 2, x / 2);
}

/** The value that a standard normal variable stays below with probability `p`, in (0.5, 1). */
export function normalQuantile(p: number): number {
  return upperQuantile((x) => 0.5 * (1 + gammaShare(0.5, (x * x) / 2)), p);
}

/** The same for Student's t; degrees of freedom need not be whole. */
export function studentQuantile(p: number, degrees: number): number {
  return upperQuantile((t) => 1 - 0.5 * betaShare(degrees / (degrees + t * t), degrees / 2, 0.5), p);
}

/** By bisection: a distribution function only grows. */
function upperQuantile(below: (x: number) => number, p: number): number {
  let [low, high] = [0, 1];
  while (below(high) < p && high < 1e12) [low, high] = [high, high * 2];
  for (let step = 0; step < 100 && high - low > 1e-12 * high; step++) {
    const middle = (low + high) / 2;
    if (below(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
