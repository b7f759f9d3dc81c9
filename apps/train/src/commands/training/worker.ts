import { openConsole } from '../../terminal/console';
import { listenForInterruption } from '../../training/interruption';
import { command } from '../command';
import { json, positiveNumber, queueUrl, sharedRuns } from '../options';

export const worker = command('worker', 'Train what is in a queue, one training after the other.', [
  ['capsnet worker --queue redis://10.0.0.1:6379', 'until it is stopped; on as many machines as you like'],
  ['taskset --cpu-list 0-3 capsnet worker --queue ...', 'on four of the processors, one of several workers'],
  ['capsnet worker --queue ... --shared-runs /nfs/runs', 'where all machines see that folder'],
])
  .addOption(queueUrl().makeOptionMandatory())
  .addOption(sharedRuns)
  .option(
    '--lease <seconds>',
    'how long a worker that is not heard of keeps its training',
    positiveNumber,
    30,
  )
  .addOption(json)
  .action(async ({ queue: url, sharedRuns, lease, ...options }) => {
    const { work } = await import('../../queue/worker');
    const output = openConsole(options.json ?? false);
    const interruption = listenForInterruption(() =>
      output.warn('\nhanding the training back, with a checkpoint; press Ctrl-C again to quit now'),
    );
    try {
      await work({ url, sharedRuns, lease: lease * 1000, output, signal: interruption.abort });
      process.exitCode = interruption.exitCode() ?? 0;
    } finally {
      interruption.dispose();
    }
  });
