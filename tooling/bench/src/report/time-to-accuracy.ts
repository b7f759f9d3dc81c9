import { type Command, closeAll, startAll, type Worker } from '../contenders/worker';
import { tolerance } from './agreement';

/** The accuracies on the validation split that have to be reached. */
export const targets = [0.99, 0.995] as const;

export interface CourseRun {
  /** All steps of the course. */
  readonly steps: number;
  /** Accuracy is measured every so many steps, which is not timed. */
  readonly interval: number;
}

/** How long contenders train to an accuracy. */
export interface TimeToAccuracy {
  /** What is learnt, in words. */
  readonly recipe: string;
  readonly results: Readonly<Record<string, AccuracyResult>>;
  /** Contenders that could not take part, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

export interface AccuracyResult {
  /** Seconds of training until each of {@link targets} was first reached, in their order; null where it never was. */
  readonly secondsTo: readonly (number | null)[];
  /** Every measurement: steps and seconds of training so far. */
  readonly measured: readonly {
    readonly step: number;
    readonly seconds: number;
    readonly accuracy: number;
  }[];
}

/**
 * Lets contenders learn the same course in turns, until each has reached all targets or the course ends.
 *
 * @param commands by name, ours first
 * @throws if the first contender cannot take part, or if the first loss of another is not the same
 */
export async function measureTimeToAccuracy(
  commands: Readonly<Record<string, Command>>,
  { steps, interval }: CourseRun,
  recipe: string,
  tell: (line: string) => void,
): Promise<TimeToAccuracy> {
  const [first] = Object.keys(commands) as [string];
  const started = await startAll(commands, async () => {}, tell, first);
  const measured: Record<string, AccuracyResult['measured'][number][]> = {};
  const firstLosses: Record<string, number> = {};
  try {
    for (let step = 0; step < steps; step += interval) {
      for (const [name, worker] of Object.entries(started.workers)) {
        if (isDone(measured[name] ?? [])) continue;
        measured[name] = [...(measured[name] ?? []), await learn(name, worker, step)];
      }
    }
    const results = Object.entries(measured).map(([name, points]): [string, AccuracyResult] => [
      name,
      { secondsTo: secondsTo(points), measured: points },
    ]);
    return { recipe, results: Object.fromEntries(results), missing: started.missing };
  } finally {
    await closeAll(started);
  }

  async function learn(name: string, worker: Worker, step: number) {
    const turn = Math.min(interval, steps - step);
    const { seconds, losses, accuracy } = await worker.request({ do: 'learn', steps: turn });
    if (step === 0) {
      firstLosses[name] = losses[0]!;
      const expected = firstLosses[first]!;
      if (!(Math.abs(losses[0]! - expected) <= tolerance.forward * expected)) {
        throw new Error(
          `${first} and ${name} do not learn the same: expected a first loss of ${expected}, found ${losses[0]}`,
        );
      }
    }
    const before = measured[name]?.at(-1)?.seconds ?? 0;
    const point = {
      step: step + turn,
      seconds: seconds.reduce((sum, second) => sum + second, before),
      accuracy,
    };
    tell(
      `${name}: step ${point.step} of ${steps}, ${point.seconds.toFixed(0)} s of training, ` +
        `accuracy ${(100 * accuracy).toFixed(2)} %`,
    );
    return point;
  }
}

function secondsTo(points: AccuracyResult['measured']): (number | null)[] {
  return targets.map(target => points.find(({ accuracy }) => accuracy >= target)?.seconds ?? null);
}

function isDone(points: AccuracyResult['measured']): boolean {
  return secondsTo(points).every(seconds => seconds !== null);
}
