import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, joinWorkers, pickBackend } from '../src/node';

// A worker that does what it is told, a line each, and prints what came of it as JSON. Arguments: hosts, rank, backend, secret.
process.env.TF_CPP_MIN_LOG_LEVEL = '3';
const [hosts, rank, backend, secret] = process.argv.slice(2) as [string, string, BackendName, string?];
await pickBackend({ only: backend });
const print = (value: unknown) => console.log(JSON.stringify(value));

try {
  const workers = await joinWorkers({
    hosts: hosts.split(','),
    rank: Number(rank),
    secret,
    onWaiting: missing => print({ waiting: missing }),
  });
  print({ joined: workers.rank, of: workers.size, listensOn: workers.listensOn });
  for await (const line of createInterface(process.stdin)) {
    const [what, argument] = line.split(' ') as [string, string];
    if (what === 'gather') print(await workers.gather(argument));
    if (what === 'average') {
      const given = [
        tf.tensor2d([[1, 2, workers.rank]]),
        tf.scalar(10 ** workers.rank),
        tf.fill([200_000], 0.1),
      ];
      // One beside those: a backend may hand out parts of larger memory.
      const averaged = await workers.average(given, Number(argument));
      print(averaged.map(tensor => [tensor.shape, [...tensor.dataSync().slice(0, 3)]]));
    }
    if (what === 'broadcast') {
      const own = workers.rank === 0;
      const given = [
        tf.tensor1d(own ? [-0, Number.NaN, 0.1] : [1, 2, 3]),
        tf.scalar(own ? 2 ** 30 + 1 : 0, 'int32'),
      ];
      const [values, count] = await workers.broadcast(given);
      const bits = new Uint32Array(Float32Array.from(values!.dataSync()).buffer);
      print([[...bits], count!.dtype, count!.dataSync()[0]]);
    }
    if (what === 'alive') {
      let turns = 0;
      const timer = setInterval(() => ++turns === 20 && print({ turns }), 1);
      await workers.gather('alive');
      clearInterval(timer);
    }
    if (what === 'leave') {
      await workers.leave();
      process.exit(0);
    }
  }
} catch (error) {
  print({ error: (error as Error).message, code: (error as { code?: string }).code });
  process.exit(1);
}
