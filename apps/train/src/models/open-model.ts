import { existsSync } from 'node:fs';
import type { PickedBackend } from '@capsnet/backend';
import type { AnyNetwork, CapsNet } from '@capsnet/core';
import { loadPretrained, modelCards, type PretrainedName } from '@capsnet/pretrained';
import { presets } from '../config/presets';
import { storedConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import { chooseData } from '../named-sets/choose-data';
import { findRun, findRuns } from '../runs/find-run';
import { readResults } from '../runs/results';
import { resumeCommand } from '../runs/run-commands';
import { type RunFolder, readRunConfig } from '../runs/run-folder';
import { chooseBackend } from '../terminal/backend';
import type { Console } from '../terminal/console';
import { UsageError } from '../terminal/errors';
import { type Pictures, readModel } from './model-file';

/** What `modelOptions` and `dataOptions` give a command. */
export interface ModelOptions {
  readonly runs: string;
  readonly run?: string | undefined;
  readonly model?: string | undefined;
  readonly pretrained?: PretrainedName | undefined;
  readonly data?: string | undefined;
  readonly mirror?: string | undefined;
  readonly prefix?: string | undefined;
  readonly backend?: string | undefined;
}

/** What nearly every image reaches that is like those of the training. */
export interface Usual {
  /** The score of the class that an image is given, at least. */
  readonly score: number;
  /** The error of its reconstruction, at most; undefined where there is no decoder, or nobody has measured it. */
  readonly reconstructionError?: number | undefined;
}

export interface TrainedModel {
  readonly net: AnyNetwork;
  /** Its file, or the name of a published one. */
  readonly file: string;
  readonly backend: PickedBackend;
  /** The run that it is of, with the configuration of the run's own images; undefined for any other model. */
  readonly run?: { readonly folder: RunFolder; readonly config: RunConfig } | undefined;
  /**
   * Of the run, or of that which was published. A model file does not say what it was trained on: it gets the paper's, in
   * which every image is one of training.
   */
  readonly config: RunConfig;
  /** Of the pictures that it was trained on. */
  readonly pictures: Pictures;
  /** What all but 1 in 100 rightly classified images reach, where it is known. */
  readonly usual?: Usual | undefined;
}

/** Opens the published model, the model file or the run that the options name, or the newest run that has a model. */
export async function openModel(output: Console, options: ModelOptions): Promise<TrainedModel> {
  const [model] = await openModels(output, [options]);
  return model!;
}

/** Opens several on one backend, that of the first. */
export async function openModels(
  output: Console,
  [first, ...others]: readonly [ModelOptions, ...ModelOptions[]],
): Promise<TrainedModel[]> {
  const found = await findModels(output, [first, ...others]);
  const backend = await chooseBackend(output, first.backend);
  const models: TrainedModel[] = [];
  for (const { load, ...model } of found) {
    models.push({ ...model, ...(await load()), backend });
    output.print(`model ${model.file}`);
  }
  return models;
}

/** A model that is there, and not read yet: that needs a backend. */
interface FoundModel extends Omit<TrainedModel, 'net' | 'backend' | 'pictures'> {
  load(): Promise<Pick<TrainedModel, 'net' | 'pictures'>>;
}

/** One after the other, for a set that all name is downloaded once. */
async function findModels(output: Console, several: readonly ModelOptions[]): Promise<FoundModel[]> {
  const found: FoundModel[] = [];
  for (const options of several) found.push(await findModel(options, output));
  return found;
}

async function findModel(options: ModelOptions, output: Console): Promise<FoundModel> {
  const { pretrained, model } = options;
  if (pretrained !== undefined) {
    const { training, validation } = modelCards[pretrained];
    return {
      file: pretrained,
      config: await withData(storedConfig(training.recipe), options, true, output),
      load: async () => ({
        net: await loadPretrained(pretrained),
        pictures: { fit: 'contain', areMnistDigits: areMnistDigits(storedConfig(training.recipe)) },
      }),
      usual: { score: validation.usualScore, reconstructionError: validation.usualReconstructionError },
    };
  }
  const run = model === undefined ? findRunWithModel(options.runs, options.run) : undefined;
  const file = run?.model ?? model!;
  const config = run ? await readRunConfig(run) : presets.paper;
  return {
    file,
    run: run && { folder: run, config },
    config: await withData(config, options, run !== undefined, output),
    load: async () => {
      const { net, pictures } = await readModel(file);
      return run
        ? { net, pictures: { ...pictures, areMnistDigits: areMnistDigits(config) } }
        : { net, pictures };
    },
    usual: run && existsSync(run.results) ? (await readResults(run)).usualScore : undefined,
  };
}

/** Whether a network has seen one digit of MNIST at a time. */
export function areMnistDigits({ data }: RunConfig): boolean {
  return data.set === 'mnist' && data.digits === 1;
}

function findRunWithModel(runs: string, name: string | undefined): RunFolder {
  if (name !== undefined) {
    const run = findRun(runs, name);
    if (existsSync(run.model)) return run;
    throw new UsageError(`${run.path} has no model yet: finish it with ${resumeCommand(run)}`);
  }
  const newest = findRuns(runs).find(run => existsSync(run.model));
  if (newest) return newest;
  throw new UsageError(
    `no trained model in ${runs}: train one with capsnet train, or name a file with --model`,
  );
}

async function withData(
  config: RunConfig,
  { data, mirror, prefix }: ModelOptions,
  isRun: boolean,
  output: Console,
): Promise<RunConfig> {
  const isOwn = isRun && data === undefined && prefix === undefined;
  if (isOwn) return config;
  const given = {
    ...(data !== undefined && { ...(await chooseData({ data, mirror }, output)), prefix: null }),
    ...(prefix !== undefined && { prefix }),
  };
  // Nobody knows which images of other data were used for what.
  return { ...config, data: { ...config.data, ...given, limit: null, all: true } };
}

/** @throws UsageError for a network without reconstruction */
export function requireDecoder(net: AnyNetwork): asserts net is CapsNet {
  if (net.kind !== 'capsnet') throw new UsageError('this model has no capsules: it cannot draw');
  if (!net.config.decoder) {
    throw new UsageError('this model has no decoder (model.decoder is null): it cannot draw');
  }
}
