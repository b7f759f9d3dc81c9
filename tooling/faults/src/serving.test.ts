import { Agent, request } from 'node:http';
import { loadPretrained } from '@capsnet/pretrained';
import { times } from '@capsnet/testing/extent';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';
import { encodePng } from '../../../apps/train/src/pictures/encode-png';
import { endServers, type Server, startServer } from '../../../apps/train/test/server-process';
import { backends, useBackend } from './backends';
import { count } from './counts';
import { temporaryFolder } from './training';

const name = 'efficient-capsnet-mnist';
const pictures = 100;
const size = { height: 28, width: 28, channels: 1 };
/** Requests that are on their way at once: more than two batches. */
const atOnce = 80;

afterAll(endServers);

describe('a server under load', () => {
  test.for(backends)('%s', async (backend, context) => {
    await useBackend(context, backend);
    const random = linearCongruential(1);
    // Whole numbers of 255ths, as a PNG holds them
    const pixels = Array.from({ length: pictures }, () =>
      Float32Array.from({ length: 28 * 28 }, () => Math.floor(random() * 256) / 255),
    );
    const expected = await scoresOf(pixels);
    const files = pixels.map(values => encodePng({ ...size, pixels: values }));
    const server = await startServer(temporaryFolder(), ['--pretrained', name, '--backend', backend]);

    const requests = times({ full: backend === 'native' ? 100_000 : 10_000, quick: 1000 });
    // Until code is compiled and pools are filled
    const first = requests / 10;
    await ask(server, first, files, expected);
    const before = await residentMegabytes(server);
    const { wrong, failed } = await ask(server, requests, files, expected);
    const after = await residentMegabytes(server);
    expect({ wrong, failed }).toEqual({ wrong: 0, failed: 0 });
    const batches = await metric(server, 'capsnet_batch_images_count');
    expect(await metric(server, 'capsnet_images_total')).toBe(first + requests);
    expect(batches).toBeLessThan((first + requests) / 8);
    // V8 lets garbage lie for a while.
    expect(after, `${before} MB before`).toBeLessThan(before * 1.1 + 32);

    server.process.kill('SIGTERM');
    expect(await server.ended).toEqual({ code: 0, stderr: '' });
    count(context, {
      requests: first + requests,
      'images a batch, mean': ((first + requests) / batches).toFixed(1),
      'wrong or failed': wrong + failed,
      'resident MB after a tenth': Math.round(before),
      'resident MB at the end': Math.round(after),
    });
  });
});

/** What the network says in this process. */
async function scoresOf(pixels: readonly Float32Array[]): Promise<number[][]> {
  const network = await loadPretrained(name, { decoder: false });
  const scores = tf.tidy(() => {
    const images = tf.stack(pixels.map(values => tf.tensor3d(values, [28, 28, 1]))) as tf.Tensor4D;
    return network.scores(images);
  });
  const rows = await scores.array();
  scores.dispose();
  network.dispose();
  return rows;
}

/** Asks for one picture after the other, many at once. */
async function ask(
  { url }: Server,
  requests: number,
  files: readonly Buffer[],
  expected: readonly (readonly number[])[],
): Promise<{ wrong: number; failed: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  let next = 0;
  let wrong = 0;
  let failed = 0;
  const client = async () => {
    while (next < requests) {
      const picture = next++ % files.length;
      try {
        const { predictions } = JSON.parse(await post(`${url}/classify`, files[picture]!, agent));
        const scores: readonly number[] = predictions[0].scores;
        // Batches of other sizes add in another order.
        if (!scores.every((score, label) => Math.abs(score - expected[picture]![label]!) < 1e-4)) wrong++;
      } catch {
        failed++;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  agent.destroy();
  return { wrong, failed };
}

function post(url: string, file: Buffer, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'image/png', 'content-length': file.length };
    request(url, { method: 'POST', agent, headers }, response => {
      response
        .toArray()
        .then(parts => resolve(Buffer.concat(parts).toString()))
        .catch(reject);
    })
      .on('error', reject)
      .end(file);
  });
}

async function metric({ url }: Server, named: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(text.match(new RegExp(`^${named} ([\\d.e+]+)$`, 'm'))![1]);
}

async function residentMegabytes(server: Server): Promise<number> {
  return (await metric(server, 'process_resident_memory_bytes')) / 2 ** 20;
}
