import type { AddressInfo } from 'node:net';
import pc from 'picocolors';
import { openModel } from '../../models/open-model';
import { openConsole } from '../../terminal/console';
import { messageOf, withContext } from '../../terminal/errors';
import { command } from '../command';
import { ended } from '../ended';
import { backend, json, modelOptions, positiveNumber, wholeNumber } from '../options';

export const serve = modelOptions(
  command('serve', 'Classify images over HTTP, in batches.', [
    ['capsnet serve --pretrained capsnet-mnist', 'on http://127.0.0.1:8080'],
    ['curl -H "content-type: image/png" --data-binary @four.png http://127.0.0.1:8080/classify', 'ask it'],
    ['capsnet serve --host 0.0.0.0 --processes 4 --rate 50', 'for a network that you trust'],
  ]),
)
  .option('--host <address>', 'address to listen on: there is neither encryption nor a password', '127.0.0.1')
  .option('--port <n>', 'port to listen on; 0 for any that is free', wholeNumber, 8080)
  .option('--processes <n>', 'processes that answer', positiveNumber, 1)
  .option('--batch-size <n>', 'images in a batch at most', positiveNumber, 32)
  .option('--wait <ms>', 'how long an image waits for others, in milliseconds', wholeNumber, 2)
  .option('--queue <n>', 'images that may wait; others get the status 503', positiveNumber, 1024)
  .option('--largest-body <bytes>', 'bytes in a request at most', positiveNumber, 8 * 2 ** 20)
  .option(
    '--rate <n>',
    'requests that one address may make in a second (default: any number)',
    positiveNumber,
  )
  .addOption(backend)
  .addOption(json)
  .action(async ({ host, port, processes, batchSize, wait, queue, largestBody, rate, ...options }) => {
    // Other commands do not wait for what only this one needs.
    const [{ leaveProcesses, metricsOfAll, processNumber, runProcesses }, { serverOf }] = await Promise.all([
      import('../../serving/processes'),
      import('../../serving/server'),
    ]);
    const output = openConsole(options.json ?? false);
    const tell = (at: number) => {
      const url = `http://${host.includes(':') ? `[${host}]` : host}:${at}`;
      output.print(
        `\n${pc.bold(`listening on ${url}`)}: POST /classify, GET /openapi.json, /health, /ready, /metrics`,
      );
      output.emit({ type: 'listening', url, processes });
      if (!isLoopback(host))
        output.note('anyone who reaches this address may ask: there is no password, and no encryption');
    };
    const number = processNumber();
    if (processes > 1 && number === undefined) {
      process.exitCode = await runProcesses(processes, {
        onListening: tell,
        onReplaced: how => output.note(`a process ended ${how}, and another takes its place`),
      });
      return;
    }

    try {
      // Of several processes one is enough to say which backend and model they have.
      const isFirst = number === undefined || number === 1;
      const model = await openModel(isFirst ? output : { ...output, print: () => {} }, options);
      const server = await serverOf(model, {
        largest: batchSize,
        wait,
        queue,
        largestBody,
        rate,
        metrics: number === undefined ? undefined : metricsOfAll,
        onFailure: error => output.note(messageOf(error)),
      });
      try {
        await withContext(`--host ${host} --port ${port}`, () => server.listen({ host, port }));
        if (number === undefined) tell((server.server.address() as AddressInfo).port);
        await ended();
      } finally {
        await server.close();
      }
    } finally {
      leaveProcesses();
    }
  });

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
