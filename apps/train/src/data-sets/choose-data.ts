import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../terminal/errors';
import type { DataSet, Place } from './data-set';
import { type DataSetName, dataSetNames, dataSets } from './data-sets';

/** The set that is meant by `--data`, and where it lies. */
export interface ChosenData {
  readonly set: DataSetName;
  readonly folder: string;
}

/**
 * What `--data` means: what lies there is known by its names. A place of another form is left to the reader of IDX files, which
 * says what it expects.
 *
 * @throws UsageError when nothing lies there
 */
export function chooseData(given: string): ChosenData {
  const folder = resolve(given);
  const place = placeAt(folder, given);
  const set = dataSetNames.find(name => (dataSets[name] as DataSet).isAt?.(place)) ?? 'idx';
  return { set, folder };
}

function placeAt(path: string, given: string): Place {
  const state = statSync(path, { throwIfNoEntry: false });
  if (!state) throw new UsageError(`--data ${given}: no such file or folder`);
  if (!state.isDirectory()) return { names: [basename(path)], folders: [] };
  const names = readdirSync(path).filter(name => !name.startsWith('.'));
  const isFolder = (name: string) =>
    statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return { names, folders: names.filter(isFolder) };
}
