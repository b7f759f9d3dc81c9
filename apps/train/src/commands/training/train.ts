import { pretrainedNames } from '@capsnet/pretrained';
import { Option } from '@commander-js/extra-typings';
import { explainConfiguration } from '../../config/explain';
import { presetNames } from '../../config/presets';
import { prepareJoinedRun } from '../../preparation/joined-run';
import { nameOfNewRun, prepareNewRun } from '../../preparation/new-run';
import { prepareResumedRun } from '../../preparation/resumed-run';
import { resumeCommand } from '../../runs/run-commands';
import { openConsole } from '../../terminal/console';
import { UsageError } from '../../terminal/errors';
import { startTraining } from '../../training/start-training';
import { hostOptions, launchedApart } from '../../workers/host-options';
import { command } from '../command';
import {
  backend,
  collect,
  dataOptions,
  json,
  pictureReadingOptions,
  portNumber,
  positiveNumber,
  runs,
  seedList,
  takeOver,
  wholeNumber,
  workersOption,
} from '../options';

export const train = pictureReadingOptions(
  dataOptions(
    command('train', 'Train a capsule network; on MNIST, unless --data says otherwise.', [
      ['capsnet train', "the paper's network for 30 epochs, into runs/paper-<date>"],
      ['capsnet train --epochs 1 --name first', 'one epoch, into runs/first'],
      ['capsnet train --preset labml', "labml.ai's variant for 10 epochs"],
      ['capsnet train --data photos --size 28', 'your own pictures, a folder for each class'],
      ['capsnet train --data fashion', 'your own IDX files'],
      ['capsnet train --set model.routing.iterations=1', 'any value of the configuration'],
      ['capsnet train --seeds 1,2,3', 'three runs, and their mean error'],
      ['capsnet train --resume', 'go on where the newest unfinished run was interrupted'],
      ['capsnet train --resume --name first --epochs 3', 'train a run for longer, a finished one too'],
      ['capsnet train --from runs/first/model.safetensors --data fashion', 'start from trained weights'],
      ['capsnet train --watch', 'with a page that shows how it goes'],
      ['capsnet train --backend wasm --limit 2000', 'a quick look on few images'],
      ['capsnet train --hosts 10.0.0.1:7000,10.0.0.2:7000', 'on two machines, the same command on each'],
    ])
      .option('--name <name>', 'name of the run (default: the preset and the date)')
      .addOption(runs)
      .option(
        '--resume',
        'go on with the named run, or with the newest unfinished one; with --epochs, for more of them than before',
      )
      .addOption(
        new Option(
          '--finish <name>',
          'end an interrupted run where it is: keep its best weights, and test them',
        ).conflicts(['name', 'resume', 'preset', 'from', 'pretrained', 'epochs', 'seeds', 'hosts']),
      )
      .addOption(
        new Option('--preset <name>', 'configuration to start from (default: "paper")')
          .choices(presetNames)
          .conflicts('resume'),
      )
      .addOption(
        new Option(
          '--from <file>',
          'model file whose network and weights to start from; layers that do not fit begin anew',
        ).conflicts('resume'),
      )
      .addOption(
        new Option('--pretrained <name>', 'published model to start from instead')
          .choices(pretrainedNames)
          .conflicts(['resume', 'from']),
      )
      .option('--config <file>', 'JSON file with any part of the configuration')
      .option('--set <a.b=value>', 'set one value of the configuration; can be repeated', collect)
      .option('--epochs <n>', 'passes through the training images (paper preset: 30)', positiveNumber)
      .option(
        '--accumulate <n>',
        'compute each batch in n parts, one after the other, when it does not fit into memory',
        positiveNumber,
      )
      .option('--seed <n>', 'seed of the initial weights and of the data alike', wholeNumber)
      .addOption(
        new Option(
          '--seeds <list>',
          'train once for each of 1,2,3, into runs NAME-seed-1 and so on, and tell mean and standard deviation; again, it goes on',
        )
          .argParser(seedList)
          .conflicts(['seed', 'resume', 'hosts']),
      )
      .addOption(workersOption().conflicts(['hosts', 'takeOver']))
      .addOption(
        new Option(
          '--find-rate [file]',
          'train no run: let the learning rate grow over 100 steps, draw the loss into a picture, and suggest a rate',
        )
          .preset('learning-rates.svg')
          .conflicts(['name', 'resume', 'seeds', 'finish', 'hosts']),
      )
      .addOption(
        new Option(
          '--watch [port]',
          'show curves, confusion and reconstructions on a page of this machine while it trains (default: port 8090, or any other)',
        )
          .argParser(portNumber)
          .conflicts(['seeds', 'finish', 'findRate']),
      )
      .option('--force', 'overwrite the picture of --find-rate')
      .option('--limit <n>', 'use at most n images for each of training, validation and test', positiveNumber)
      .option('--all', 'train on every image, without validation and early stopping'),
  ),
)
  .option(
    '--hosts <list>',
    'NAME:PORT of every machine that trains, separated by commas, or "env" for those of srun or torchrun; a private network, for nothing is encrypted',
  )
  .option(
    '--rank <n>',
    'which of --hosts this is, from 0 (default: the one with an address of this machine)',
    wholeNumber,
  )
  .option(
    '--local-steps <n>',
    'with --hosts: steps that each takes on its own before weights are averaged, for slow networks (default: 1)',
    positiveNumber,
  )
  .addOption(takeOver)
  .addOption(backend)
  .addOption(json)
  .addHelpText(
    'after',
    `\nThe configuration, with its defaults, which are the paper preset; a place in a list is a number:\n${explainConfiguration()}`,
  )
  .action(async options => {
    const output = openConsole(options.json ?? false);
    const { seeds, findRate } = options;
    if (options.force && findRate === undefined)
      throw new UsageError('--force: expected --find-rate with it');
    if (findRate !== undefined) {
      const { findRateFor } = await import('./find-rate');
      process.exitCode = await findRateFor(options, String(findRate), output);
      return;
    }
    if (seeds) {
      const { trainSeeds } = await import('./train-seeds');
      process.exitCode = await trainSeeds({ ...options, seeds }, output);
      return;
    }
    if (options.workers !== undefined) throw new UsageError('--workers: expected --seeds with it');
    if (options.takeOver && !options.resume && options.finish === undefined)
      throw new UsageError('--take-over: expected --resume with it');
    const hosts = hostOptions(options);
    const apart = hosts ? undefined : launchedApart();
    if (apart) output.note(apart);
    const endsNow = options.finish !== undefined;
    const resume = options.resume ?? endsNow;
    const training = hosts
      ? await prepareJoinedRun(options, hosts, output)
      : resume
        ? await prepareResumedRun({ ...options, name: options.finish ?? options.name }, output)
        : { run: nameOfNewRun(options), ...(await prepareNewRun(options, output)) };
    const { localSteps } = training.config.training;
    if (!hosts && localSteps > 1)
      output.note(
        `training.localSteps is ${localSteps}, and counts with --hosts alone: one worker takes every step itself`,
      );
    const request = {
      ...training,
      backend: training.config.backend,
      output,
      resume,
      endsNow,
      takeOver: options.takeOver ?? false,
      resumeWith: resumeCommand(training.run, { hosts: options.hosts, backend: training.config.backend }),
    };
    if (options.watch === undefined) {
      process.exitCode = await startTraining(request);
      return;
    }
    const { trainWatched } = await import('./train-watched');
    process.exitCode = await trainWatched(request, options.watch === true ? undefined : options.watch);
  });
