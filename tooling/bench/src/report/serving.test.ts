import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Command } from '../contenders/worker';
import { measureServing } from './serving';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'capsnet-bench-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers that the brighter half of an image is its class, with its brightness; class 1 at that after `wrongFrom` requests. */
function server(name: string, { offset = 0, wrongFrom = Number.POSITIVE_INFINITY } = {}): Command {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(
    path,
    `import { createServer } from 'node:http';
    import { json } from 'node:stream/consumers';
    let requests = 0;
    const server = createServer(async (request, response) => {
      const { images } = await json(request);
      const predictions = images.map(([row]) => {
        const scores = ++requests > ${wrongFrom} ? [0, 1] : row.map(score => score + ${offset});
        return { classes: [scores[0] > scores[1] ? 0 : 1], scores };
      });
      response.end(JSON.stringify({ predictions }));
    });
    server.listen(0, () => {
      console.log(JSON.stringify({ type: 'note', message: 'starting' }));
      console.log(JSON.stringify({ type: 'listening', url: 'http://127.0.0.1:' + server.address().port }));
    });`,
  );
  return { program: process.execPath, args: [path] };
}

const images = [[[0.9, 0.1]], [[0.2, 0.7]], [[0.6, 0.3]]];
const rounds = { rounds: 2, seconds: 0.2, warmUp: 0.1, clients: 4 };
const quiet = () => {};

test('servers answer in turns; one that does not start is left out with its reason', async () => {
  const broken: Command = {
    program: process.execPath,
    args: ['-e', 'console.error("no port"); process.exit(3)'],
  };
  const commands = {
    capsnetServe: server('a'),
    oneByOne: broken,
    torchBatches: server('b', { offset: 1e-6 }),
  };
  const { clients, results, missing } = await measureServing(commands, images, rounds, quiet);
  expect(clients).toBe(4);
  expect(missing).toEqual({ oneByOne: 'the process ended with exit code 3: no port' });
  expect(Object.keys(results)).toEqual(['capsnetServe', 'torchBatches']);
  for (const { requests, requestsPerSecond, median, p99 } of Object.values(results)) {
    // Each of 4 clients has at least one answer in each of 2 rounds.
    expect(requests).toBeGreaterThanOrEqual(8);
    // Little's law: as many requests are under way as there are clients.
    expect(requestsPerSecond * median).toBeLessThan(8);
    expect(p99).toBeGreaterThanOrEqual(median);
  }
});

test('stops where servers say different things of an image, or another class later', async () => {
  const apart = { capsnetServe: server('a'), oneByOne: server('b', { offset: 0.01 }) };
  await expect(measureServing(apart, images, rounds, quiet)).rejects.toThrow(
    /capsnetServe and oneByOne do not compute the same: of image 0 expected 0.9 for class 0, found 0.91/,
  );
  const later = { capsnetServe: server('a', { wrongFrom: 3 }) };
  await expect(measureServing(later, images, rounds, quiet)).rejects.toThrow(/expected class 0, found 1/);
});
