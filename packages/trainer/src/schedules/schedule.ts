/** The learning rate of a step; steps count from 0. */
export type Schedule = (step: number) => number;

export function constant(rate: number): Schedule {
  return () => rate;
}

/** Steps down: `initial` x `factor` every `every` steps. The authors' code has 1e-3, .96 and 2000. */
export function stepDecay({ initial = 1e-3, factor = 0.96, every = 2000 } = {}): Schedule {
  return step => initial * factor ** Math.floor(step / every);
}

/** Half a cosine from `initial` to `final` over `steps` steps, and `final` from there on. */
export function cosine({
  initial = 1e-3,
  final = 1e-5,
  steps,
}: {
  initial?: number;
  final?: number;
  steps: number;
}): Schedule {
  return step => final + ((initial - final) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)))) / 2;
}
