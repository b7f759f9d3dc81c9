import { type Command, closeAll, startAll } from '../contenders/worker';
import { median } from '../quantile';
import { type Agreement, demandAgreement, type Findings } from './agreement';

/** What is timed how often. */
export interface StepRounds {
  /** Contenders take turns so many times. */
  readonly rounds: number;
  /** Steps of each turn. */
  readonly steps: number;
  /** Steps before that, which are not counted; at least 2, since the losses of these have to agree. */
  readonly warmUp: number;
}

export interface Timing {
  readonly imagesPerSecond: number;
  /** Median of a step. */
  readonly seconds: number;
  readonly allSeconds: readonly number[];
}

/** Seconds of all timed steps of training together. */
export interface TimeSpent {
  readonly wall: number;
  /** Of all threads, in the program. */
  readonly user: number;
  /** Of all threads, in the kernel. */
  readonly system: number;
}

/** What one contender did. */
export interface Result {
  readonly versions: Readonly<Record<string, string>>;
  readonly train: Timing;
  readonly infer: Timing;
  /** In training; null where the processor's time is not known. */
  readonly timeSpent: TimeSpent | null;
  /** Peak resident memory of its process after training. */
  readonly peakBytes: number | null;
  /** With the weights that all begin with, and after the first steps of training. */
  readonly losses: readonly number[];
  /** Relative differences from the first contender. */
  readonly agreement: Agreement;
}

export interface Turns {
  readonly batch: number;
  readonly results: Readonly<Record<string, Result>>;
  /** Contenders that could not take part, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

/**
 * Lets contenders compute the same in turns, A B A B, each in a process of its own.
 *
 * @param commands by name, ours first
 * @param batch    images in a step
 * @param tell     is told what happens
 * @throws if the first contender cannot take part, or another one does not compute the same as it
 */
export async function compare(
  commands: Readonly<Record<string, Command>>,
  batch: number,
  { rounds, steps, warmUp }: StepRounds,
  tell: (line: string) => void,
): Promise<Turns> {
  const [first] = Object.keys(commands) as [string];
  const started = await startAll(
    commands,
    async (worker): Promise<Findings> => {
      const { lengths, reconstruction } = await worker.request({ do: 'infer', batch, steps: 1 });
      const { losses } = await worker.request({ do: 'train', batch, steps: warmUp });
      return { losses, lengths, reconstruction };
    },
    tell,
    first,
  );
  const { workers, found, missing } = started;
  try {
    const agreement = Object.fromEntries(
      Object.entries(found).map(([name, findings]) => [
        name,
        demandAgreement([first, found[first]!], [name, findings]),
      ]),
    );

    tell(`training in turns: ${Object.keys(workers).join(', ')}`);
    const trained = await takeTurns('train');
    tell(`inference in turns: ${Object.keys(workers).join(', ')}`);
    for (const worker of Object.values(workers)) await worker.request({ do: 'infer', batch, steps: 1 });
    const inferred = await takeTurns('infer');

    const results = Object.fromEntries(
      Object.entries(workers).map(([name, { ready }]): [string, Result] => [
        name,
        {
          versions: ready.versions,
          train: timing(trained[name]!.seconds, batch),
          infer: timing(inferred[name]!.seconds, batch),
          timeSpent: trained[name]!.timeSpent,
          peakBytes: trained[name]!.peakBytes,
          losses: found[name]!.losses,
          agreement: agreement[name]!,
        },
      ]),
    );
    return { batch, results, missing };
  } finally {
    await closeAll(started);
  }

  async function takeTurns(what: 'train' | 'infer'): Promise<Record<string, Spent>> {
    const spent: Record<string, Spent> = {};
    for (let round = 0; round < rounds; round++) {
      for (const [name, worker] of Object.entries(workers)) {
        const request = { batch, steps };
        const { seconds, processor, peakBytes } = await (what === 'train'
          ? worker.request({ do: 'train', ...request })
          : worker.request({ do: 'infer', ...request }));
        const before = spent[name]?.timeSpent ?? { wall: 0, user: 0, system: 0 };
        spent[name] = {
          seconds: [...(spent[name]?.seconds ?? []), ...seconds],
          timeSpent: processor && {
            wall: before.wall + seconds.reduce((sum, step) => sum + step, 0),
            user: before.user + processor.user,
            system: before.system + processor.system,
          },
          peakBytes,
        };
      }
    }
    return spent;
  }
}

interface Spent {
  readonly seconds: readonly number[];
  readonly timeSpent: TimeSpent | null;
  readonly peakBytes: number | null;
}

export function timing(allSeconds: readonly number[], batch: number): Timing {
  const seconds = median(allSeconds);
  return { imagesPerSecond: batch / seconds, seconds, allSeconds };
}
