import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Asked, Said } from './protocol';

/** Requests that have been answered. */
export interface Answered {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Of each request, from its first byte to the last one of its answer. */
  readonly latencies: readonly number[];
}

/** An image as the body of a request, and its class. */
export interface Known {
  readonly body: string;
  readonly label: number;
}

/** What a server says of each image, asked one by one. */
export async function askOneByOne(
  url: string,
  images: readonly Asked['images'][number][],
): Promise<Said['predictions'][number][]> {
  const agent = new Agent({ keepAlive: true });
  const found: Said['predictions'][number][] = [];
  for (const image of images) found.push(await ask(url, agent, JSON.stringify({ images: [image] })));
  agent.destroy();
  return found;
}

/**
 * Clients that each send an image as soon as the last one is answered, over a connection of their own.
 *
 * @throws at an answer with another class
 */
export async function keepAsking(
  url: string,
  known: readonly Known[],
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<Answered> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + 1000 * seconds;
  const client = async (first: number) => {
    for (let turn = first; performance.now() < end; turn += clients) {
      const { body, label } = known[turn % known.length]!;
      const asked = performance.now();
      const { classes } = await ask(url, agent, body);
      latencies.push((performance.now() - asked) / 1000);
      if (classes[0] !== label) throw new Error(`${url}: expected class ${label}, found ${classes[0]}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: clients }, (_, first) => client(first)));
  } finally {
    agent.destroy();
  }
  return { seconds: (performance.now() - start) / 1000, latencies };
}

function ask(url: string, agent: Agent, body: string): Promise<Said['predictions'][number]> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    request(`${url}/classify`, { method: 'POST', agent, headers }, async response => {
      try {
        const answer = await text(response);
        if (response.statusCode !== 200)
          throw new Error(`${url}: HTTP status ${response.statusCode}, ${answer}`);
        resolve((JSON.parse(answer) as Said).predictions[0]!);
      } catch (error) {
        reject(error);
      }
    })
      .on('error', reject)
      .end(body);
  });
}
