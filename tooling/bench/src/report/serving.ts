import type { Command } from '../contenders/worker';
import { quantile } from '../quantile';
import { type Answered, askOneByOne, keepAsking } from '../serving/clients';
import type { Asked, Said } from '../serving/protocol';
import { type Server, startServer } from '../serving/server';
import { tolerance } from './agreement';

/** How servers are asked. */
export interface ServingRounds {
  /** Servers take turns so many times. */
  readonly rounds: number;
  /** Of each turn. */
  readonly seconds: number;
  /** Seconds before that, which are not counted. */
  readonly warmUp: number;
  /** Each waits for its answer before it asks again. */
  readonly clients: number;
}

/** How fast servers answer requests of one image each. */
export interface Serving {
  readonly clients: number;
  readonly results: Readonly<Record<string, ServingResult>>;
  /** Servers that could not take part, and why. */
  readonly missing: Readonly<Record<string, string>>;
}

export interface ServingResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Seconds from a request to its answer. */
  readonly median: number;
  readonly p99: number;
}

/**
 * Lets servers of the same network answer in turns, each in a process of its own. All run all the time: one that is not asked waits.
 *
 * @param commands how each is started
 * @throws if they do not say the same of an image, or one answers with another class later
 */
export async function measureServing(
  commands: Readonly<Record<string, Command>>,
  images: readonly Asked['images'][number][],
  { rounds, seconds, warmUp, clients }: ServingRounds,
  tell: (line: string) => void,
): Promise<Serving> {
  const servers: Record<string, Server> = {};
  const said: Record<string, Said['predictions']> = {};
  const missing: Record<string, string> = {};
  try {
    for (const [name, command] of Object.entries(commands)) {
      tell(`${name}: starting`);
      try {
        servers[name] = await startServer(command);
      } catch (error) {
        missing[name] = (error as Error).message;
        tell(`${name} is left out: ${missing[name]}`);
        continue;
      }
      said[name] = await askOneByOne(servers[name].url, images);
    }
    demandOneOpinion(said);
    const [known] = Object.values(said).map(predictions =>
      predictions.map(({ classes }, index) => ({
        body: JSON.stringify({ images: [images[index]] }),
        label: classes[0]!,
      })),
    );
    for (const { url } of Object.values(servers)) await keepAsking(url, known!, { clients, seconds: warmUp });
    const turns: Record<string, Answered[]> = Object.fromEntries(
      Object.keys(servers).map(name => [name, []]),
    );
    tell(`${clients} clients ask in turns: ${Object.keys(servers).join(', ')}`);
    for (let round = 0; round < rounds; round++) {
      for (const [name, { url }] of Object.entries(servers)) {
        turns[name]!.push(await keepAsking(url, known!, { clients, seconds }));
      }
    }
    const results = Object.entries(turns).map(([name, answered]) => [name, resultOf(answered)] as const);
    return { clients, results: Object.fromEntries(results), missing };
  } finally {
    for (const server of Object.values(servers)) await server.close();
  }
}

function resultOf(turns: readonly Answered[]): ServingResult {
  const latencies = turns.flatMap(({ latencies }) => latencies);
  return {
    requests: latencies.length,
    requestsPerSecond: latencies.length / turns.reduce((sum, { seconds }) => sum + seconds, 0),
    median: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

function demandOneOpinion(said: Readonly<Record<string, Said['predictions']>>): void {
  const [[first, expected] = [], ...others] = Object.entries(said);
  for (const [name, predictions] of others) {
    for (const [image, { scores }] of predictions.entries()) {
      const wrong = scores.findIndex(
        (score, label) => !(Math.abs(score - expected![image]!.scores[label]!) <= tolerance.forward),
      );
      if (wrong < 0) continue;
      throw new Error(
        `${first} and ${name} do not compute the same: of image ${image} expected ${expected![image]!.scores[wrong]} for class ${wrong}, ` +
          `found ${scores[wrong]}`,
      );
    }
  }
}
