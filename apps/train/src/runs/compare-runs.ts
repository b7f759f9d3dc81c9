import { differences } from '@capsnet/checks';
import { type RunFolder, readRunConfig } from './run-folder';
import { type RunState, runStateOf } from './run-state';

/** A setting that is not the same in all runs. */
export interface DifferentSetting {
  /** As `--set` names it. */
  readonly key: string;
  /** Of each run, in their order; undefined where a run has no such key. */
  readonly values: readonly unknown[];
}

export interface RunComparison {
  readonly states: readonly RunState[];
  readonly settings: readonly DifferentSetting[];
}

/** @throws UsageError that names the configuration that cannot be read */
export async function compareRuns(runs: readonly RunFolder[]): Promise<RunComparison> {
  const configs = await Promise.all(runs.map(readRunConfig));
  const [first, ...others] = configs;
  // In the order of the configuration; a key that is in one run alone comes last.
  const keys = new Set(others.flatMap(other => differences(first, other).map(({ path }) => path)));
  return {
    states: await Promise.all(runs.map(runStateOf)),
    settings: [...keys].map(key => ({ key, values: configs.map(config => valueAt(config, key)) })),
  };
}

function valueAt(config: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], config);
}
