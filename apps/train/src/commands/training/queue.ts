import type { AddressInfo } from 'node:net';
import { openConsole } from '../../terminal/console';
import { withContext } from '../../terminal/errors';
import { listenForInterruption } from '../../training/interruption';
import { command } from '../command';
import { json, queueUrl, sharedRuns, wholeNumber } from '../options';

const connected = () =>
  Promise.all([import('../../queue/redis-connection'), import('../../queue/queue-status')]);

export const queue = command('queue', 'Look at a queue of trainings.', [
  ['capsnet queue status --queue redis://10.0.0.1:6379', 'what runs where, and how long it will take'],
  ['capsnet queue dashboard --queue redis://10.0.0.1:6379', 'the same in a browser, by bull-board'],
]);

queue
  .command('status')
  .description('list all trainings: where they run, how far they are, what has failed and why')
  .addOption(queueUrl().makeOptionMandatory())
  .addOption(sharedRuns)
  .addOption(json)
  .action(async ({ queue: url, sharedRuns, ...options }) => {
    const [{ connect }, { readStatus, statusLines }] = await connected();
    const output = openConsole(options.json ?? false);
    const connection = await connect(url, sharedRuns);
    try {
      const trainings = await readStatus(connection);
      for (const line of statusLines(trainings)) output.print(line);
      if (trainings.length === 0) output.print('no trainings');
      output.emit({ type: 'status', trainings });
    } finally {
      await connection.close();
    }
  });

queue
  .command('dashboard')
  .description('show the queue in a browser, by bull-board, to look at only')
  .addOption(queueUrl().makeOptionMandatory())
  .addOption(sharedRuns)
  .option('--host <address>', 'address to listen on: there is neither encryption nor a password', '127.0.0.1')
  .option('--port <n>', 'port to listen on; 0 for any that is free', wholeNumber, 8081)
  .addOption(json)
  .action(async ({ queue: url, sharedRuns, host, port, ...options }) => {
    const [{ connect }, { dashboardOf }] = await Promise.all([
      import('../../queue/redis-connection'),
      import('../../queue/dashboard'),
    ]);
    const output = openConsole(options.json ?? false);
    const connection = await connect(url, sharedRuns);
    try {
      const server = await dashboardOf(connection);
      const interruption = listenForInterruption(() => {});
      try {
        await withContext(`--host ${host} --port ${port}`, () => server.listen({ host, port }));
        const at = `http://${host.includes(':') ? `[${host}]` : host}:${(server.server.address() as AddressInfo).port}`;
        output.print(`listening on ${at}`);
        output.emit({ type: 'listening', url: at });
        await new Promise(resolve => interruption.abort.addEventListener('abort', resolve));
      } finally {
        await server.close();
        interruption.dispose();
      }
    } finally {
      await connection.close();
    }
  });
