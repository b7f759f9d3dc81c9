import { type Command, startWorker, type Worker } from '../contenders/worker';
import { median } from '../median';
import { type Agreement, demandAgreement, type Findings } from './agreement';

/** What is timed how often. */
export interface Rounds {
  readonly batch: number;
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

/** What one contender did. */
export interface Result {
  readonly versions: Readonly<Record<string, string>>;
  readonly train: Timing;
  readonly infer: Timing;
  /** Peak resident memory of its process after training. */
  readonly peakBytes: number | null;
  /** With the weights that all begin with, and after the first steps of training. */
  readonly losses: readonly number[];
  /** Relative differences from the first contender. */
  readonly agreement: Agreement;
}

export interface Comparison {
  readonly batch: number;
  readonly results: Readonly<Record<string, Result>>;
  /** Contenders that could not take part, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

/**
 * Lets contenders compute the same in turns, A B A B, each in a process of its own.
 *
 * @param commands by name, ours first
 * @param tell     is told what happens
 * @throws if the first contender cannot take part, or another one does not compute the same as it
 */
export async function compare(
  commands: Readonly<Record<string, Command>>,
  { batch, rounds, steps, warmUp }: Rounds,
  tell: (line: string) => void,
): Promise<Comparison> {
  const workers: Record<string, Worker> = {};
  const missing: Record<string, string> = {};
  const found: Record<string, Findings> = {};
  const [first] = Object.keys(commands) as [string];
  try {
    for (const [name, command] of Object.entries(commands)) {
      tell(`${name}: loading and warming up`);
      try {
        const worker = await startWorker(command);
        workers[name] = worker;
        const { lengths, reconstruction } = await worker.request({ do: 'infer', batch, steps: 1 });
        const { losses } = await worker.request({ do: 'train', batch, steps: warmUp });
        found[name] = { losses, lengths, reconstruction };
      } catch (error) {
        if (name === first) throw error;
        await workers[name]?.close();
        delete workers[name];
        missing[name] = (error as Error).message;
        tell(`${name} is left out: ${missing[name]}`);
      }
    }
    const agreement = Object.fromEntries(
      Object.entries(found).map(([name, findings]) => [
        name,
        demandAgreement([first, found[first]!], [name, findings]),
      ]),
    );

    tell(`training in turns: ${Object.keys(workers).join(', ')}`);
    const train = await takeTurns('train');
    const peaks = { ...train.peaks };
    tell(`inference in turns: ${Object.keys(workers).join(', ')}`);
    for (const worker of Object.values(workers)) await worker.request({ do: 'infer', batch, steps: 1 });
    const infer = await takeTurns('infer');

    const results = Object.fromEntries(
      Object.entries(workers).map(([name, { ready }]): [string, Result] => [
        name,
        {
          versions: ready.versions,
          train: timing(train.seconds[name]!, batch),
          infer: timing(infer.seconds[name]!, batch),
          peakBytes: peaks[name] ?? null,
          losses: found[name]!.losses,
          agreement: agreement[name]!,
        },
      ]),
    );
    return { batch, results, missing };
  } finally {
    for (const worker of Object.values(workers)) await worker.close();
  }

  async function takeTurns(what: 'train' | 'infer') {
    const seconds: Record<string, number[]> = {};
    const peaks: Record<string, number | null> = {};
    for (let round = 0; round < rounds; round++) {
      for (const [name, worker] of Object.entries(workers)) {
        const request = { batch, steps };
        const timed = await (what === 'train'
          ? worker.request({ do: 'train', ...request })
          : worker.request({ do: 'infer', ...request }));
        seconds[name] = [...(seconds[name] ?? []), ...timed.seconds];
        peaks[name] = timed.peakBytes;
      }
    }
    return { seconds, peaks };
  }
}

export function timing(allSeconds: readonly number[], batch: number): Timing {
  const seconds = median(allSeconds);
  return { imagesPerSecond: batch / seconds, seconds, allSeconds };
}
