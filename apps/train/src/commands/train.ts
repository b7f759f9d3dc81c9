import { resolve } from 'node:path';
import { differences, show } from '@capsnet/checks';
import { networkConfig } from '@capsnet/core';
import { configurationKeys } from '@capsnet/core/configuration';
import type { Mnist } from '@capsnet/mnist/node';
import { presets } from '../config/presets';
import { readSettings } from '../config/read-settings';
import { merge, resolveConfig } from '../config/resolve';
import { type RunConfig, runSchema } from '../config/schema';
import { parseAssignment, type Settings } from '../config/settings';
import { batchesOf, checkFits, loadData, sizesOf, split } from '../data/data';
import { createRun, findUnfinishedRun, type RunFolder, readRunConfig, unusedName } from '../runs/run-folder';
import { chooseBackend } from '../terminal/backend';
import { openConsole } from '../terminal/console';
import { invocation } from '../terminal/invocation';
import { blamingInput, UserError } from '../terminal/user-error';
import { commit } from '../terminal/versions';
import { runTraining } from '../training/training-run';
import {
  backend,
  collect,
  command,
  dataFolder,
  json,
  positiveNumber,
  prefix,
  preset,
  runs,
  wholeNumber,
} from './command';

export const train = command('train', 'Train a capsule network; on MNIST, unless --data says otherwise.', [
  ['capsnet train', "the paper's network for 30 epochs, into runs/paper-<date>"],
  ['capsnet train --epochs 1 --name first', 'one epoch, into runs/first'],
  ['capsnet train --preset labml', "labml.ai's variant for 10 epochs"],
  ['capsnet train --data fashion', 'your own IDX files'],
  ['capsnet train --set model.routing.iterations=1', 'any value of the configuration'],
  ['capsnet train --resume', 'go on where the newest unfinished run was interrupted'],
  ['capsnet train --backend wasm --limit 2000', 'a quick look on few images'],
])
  .option('--name <name>', 'the name of the run; without it, the preset and the date')
  .addOption(runs)
  .option('--resume', 'go on with the named run, or with the newest unfinished one')
  .addOption(preset.conflicts('resume'))
  .option('--config <file>', 'a JSON file with any part of the configuration')
  .option('--set <a.b=value>', 'one value of the configuration; can be repeated', collect)
  .option('--epochs <n>', 'passes through the training images; the paper preset makes 30', positiveNumber)
  .option('--seed <n>', 'of the initial weights and of the data alike', wholeNumber)
  .addOption(dataFolder)
  .addOption(prefix)
  .option('--limit <n>', 'at most so many images for each of training, validation and test', positiveNumber)
  .option('--all', 'train on every image, without validation and early stopping')
  .addOption(backend)
  .addOption(json)
  .addHelpText(
    'after',
    `\nThe configuration, with its defaults, which are the paper preset; a place in a list is a number:\n${explainConfiguration()}`,
  )
  .action(async options => {
    const output = openConsole(options.json ?? false);
    const settings = await settingsOf(options);

    let run: RunFolder | undefined;
    let config: RunConfig;
    let data: Mnist;
    if (options.resume) {
      run = findUnfinishedRun(options.runs, options.name);
      config = await unchanged(run, settings);
      data = await loadData(config.data);
    } else {
      const preset = presets[options.preset ?? 'paper'];
      const given = resolveConfig(preset, settings);
      data = await loadData(given.data);
      config = resolveConfig(preset, sizesOf(data, given), settings);
      await blamingInput('configuration', () => networkConfig(config.model));
    }
    checkFits(config.model, data, config);
    const splits = await split(data, config);
    const sources = await batchesOf(splits, config);
    const backend = await chooseBackend(output, config.backend);
    run ??= await createRun(
      options.runs,
      options.name ?? unusedName(options.runs, options.preset ?? 'paper', new Date()),
      config,
    );
    process.exitCode = await runTraining({
      run,
      runs: options.runs,
      config,
      splits,
      sources,
      backend,
      output,
      resume: options.resume ?? false,
      resumeWith: invocation(
        'train',
        '--resume',
        ...(options.runs === 'runs' ? [] : ['--runs', options.runs]),
        '--name',
        run.name,
      ),
      commit: commit(),
    });
  });

interface GivenSettings {
  readonly config?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly epochs?: number | undefined;
  readonly seed?: number | undefined;
  readonly data?: string | undefined;
  readonly prefix?: string | undefined;
  readonly limit?: number | undefined;
  readonly all?: boolean | undefined;
  readonly backend?: string | undefined;
}

/** What the file, `--set` and the shorter options say together, the later ones winning. */
async function settingsOf({ config, set = [], ...options }: GivenSettings): Promise<Settings> {
  const short: readonly (readonly [string, unknown])[] = [
    ['training.epochs', options.epochs],
    ['training.seed', options.seed],
    ['model.seed', options.seed],
    ['data.folder', options.data && resolve(options.data)],
    ['data.prefix', options.prefix],
    ['data.limit', options.limit],
    ['data.all', options.all],
    ['backend', options.backend],
  ];
  const layers = [
    config === undefined ? {} : await readSettings(config),
    ...set.map(parseAssignment),
    ...short
      .filter(([, value]) => value !== undefined)
      .map(([path, value]) => parseAssignment(`${path}=${JSON.stringify(value)}`)),
  ];
  return layers.reduce<unknown>((before, given) => merge(before, given), {}) as Settings;
}

/**
 * The configuration of the run that is resumed. It goes on as it began; only the backend may change.
 *
 * @throws UserError that names the first value that would be another
 */
async function unchanged(run: RunFolder, settings: Settings): Promise<RunConfig> {
  const before = await readRunConfig(run);
  const now = resolveConfig(before, settings);
  const [difference] = differences({ ...before, backend: null }, { ...now, backend: null });
  if (!difference) return now;
  throw new UserError(
    `--resume: ${run.path} has ${difference.path} ${show(difference.before)}, found ${show(difference.now)}: ` +
      'a run goes on as it began; start a new one under another --name',
  );
}

/** Every key of the configuration with its default, its type and what it means, as `--set` takes it. */
function explainConfiguration(): string {
  return configurationKeys(runSchema)
    .map(({ path, type, byDefault, meaning, only }) => {
      const value =
        byDefault === undefined
          ? ''
          : `=${typeof byDefault === 'string' ? byDefault : JSON.stringify(byDefault)}`;
      return `  ${path}${value}\n      ${type}${only ? `, of ${only}` : ''}. ${meaning}`;
    })
    .join('\n');
}
