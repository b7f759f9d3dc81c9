import type { Classification } from '../contenders/contender';
import { type Command, closeAll, startAll } from '../contenders/worker';
import { quantile } from '../quantile';
import { tolerance } from './agreement';

/** How often one image is classified. */
export interface CallRounds {
  /** Contenders take turns so many times. */
  readonly rounds: number;
  /** Calls of each turn. */
  readonly calls: number;
  /** Calls before that, which are not counted. */
  readonly warmUp: number;
}

/** How long contenders take to classify one image, from the call to the class. */
export interface Latency {
  readonly results: Readonly<Record<string, LatencyResult>>;
  /** Contenders that could not take part, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

export interface LatencyResult {
  readonly median: number;
  /** All but 5 % of the calls took less. */
  readonly p95: number;
  readonly allSeconds: readonly number[];
}

/**
 * Lets contenders classify the problem's first image in turns, each in a process of its own.
 *
 * @throws if they do not find the same class and activation
 */
export async function measureLatency(
  commands: Readonly<Record<string, Command>>,
  { rounds, calls, warmUp }: CallRounds,
  tell: (line: string) => void,
): Promise<Latency> {
  const request = { do: 'classify', batch: 1 } as const;
  const started = await startAll(commands, worker => worker.request({ ...request, steps: warmUp }), tell);
  try {
    demandOneClass(started.found);
    const names = Object.keys(started.workers);
    tell(`one image in turns: ${names.join(', ')}`);
    const seconds: Record<string, number[]> = Object.fromEntries(names.map(name => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [name, worker] of Object.entries(started.workers)) {
        seconds[name]!.push(...(await worker.request({ ...request, steps: calls })).seconds);
      }
    }
    const results = Object.entries(seconds).map(([name, allSeconds]): [string, LatencyResult] => [
      name,
      { median: quantile(allSeconds, 0.5), p95: quantile(allSeconds, 0.95), allSeconds },
    ]);
    return { results: Object.fromEntries(results), missing: started.missing };
  } finally {
    await closeAll(started);
  }
}

function demandOneClass(found: Readonly<Record<string, Classification>>): void {
  const [[first, expected] = [], ...others] = Object.entries(found);
  for (const [name, { labels, scores }] of others) {
    const isSame = labels[0] === expected!.labels[0];
    if (isSame && Math.abs(scores[0]! - expected!.scores[0]!) <= tolerance.forward * expected!.scores[0]!)
      continue;
    throw new Error(
      `${first} and ${name} do not compute the same: expected class ${expected!.labels[0]} with ${expected!.scores[0]}, ` +
        `found ${labels[0]} with ${scores[0]}`,
    );
  }
}
