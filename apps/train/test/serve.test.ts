import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { type CapsNet, capsNet, encodeNetwork } from '@capsnet/core';
import { imagesFrom } from '@capsnet/data/node';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as tf from '@tensorflow/tfjs-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capsnet } from './command-line';
import { endServers, type Server, startServer } from './server-process';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-serve-'));
const model = join(folder, 'tiny.safetensors');

afterAll(endServers);

let network: CapsNet;
beforeAll(async () => {
  await pickBackend({ only: 'wasm' });
  network = capsNet({
    image: { height: 12, width: 12 },
    classes: 3,
    convolutions: [{ filters: 8, kernelSize: 3 }],
    primary: { channels: 2, dim: 4, kernelSize: 3 },
    classDim: 4,
    decoder: { hidden: [16] },
    seed: 5,
  });
  writeFileSync(model, await encodeNetwork(network));
});

/** Images that differ, so that an answer to another one is noticed. */
function imageOf(number: number): number[][] {
  return Array.from({ length: 12 }, (_, y) =>
    Array.from({ length: 12 }, (_, x) => (((number + 1) * (7 * y + 3 * x + 1)) % 101) / 100),
  );
}

/** What the network itself says. */
async function scoresOf(numbers: readonly number[]): Promise<number[][]> {
  const { data, shape } = await imagesFrom(numbers.map(imageOf), { height: 12, width: 12 });
  return tf.tidy(() => network.scores(tf.tensor4d(data, shape))).array();
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found).toHaveLength(expected.length);
  const distances = Array.from(found, (value, at) => Math.abs(value - expected[at]!));
  // NaN is above nothing, and not below either.
  expect(
    distances.every(distance => distance <= tolerance),
    `${Math.max(...distances)}`,
  ).toBe(true);
}

const start = (...args: string[]) => startServer(folder, ['--model', model, '--backend', 'wasm', ...args]);

function post(url: string, body: unknown, query = ''): Promise<Response> {
  return fetch(`${url}/classify${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

// biome-ignore lint/suspicious/noExplicitAny: JSON
const answer = async (response: Promise<Response>): Promise<any> => (await response).json();

describe('a server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await start('--batch-size', '8', '--largest-body', '200000');
  });

  it('gives the scores of the network, its capsules and what its decoder draws', async () => {
    const numbers = [0, 1, 2, 3, 4];
    const [scores, found] = await Promise.all([
      scoresOf(numbers),
      answer(post(server.url, { images: numbers.map(imageOf) }, '?capsules=true&reconstruction=true')),
    ]);
    expect(found.predictions).toHaveLength(5);
    for (const [index, prediction] of found.predictions.entries()) {
      expectClose(prediction.scores, scores[index]!, 1e-5);
      expect(prediction.classes).toEqual([scores[index]!.indexOf(Math.max(...scores[index]!))]);
      const lengths = prediction.capsules.map((capsule: number[]) => Math.hypot(...capsule));
      expectClose(lengths, scores[index]!, 1e-4);
      const drawn = PNG.sync.read(Buffer.from(prediction.reconstructions[0], 'base64'));
      const { data, shape } = await imagesFrom([imageOf(numbers[index]!)], { height: 12, width: 12 });
      const expected = tf.tidy(() => network.predict(tf.tensor4d(data, shape)).reconstruction!.dataSync());
      const pixels = Array.from(expected, (_, pixel) => drawn.data[4 * pixel]! / 255);
      expectClose(pixels, expected, 0.6 / 255);
    }
    const plain = await answer(post(server.url, { images: [imageOf(0)] }));
    expect(Object.keys(plain.predictions[0])).toEqual(['classes', 'scores', 'notes', 'reconstructionError']);
  });

  it('says why an answer may be wrong', async () => {
    const flat = (value: number) => Array.from({ length: 12 }, () => new Array<number>(12).fill(value));
    const pale = flat(0.1).map((row, y) =>
      row.map((value, x) => (x > 3 && x < 8 && y > 3 && y < 8 ? 0.3 : value)),
    );
    const [empty, low, paper] = [
      flat(0),
      pale,
      flat(1).map((row, y) => row.map(value => (y === 6 ? 0 : value))),
    ];
    const about = async (images: unknown, query?: string) => {
      const { sure, predictions } = await answer(post(server.url, { images }, query));
      expect(sure).toBe(0.5);
      return predictions.map(
        ({ notes, classes, scores }: { notes: string[]; classes: number[]; scores: number[] }) => {
          expect(notes.includes('unsure')).toBe(scores[classes[0]!]! < sure);
          return notes[0];
        },
      );
    };
    expect(await about([empty, low, paper])).toEqual(['no-contrast', 'low-contrast', 'bright-border']);
    expect(await about([empty, paper], '?invert=true')).toEqual(['no-contrast', 'unsure']);
    const dark = paper.map(row => row.map(value => 1 - value));
    expect(await about([dark], '?invert=true')).toEqual(['inverted-bright-border']);
  });

  it('reads PNG files, as they are and in base64, and dark ink when that is said', async () => {
    const png = new PNG({ width: 12, height: 12 });
    for (const [pixel, value] of imageOf(3).flat().entries()) {
      png.data.set([...new Array(3).fill(Math.round(255 * (1 - value))), 255], 4 * pixel);
    }
    const bytes = PNG.sync.write(png);
    const [scores] = await scoresOf([3]);
    const headers = { 'content-type': 'image/png' };
    const raw = fetch(`${server.url}/classify?invert=true`, {
      method: 'POST',
      headers,
      body: new Uint8Array(bytes),
    });
    const base64 = bytes.toString('base64');
    const inJson = post(server.url, { images: [base64, `data:image/png;base64,${base64}`] }, '?invert=true');
    const all = (await Promise.all([answer(raw), answer(inJson)])).flatMap(({ predictions }) => predictions);
    expect(all).toHaveLength(3);
    for (const found of all) expectClose(found.scores, scores!, 0.01);
  });

  it('gives everybody their own answer when many ask at once, in batches', async () => {
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    const scores = await scoresOf(numbers);
    const found = await Promise.all(
      numbers.map(number => answer(post(server.url, { images: [imageOf(number)] }))),
    );
    for (const number of numbers) {
      expectClose(found[number].predictions[0].scores, scores[number]!, 1e-5);
    }
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const value = (name: string) => Number(metrics.match(new RegExp(`^${name} (\\d+)$`, 'm'))![1]);
    expect(value('capsnet_images_total')).toBeGreaterThanOrEqual(200);
    // Fewer batches than images, and none larger than 8.
    expect(value('capsnet_batch_images_count')).toBeLessThan(value('capsnet_images_total') / 2);
    expect(metrics).toContain(`capsnet_batch_images_bucket{le="8"} ${value('capsnet_batch_images_count')}\n`);
    expect(value('capsnet_images_waiting')).toBe(0);
  });

  it.each<[string, unknown, number, string]>([
    ['no images', { images: [] }, 400, 'body/images must NOT have fewer than 1 items'],
    ['too many', { images: new Array(257).fill('') }, 400, 'body/images must NOT have more than 256 items'],
    ['an unknown key', { images: [imageOf(0)], image: 1 }, 400, 'body: unknown key "image"'],
    ['no JSON', '{', 400, 'not valid JSON'],
    ['no list', { images: {} }, 400, 'body/images must be array'],
    [
      'a number in place of an image',
      { images: [3] },
      400,
      'images[0]: expected a PNG file, found something else',
    ],
    ['no PNG', { images: [imageOf(0), 'AAAA'] }, 400, 'images[1]: expected a PNG file, found something else'],
    ['no base64', { images: ['#'] }, 400, 'images[0]: expected a PNG file in base64'],
    ['bytes', { images: [[[255]]] }, 400, 'images[0]: expected numbers from 0 to 1, found 255'],
    ['ragged rows', { images: [[[0], [0, 1]]] }, 400, 'images[0]: '],
    ['text in rows', { images: [[['a']]] }, 400, 'images[0]: '],
    [
      'two in place of one',
      { images: [[imageOf(0), imageOf(1)]] },
      400,
      'images[0]: expected one image, found 2',
    ],
    ['too much', { images: ['A'.repeat(300_000)] }, 413, 'too large'],
  ])('says what is wrong with %s', async (_, body, status, message) => {
    const response = await post(server.url, body);
    expect([response.status, await response.json()]).toEqual([
      status,
      { error: expect.stringContaining(message) },
    ]);
  });

  it('decodes no pictures that would take all of its time', async () => {
    // Four million black pixels are 4 kB of PNG.
    const large = PNG.sync.write(new PNG({ width: 2048, height: 2048 })).toString('base64');
    const response = await post(server.url, { images: [large, large] });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'images[1]: expected at most 4194304 pixels in the PNG files of a request, found more' },
    ]);
  });

  it('says what is wrong with a request', async () => {
    const get = await fetch(`${server.url}/classify`);
    expect([get.status, await get.json()]).toEqual([
      404,
      { error: 'expected POST /classify, found GET /classify' },
    ]);
    const query = await post(server.url, { images: [imageOf(0)] }, '?capsule=true');
    expect(await query.json()).toEqual({ error: 'querystring: unknown key "capsule"' });
    const text = await fetch(`${server.url}/classify`, { method: 'POST', body: 'four' });
    expect([text.status, await text.json()]).toEqual([415, { error: expect.stringContaining('Media Type') }]);
  });

  it('describes itself in OpenAPI', async () => {
    const description = await answer(fetch(`${server.url}/openapi.json`));
    const checked = await new Validator().validate(description);
    expect(checked.errors).toBeUndefined();
    expect(Object.keys(description.paths)).toEqual(['/classify', '/health', '/ready', '/metrics']);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/ready`)).json()).toEqual({ ready: true, model });
  });

  it('lives on when clients go away, or never finish', async () => {
    const { hostname, port } = new URL(server.url);
    for (const text of [
      'POST /classify HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{',
      'nonsense\r\n\r\n',
    ]) {
      await new Promise(resolve => {
        const socket = connect(Number(port), hostname, () => socket.end(text));
        socket.on('close', resolve).on('error', resolve).resume();
      });
    }
    expect((await post(server.url, { images: [imageOf(1)] })).status).toBe(200);
  });
});

it('refuses what does not fit into its queue, and what comes too often', async () => {
  const server = await start('--queue', '4', '--wait', '60000', '--rate', '3');
  // Three images wait for the rest of a batch; two more would be one too many.
  const waiting = post(server.url, { images: [0, 1, 2].map(imageOf) });
  const metric = async () => (await (await fetch(`${server.url}/metrics`)).text()).match(/waiting (\d+)/)![1];
  await expect.poll(metric).toBe('3');
  const full = await post(server.url, { images: [3, 4].map(imageOf) });
  expect([full.status, full.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await full.json()).toEqual({ error: expect.stringContaining('3 are waiting already') });
  const statuses = await Promise.all(
    Array.from({ length: 6 }, async () => (await post(server.url, { images: [3, 4].map(imageOf) })).status),
  );
  expect(statuses).toContain(429);

  // Those who wait are answered before the server ends.
  server.process.kill('SIGTERM');
  const scores = await scoresOf([0, 1, 2]);
  const { predictions } = await answer(waiting);
  expectClose(predictions[2].scores, scores[2]!, 1e-5);
  expect(await server.ended).toEqual({ code: 0, stderr: '' });
});

describe('several processes', () => {
  it('answer on one port, count together, and are replaced when they die', async () => {
    const server = await start('--processes', '2');
    expect(server.lines.at(-1)).toMatchObject({ type: 'listening', processes: 2 });
    const scores = await scoresOf([0, 1]);
    // A new connection each, so that both have some.
    const ask = (number: number) =>
      new Promise<string>((resolve, reject) => {
        const body = JSON.stringify({ images: [imageOf(number)] });
        httpRequest(
          `${server.url}/classify`,
          { method: 'POST', agent: false, headers: { 'content-type': 'application/json' } },
          async response => resolve(Buffer.concat(await response.toArray()).toString()),
        )
          .on('error', reject)
          .end(body);
      });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index % 2)));
    for (const [index, text] of answers.entries()) {
      expectClose(JSON.parse(text).predictions[0].scores, scores[index % 2]!, 1e-5);
    }
    const metrics = async () => (await fetch(`${server.url}/metrics`)).text();
    expect(await metrics()).toMatch(/^capsnet_images_total 40$/m);

    const killed = children(server.process.pid!);
    expect(killed).toHaveLength(2);
    process.kill(killed[0]!, 'SIGKILL');
    await expect
      .poll(() => server.lines.at(-1), { timeout: 60_000 })
      .toEqual({
        type: 'note',
        message: 'a process ended by SIGKILL, and another takes its place',
      });
    await expect.poll(() => children(server.process.pid!).length, { timeout: 60_000 }).toBe(2);
    expectClose(JSON.parse(await ask(1)).predictions[0].scores, scores[1]!, 1e-5);
    server.process.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
  });

  it('say once why they cannot start', async () => {
    const server = await start();
    const { port } = new URL(server.url);
    for (const processes of ['1', '2']) {
      const { code, stderr } = await capsnet(
        ['serve', '--model', model, '--backend', 'wasm', '--port', port, '--processes', processes],
        { cwd: folder },
      );
      expect(code).toBe(2);
      expect(stderr).toMatch(/^capsnet: --host 127.0.0.1 --port \d+: .*EADDRINUSE[^\n]*\n$/);
    }
    const missing = await capsnet(['serve', '--model', 'missing.safetensors', '--processes', '2'], {
      cwd: folder,
    });
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining('missing.safetensors: no such file'),
    ]);
    server.process.kill('SIGINT');
    expect((await server.ended).code).toBe(0);
  });
});

/** Of Linux. */
function children(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(/\s+/).filter(Boolean).map(Number);
}
