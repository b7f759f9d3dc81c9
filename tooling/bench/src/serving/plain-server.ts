// A network over HTTP as one plainly writes it in Node: each request is one call of the network.
//
//     node plain-server.js native|wasm problem.safetensors
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { pickBackend } from '@capsnet/backend';
import { capsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { decodeProblem } from '../contenders/problem';
import { networks } from '../networks/networks';
import type { BackendChoice } from '../plan';
import type { Asked, Said } from './protocol';

const [backend, path] = process.argv.slice(2) as [BackendChoice, string];

const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
// tfjs and TensorFlow print; only the address may go to standard output.
for (const name of ['log', 'info', 'warn'] as const) console[name] = console.error;

const problem = decodeProblem(await readFile(path));
await pickBackend({ only: backend });
const network = capsNet(problem.config);
networks[problem.network].load(network, problem.weights);

const server = createServer(async (request, response) => {
  const { images } = (await json(request)) as Asked;
  const scores = tf.tidy(() => {
    const pixels = tf.tensor3d(images.map(rows => [...rows].map(row => [...row])));
    return network.scores(tf.expandDims(pixels, 3) as tf.Tensor4D);
  });
  const rows = (await scores.array()) as number[][];
  scores.dispose();
  const said: Said = {
    predictions: rows.map(scores => ({ classes: [scores.indexOf(Math.max(...scores))], scores })),
  };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(said));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  tell({ type: 'listening', url: `http://127.0.0.1:${port}` });
});
