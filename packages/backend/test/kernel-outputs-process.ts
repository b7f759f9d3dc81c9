import { isMainThread, Worker } from 'node:worker_threads';
import { pickBackend } from '../src/node';
import { kernelOutputs } from './kernel-outputs';

// Prints a line for each thread, its device and what the kernels give there, as the bytes in base64: those of the main
// thread, and with the argument `workers` those of two that compute beside it.
const { device } = await pickBackend({ only: 'native' });
const bytes = Object.entries(kernelOutputs()).map(([name, { buffer }]) => [
  name,
  Buffer.from(buffer).toString('base64'),
]);
console.log(JSON.stringify({ device, outputs: Object.fromEntries(bytes) }));

if (isMainThread && process.argv.includes('workers')) {
  const ended = [1, 2].map(
    () =>
      new Promise((resolve, reject) => {
        new Worker(new URL(import.meta.url)).once('error', reject).once('exit', resolve);
      }),
  );
  // Work for the pool of threads while the workers want it, too.
  kernelOutputs();
  await Promise.all(ended);
}
