/**
 * Measures the training steps alone: validation, checkpoints and pictures do not count.
 *
 * @param clock seconds since some moment
 */
export interface Throughput {
  start(): void;
  /** The step has been done: its images a second. */
  stop(): number;
  /** Images a second over the last steps. */
  recent(): number;
}

export function measureThroughput(batchSize: number, clock: () => number): Throughput {
  const window = 20;
  const seconds: number[] = [];
  let started = clock();
  return {
    start() {
      started = clock();
    },
    stop() {
      const step = clock() - started;
      seconds.push(step);
      if (seconds.length > window) seconds.shift();
      return batchSize / step;
    },
    recent: () => (batchSize * seconds.length) / seconds.reduce((sum, step) => sum + step, 0),
  };
}

/** Of all steps together; 0 for none. */
export function meanThroughput(ofEachStep: readonly number[]): number {
  if (ofEachStep.length === 0) return 0;
  return ofEachStep.length / ofEachStep.reduce((sum, rate) => sum + 1 / rate, 0);
}
