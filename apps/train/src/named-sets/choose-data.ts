import { readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { nearest } from '@capsnet/checks';
import type { DataSet, Place } from '../data-sets/data-set';
import { type DataSetName, dataSetNames, dataSets } from '../data-sets/data-sets';
import type { Console } from '../terminal/console';
import { UsageError } from '../terminal/errors';
import { type NamedSetName, namedSetNames, namedSets } from './named-sets';
import { provide } from './provide';

/** The set that is meant by `--data`, and where it lies. */
export interface ChosenData {
  readonly set: DataSetName;
  readonly folder: string;
}

/**
 * What `--data` means: a folder or a file, whose kind is known by the names in it, or else a set by its name, which is downloaded if it is
 * not there. A place of another form is left to the reader of IDX files, which says what it expects.
 *
 * @param given.mirror where sets are downloaded from. Default: `CAPSNET_MIRROR`, or else where they are published
 * @throws UsageError when there is neither, or the set cannot be had
 */
export async function chooseData(
  given: { readonly data: string; readonly mirror?: string | undefined },
  output: Console,
): Promise<ChosenData> {
  const folder = resolve(given.data);
  const place = placeAt(folder);
  if (place) {
    const set = dataSetNames.find(name => (dataSets[name] as DataSet).isAt?.(place)) ?? 'idx';
    return { set, folder };
  }
  if (!Object.hasOwn(namedSets, given.data)) {
    const likely = nearest(given.data, namedSetNames)[0];
    throw new UsageError(
      `--data ${given.data}: no such file or folder, and no set of that name: expected one of ${namedSetNames.join(', ')}, the nearest being ${likely}`,
    );
  }
  const name = given.data as NamedSetName;
  const mirror = given.mirror ?? (process.env.CAPSNET_MIRROR || undefined);
  if (mirror !== undefined && !/^https?:$/.test(URL.parse(mirror)?.protocol ?? ''))
    throw new UsageError(`--mirror ${mirror}: expected an address that begins with https:// or http://`);
  return { set: namedSets[name].set, folder: await provide(name, mirror, output) };
}

function placeAt(path: string): Place | undefined {
  const state = statSync(path, { throwIfNoEntry: false });
  if (!state) return undefined;
  if (!state.isDirectory()) return { names: [basename(path)], folders: [] };
  const names = readdirSync(path).filter(name => !name.startsWith('.'));
  const isFolder = (name: string) =>
    statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return { names, folders: names.filter(isFolder) };
}
