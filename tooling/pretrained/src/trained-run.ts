import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type CapsNet, decodeCapsNet } from '@capsnet/core';
import type { RunConfig } from '../../../apps/train/src/config/schema';
import { describeData } from '../../../apps/train/src/data/load-data';
import { type Results, readResults } from '../../../apps/train/src/runs/results';
import { readRunConfig, runFolder } from '../../../apps/train/src/runs/run-folder';

/** A finished run of `capsnet train` or `capsnet experiment`. */
export interface TrainedRun {
  readonly config: RunConfig;
  readonly results: Results & { readonly commit: string };
  /** Its network; the caller disposes of it. */
  network(): CapsNet;
}

/** @throws if the run is unfinished, damaged, was not trained on MNIST, or by what nobody can check out */
export async function readTrainedRun(folder: string): Promise<TrainedRun> {
  const path = resolve(folder);
  const run = runFolder(dirname(path), basename(path));
  const model = await readFile(run.model);
  const config = await readRunConfig(run);
  if (config.data.set !== 'mnist')
    throw new Error(`${run.config}: expected MNIST itself, found ${describeData(config.data)}`);
  const { commit, command, ...results } = await readResults(run);
  if (commit === undefined || /-dirty|unknown/.test(commit)) {
    throw new Error(
      `${run.results}: expected a run that was trained at a commit without changes, found ${commit ?? 'one outside a repository'}`,
    );
  }
  return {
    config,
    // Where the runs are is the machine's business.
    results: { ...results, commit, command: command.replace(/ --runs[ =]\S+/, '') },
    network: () => decodeCapsNet(model),
  };
}
