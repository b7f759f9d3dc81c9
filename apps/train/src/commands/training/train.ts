import { differences, show } from '@capsnet/checks';
import { networkConfig } from '@capsnet/core';
import { Option } from '@commander-js/extra-typings';
import { explainConfiguration } from '../../config/explain';
import { type PresetName, presetNames, presets } from '../../config/presets';
import { readSettings } from '../../config/read-settings';
import { merge, resolveConfig } from '../../config/resolve';
import type { RunConfig } from '../../config/schema';
import { parseAssignment, type Settings } from '../../config/settings';
import { loadData } from '../../data/load-data';
import { normalisation, sizesOf, smallValidation } from '../../data/sizes';
import type { ImageSets } from '../../data-sets/data-set';
import { chooseData } from '../../named-sets/choose-data';
import { findUnfinishedRun } from '../../runs/find-run';
import { resumeCommand } from '../../runs/run-commands';
import { type RunFolder, readRunConfig, runFolder, unusedName } from '../../runs/run-folder';
import { readSessions, withoutPlace } from '../../runs/sessions';
import { type Console, openConsole } from '../../terminal/console';
import { messageOf, UsageError, withContext, within } from '../../terminal/errors';
import { startTraining } from '../../training/start-training';
import { type HostOptions, hostOptions, launchedApart } from '../../workers/host-options';
import { type Joined, joinTraining } from '../../workers/join-training';
import { sameConfig } from '../../workers/same-training';
import { command } from '../command';
import {
  backend,
  collect,
  dataOptions,
  json,
  pictureReadingOptions,
  positiveNumber,
  runs,
  takeOver,
  wholeNumber,
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
      ['capsnet train --resume', 'go on where the newest unfinished run was interrupted'],
      ['capsnet train --backend wasm --limit 2000', 'a quick look on few images'],
      ['capsnet train --hosts 10.0.0.1:7000,10.0.0.2:7000', 'on two machines, the same command on each'],
    ])
      .option('--name <name>', 'name of the run (default: the preset and the date)')
      .addOption(runs)
      .option('--resume', 'go on with the named run, or with the newest unfinished one')
      .addOption(
        new Option('--preset <name>', 'configuration to start from (default: "paper")')
          .choices(presetNames)
          .conflicts('resume'),
      )
      .option('--config <file>', 'JSON file with any part of the configuration')
      .option('--set <a.b=value>', 'set one value of the configuration; can be repeated', collect)
      .option('--epochs <n>', 'passes through the training images (paper preset: 30)', positiveNumber)
      .option('--seed <n>', 'seed of the initial weights and of the data alike', wholeNumber)
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
    if (options.takeOver && !options.resume) throw new UsageError('--take-over: expected --resume with it');
    const hosts = hostOptions(options);
    const apart = hosts ? undefined : launchedApart();
    if (apart) output.note(apart);
    const training = hosts ? await together(output, hosts, options) : await alone(options, output);
    const { localSteps } = training.config.training;
    if (!hosts && localSteps > 1)
      output.note(
        `training.localSteps is ${localSteps}, and counts with --hosts alone: one worker takes every step itself`,
      );
    process.exitCode = await startTraining({
      ...training,
      backend: training.config.backend,
      output,
      resume: options.resume ?? false,
      takeOver: options.takeOver ?? false,
      resumeWith: resumeCommand(training.run, options.hosts),
    });
  });

interface Options {
  readonly runs: string;
  readonly name?: string | undefined;
  readonly preset?: PresetName | undefined;
  readonly config?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly epochs?: number | undefined;
  readonly seed?: number | undefined;
  readonly data?: string | undefined;
  readonly mirror?: string | undefined;
  readonly prefix?: string | undefined;
  readonly size?: { readonly height: number; readonly width: number } | undefined;
  readonly fit?: string | undefined;
  readonly limit?: number | undefined;
  readonly all?: boolean | undefined;
  readonly localSteps?: number | undefined;
  readonly backend?: string | undefined;
  readonly resume?: boolean | undefined;
}

/** What is trained, and where. */
interface Training {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly data: ImageSets;
  readonly joined?: Joined;
}

async function alone(options: Options, output: Console): Promise<Training> {
  return options.resume ? begun(options, output) : fresh(options, output);
}

/** One of several workers; what is wrong with its options, it says before it waits for the others. */
async function together(output: Console, hosts: HostOptions, options: Options): Promise<Training> {
  if (!options.resume) {
    const training = await fresh(options, output);
    const joined = await joinTraining(output, hosts, training.config.backend);
    await sameConfig(joined, { resume: false, config: training.config });
    return { ...training, joined };
  }
  const joined = await joinTraining(output, hosts, options.backend ?? null);
  const { workers } = joined;
  if (workers.rank === 0) {
    const training = await begun(options, output);
    await sameConfig(joined, { resume: true, config: training.config });
    return { ...training, joined };
  }
  // The run is at the first worker. Where the images are, each worker knows itself.
  const before = await sameConfig(joined, { resume: true, config: null });
  const config = resolveConfig(before, await settingsOf(before, options, output));
  expectUnchanged(withoutPlace(before), withoutPlace(config), 'worker 0');
  return {
    run: runFolder(options.runs, options.name ?? 'run'),
    config,
    data: await loadMoved(config, output),
    joined,
  };
}

async function fresh(options: Options, output: Console): Promise<Training> {
  const { runs, preset = 'paper' } = options;
  const run = runFolder(runs, options.name ?? unusedName(runs, preset, new Date()));
  const base = presets[preset];
  const settings = await settingsOf(base, options, output);
  const given = resolveConfig(base, settings);
  const data = await loadData(given.data, output);
  const arePictures = given.data.set === 'pictures';
  const config = resolveConfig(
    base,
    sizesOf(data, given),
    smallValidation(data),
    arePictures ? normalisation(data) : {},
    // The paper moves its digits; who has not asked for its preset has not asked for that either.
    arePictures && options.preset === undefined ? { data: { shift: 0 } } : {},
    settings,
  );
  await withContext('configuration', () => networkConfig(config.model));
  return { run, config, data };
}

/**
 * The run that is resumed. It goes on as it began; only the backend and the place of the images may change.
 *
 * @throws UsageError that names the first value that would be another
 */
async function begun(options: Options, output: Console): Promise<Training> {
  const run = findUnfinishedRun(options.runs, options.name);
  const before = await readRunConfig(run);
  const config = resolveConfig(before, await settingsOf(before, options, output));
  // Images that lie elsewhere now are compared with those of the run, if it knows them.
  const comparable = (await readSessions(run)).length > 0 ? withoutPlace : withoutBackend;
  expectUnchanged(comparable(before), comparable(config), run.path);
  return { run, config, data: await loadMoved(config, output) };
}

/** @param owner who has the run */
function expectUnchanged(before: RunConfig, now: RunConfig, owner: string): void {
  const [difference] = differences(before, now);
  if (!difference) return;
  throw new UsageError(
    `--resume: ${owner} has ${difference.path} ${show(difference.before)}, found ${show(difference.now)}: ` +
      'a run goes on as it began; start a new one under another --name',
  );
}

function withoutBackend(config: RunConfig): RunConfig {
  return { ...config, backend: null };
}

async function loadMoved({ data }: RunConfig, output: Console): Promise<ImageSets> {
  try {
    return await loadData(data, output);
  } catch (error) {
    if (data.folder === null) throw error;
    throw new UsageError(
      `${messageOf(error)}; if the images lie elsewhere now, name their folder with --data`,
      {
        cause: error,
      },
    );
  }
}

/** What the file, `--set` and the shorter options say of `base` together, the later ones winning. */
async function settingsOf(
  base: RunConfig,
  { config, set = [], ...options }: Options,
  output: Console,
): Promise<Settings> {
  const { data, mirror } = options;
  const chosen = data === undefined ? undefined : await chooseData({ data, mirror }, output);
  const short: readonly (readonly [string, unknown])[] = [
    ['training.epochs', options.epochs],
    ['training.seed', options.seed],
    ['model.seed', options.seed],
    ['data.set', chosen?.set],
    ['data.folder', chosen?.folder],
    ['data.prefix', options.prefix],
    ['data.pictures.height', options.size?.height],
    ['data.pictures.width', options.size?.width],
    ['data.pictures.fit', options.fit],
    ['data.limit', options.limit],
    ['data.all', options.all],
    ['training.localSteps', options.localSteps],
    ['backend', options.backend],
  ];
  const stated = [
    ...set,
    ...short
      .filter(([, value]) => value !== undefined)
      .map(([path, value]) => `${path}=${JSON.stringify(value)}`),
  ];
  let settings: Settings = config === undefined ? {} : await readSettings(config);
  let merged = merge(base, settings);
  for (const assignment of stated) {
    const one = await withContext(`--set ${assignment}`, () => parseAssignment(assignment));
    // Only in the whole is it known how long a list is.
    merged = await within(`--set ${assignment}`, () => merge(merged, one));
    settings = merge(settings, one) as Settings;
  }
  return settings;
}
