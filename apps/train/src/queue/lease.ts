/** That a training is this worker's, for as long as it renews that in time. */
export interface Lease {
  isLost(): boolean;
  /** Aborted when it is lost. */
  readonly signal: AbortSignal;
  /** What an answer is, unless the lease is lost before it comes. */
  whileHeld<T>(answer: Promise<T>): Promise<T>;
  /** To be called when the queue says so. @returns the error to end with */
  lose(): Error;
  release(): void;
}

/**
 * Renews a lease three times in its duration. When the queue refuses, or does not answer until shortly before another worker can be
 * given the training, it counts as lost here: the worker stops before the other one begins.
 *
 * @param renew asks the queue; 0 or an error that it answers with is a refusal
 * @param duration in milliseconds
 * @param since when it was asked for, by `performance.now()`
 */
export function holdLease(renew: () => Promise<number>, duration: number, since: number): Lease {
  const controller = new AbortController();
  let heldSince = since;
  const loss = new Error(
    'the queue has given the training to another worker, or cannot be reached: it ends here',
  );
  const lost = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(loss));
  });
  // Nobody may be waiting for anything.
  lost.catch(() => {});
  const lose = () => {
    clearInterval(renewing);
    clearInterval(watching);
    controller.abort();
    return loss;
  };
  const renewing = setInterval(async () => {
    const asked = performance.now();
    try {
      if ((await renew()) > 0) heldSince = Math.max(heldSince, asked);
      else lose();
    } catch (error) {
      // No answer is none; `watching` counts the time.
      if (/Missing|lock/i.test(String(error))) lose();
    }
  }, duration / 4);
  const watching = setInterval(() => {
    if (performance.now() - heldSince > 0.8 * duration) lose();
  }, duration / 20);
  return {
    isLost: () => controller.signal.aborted,
    signal: controller.signal,
    whileHeld: answer => Promise.race([answer, lost]),
    lose,
    release() {
      clearInterval(renewing);
      clearInterval(watching);
    },
  };
}
