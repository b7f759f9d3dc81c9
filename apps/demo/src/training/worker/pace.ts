/** How fast a training goes. */
export interface Pace {
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
}

/** Steps that the pace is averaged over. */
const window = 20;

/** Measures the time between steps, validations and checkpoints included. */
export function measurePace(batchSize: number, now: () => number = () => performance.now()) {
  let total = 0;
  let marks: { readonly step: number; readonly at: number }[] = [];
  return {
    start(step: number, totalSteps: number): void {
      total = totalSteps;
      marks = [{ step, at: now() }];
    },
    after(step: number): Pace {
      marks = [...marks.slice(-window), { step, at: now() }];
      const first = marks[0]!;
      const stepsPerSecond = (1000 * (step - first.step)) / Math.max(1, now() - first.at);
      return { imagesPerSecond: batchSize * stepsPerSecond, secondsLeft: (total - step) / stepsPerSecond };
    },
  };
}
