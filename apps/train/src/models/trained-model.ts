import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PickedBackend } from '@capsnet/backend';
import type { CapsNet } from '@capsnet/core';
import { loadPretrained, modelCards, type PretrainedName } from '@capsnet/pretrained';
import { presets } from '../config/presets';
import { resolveConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import { findRun, findRuns, type RunFolder, readRunConfig } from '../runs/run-folder';
import { chooseBackend } from '../terminal/backend';
import type { Console } from '../terminal/console';
import { UserError } from '../terminal/user-error';
import { readModel } from './model-file';
import { isCapsNet, type Network } from './network';

export interface TrainedModelOptions {
  readonly runs: string;
  readonly run?: string | undefined;
  readonly model?: string | undefined;
  readonly pretrained?: PretrainedName | undefined;
  readonly data?: string | undefined;
  readonly prefix?: string | undefined;
  readonly backend?: string | undefined;
}

export interface TrainedModel {
  readonly net: Network;
  /** Its file, or the name of a published one. */
  readonly file: string;
  readonly backend: PickedBackend;
  /** Of the run, or of that which was published; for a model file, which does not tell, every image is one of training. */
  readonly config: RunConfig;
}

/** Opens the published model, the model file or the run that the options name, or the newest run that has a model. */
export async function openTrainedModel(output: Console, options: TrainedModelOptions): Promise<TrainedModel> {
  const { pretrained, model } = options;
  if (pretrained !== undefined) return openPretrained(output, pretrained, options);
  const run = model === undefined ? findRunWithModel(options.runs, options.run) : undefined;
  const file = run?.model ?? model!;
  const config = run ? await readRunConfig(run) : presets.paper;
  const backend = await chooseBackend(output, options.backend);
  const net = await readModel(file);
  output.say(`model ${file}`);
  return { net, file, backend, config: withData(config, options, run !== undefined) };
}

async function openPretrained(
  output: Console,
  name: PretrainedName,
  options: TrainedModelOptions,
): Promise<TrainedModel> {
  const config = resolveConfig(presets.paper, modelCards[name].training.recipe);
  const backend = await chooseBackend(output, options.backend);
  const net = await loadPretrained(name);
  output.say(`model ${name}`);
  return { net, file: name, backend, config: withData(config, options, true) };
}

function findRunWithModel(runs: string, name: string | undefined): RunFolder {
  if (name !== undefined) {
    const run = findRun(runs, name);
    if (existsSync(run.model)) return run;
    throw new UserError(`${run.path} has no model yet: finish it with capsnet train --resume --name ${name}`);
  }
  const newest = findRuns(runs).find(run => existsSync(run.model));
  if (newest) return newest;
  throw new UserError(
    `no trained model in ${runs}: train one with capsnet train, or name a file with --model`,
  );
}

function withData(config: RunConfig, { data, prefix }: TrainedModelOptions, isRun: boolean): RunConfig {
  const given = {
    ...(data !== undefined && { folder: resolve(data), prefix: null }),
    ...(prefix !== undefined && { prefix }),
  };
  // Which images of other data were held back, nobody knows.
  const all = isRun && data === undefined && prefix === undefined ? {} : { all: true };
  return { ...config, data: { ...config.data, limit: null, ...given, ...all } };
}

/** @throws UserError for a network without reconstruction */
export function requireDecoder(net: Network): asserts net is CapsNet {
  if (!isCapsNet(net)) throw new UserError('this model has no capsules: it cannot draw');
  if (!net.config.decoder)
    throw new UserError('this model has no decoder (model.decoder is null): it cannot draw');
}
