/** What a contender found before its time is taken. */
export interface Findings {
  /** Before each of the first steps of training: the first one of the problem's own weights. */
  readonly losses: readonly number[];
  /** Of the class capsules, with the problem's own weights. */
  readonly lengths: readonly number[];
  /** Of the first image, with the problem's own weights: the loss has little of it. */
  readonly reconstruction: readonly number[];
}

/** The largest differences, relative to the largest value. */
export interface Agreement {
  readonly loss: number;
  readonly lengths: number;
  readonly reconstruction: number;
  /** Of losses after the first steps of training. */
  readonly trained: number;
}

/** How far apart, relatively, two contenders may be that compute the same. */
export const tolerance = {
  /** Of what is computed with the problem's own weights. */
  forward: 1e-4,
  /** Of the losses after that, which gradients and Adam went into: its first steps amplify rounding. */
  trained: 1e-3,
};

/**
 * Whether two contenders compute the same from the same weights.
 *
 * @throws if they do not; what they took would not be comparable
 */
export function demandAgreement(
  [nameA, a]: readonly [string, Findings],
  [nameB, b]: readonly [string, Findings],
): Agreement {
  const differences: Agreement = {
    loss: difference(a.losses.slice(0, 1), b.losses.slice(0, 1)),
    lengths: difference(a.lengths, b.lengths),
    reconstruction: difference(a.reconstruction, b.reconstruction),
    trained: difference(a.losses, b.losses),
  };
  for (const [what, found] of Object.entries(differences)) {
    const limit = what === 'trained' ? tolerance.trained : tolerance.forward;
    if (found <= limit) continue;
    throw new Error(
      `${nameA} and ${nameB} do not compute the same: expected ${what} within ${limit}, found ${found} ` +
        `(losses ${a.losses.join(', ')} and ${b.losses.join(', ')})`,
    );
  }
  return differences;
}

/** NaN, which is within no limit, if there are NaNs or unlike numbers of values. */
function difference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length || a.length === 0) return Number.NaN;
  const largest = Math.max(...a.map(Math.abs), ...b.map(Math.abs));
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]!))) / largest;
}
