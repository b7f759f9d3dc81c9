import { Option } from '@commander-js/extra-typings';
import { type Console, openConsole } from '../../terminal/console';
import { UsageError } from '../../terminal/errors';
import { invocation } from '../../terminal/invocation';
import { listenForInterruption } from '../../training/interruption';
import { command } from '../command';
import { backend, json, positiveNumber, queueUrl, runs, sharedRuns } from '../options';

export const sweep = command(
  'sweep',
  'Look for the best of many configurations, by the error on the validation split.',
  [
    ['capsnet sweep sweeps/rates.json', 'train what is missing; go on where it was interrupted'],
    ['capsnet sweep sweeps/rates.json --workers 4', 'four trainings at a time'],
    ['capsnet sweep sweeps/rates.json --queue redis://10.0.0.1:6379', 'by workers of other machines'],
  ],
)
  .argument('<file>', 'what to look for; NAME.json keeps its journal and results in RUNS/NAME')
  .addOption(runs)
  .addOption(
    new Option(
      '--workers <n>',
      'trainings at a time, in processes of this machine that divide its processors',
    )
      .argParser(positiveNumber)
      .conflicts('queue'),
  )
  .addOption(queueUrl())
  .addOption(sharedRuns)
  .addOption(backend)
  .addOption(json)
  .action(async (file, options) => {
    const output = openConsole(options.json ?? false);
    if (options.sharedRuns !== undefined && options.queue === undefined) {
      throw new UsageError('--shared-runs: expected --queue with it; without a queue it is --runs');
    }
    process.exitCode = await train(file, options, output);
  });

interface Options {
  readonly runs: string;
  readonly workers?: number | undefined;
  readonly queue?: string | undefined;
  readonly sharedRuns?: string | undefined;
  readonly backend?: string | undefined;
}

/** @returns the exit code */
async function train(
  file: string,
  { runs: own, workers = 1, queue: url, sharedRuns, backend }: Options,
  output: Console,
): Promise<number> {
  const [{ readSweep }, { runSweep }, { openReport }] = await Promise.all([
    import('../../sweeps/sweep'),
    import('../../sweeps/run-sweep'),
    import('../../sweeps/report'),
  ]);
  const sweep = await readSweep(file);
  const isShared = sharedRuns !== undefined;
  const runs = sharedRuns ?? own;
  const interruption = listenForInterruption(() =>
    output.warn(
      url === undefined
        ? '\neach training finishes its step and writes a checkpoint; press Ctrl-C again to quit now'
        : '\nnothing more is put into the queue',
    ),
  );
  const queue =
    url === undefined
      ? (await import('../../queue/embedded-queue')).embeddedQueue(workers, runs)
      : await (await import('../../queue/redis-queue')).redisQueue(url, { runs, isShared }, note =>
          output.note(note),
        );
  const report = openReport(sweep, runs, output);
  try {
    const request = { queue, runs, backend: backend ?? null, keepHosts: url !== undefined };
    const around = { output, signal: interruption.abort, onChange: report.onChange };
    const state = await runSweep(sweep, request, around);
    await report.end(state);
    const code = interruption.exitCode();
    if (code === undefined || state.isOver) return 0;
    const resume = invocation(...process.argv.slice(2));
    output.print(
      url === undefined
        ? `\nstopped, with a checkpoint of each training; go on with\n\n  ${resume}\n`
        : `\nthe trainings that workers have go on; go on with the sweep by\n\n  ${resume}\n`,
    );
    output.emit({ type: 'interrupted', resume });
    return code;
  } finally {
    await queue.close();
    interruption.dispose();
  }
}
