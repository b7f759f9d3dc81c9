/** Measures the training steps alone: validation, checkpoints and pictures do not count. */
export interface Throughput {
  start(): void;
  /** The step has been done. */
  stop(): void;
  /** Images a second over the last steps. */
  recent(): number;
  /** Images a second of this session. */
  mean(): number;
}

export function measureThroughput(batchSize: number): Throughput {
  const window = 20;
  const recent: number[] = [];
  let started = performance.now();
  let steps = 0;
  let total = 0;
  return {
    start() {
      started = performance.now();
    },
    stop() {
      const seconds = (performance.now() - started) / 1000;
      recent.push(seconds);
      if (recent.length > window) recent.shift();
      total += seconds;
      steps++;
    },
    recent: () => (batchSize * recent.length) / recent.reduce((sum, seconds) => sum + seconds, 0),
    mean: () => (total > 0 ? (batchSize * steps) / total : 0),
  };
}
