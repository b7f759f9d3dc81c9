import { resizeSet } from '@capsnet/data/node';
import type { RunConfig } from '../config/schema';
import type { ImageSets } from '../data-sets/data-set';
import { dataSets } from '../data-sets/data-sets';
import { type Console, openConsole } from '../terminal/console';
import { UsageError, withContext } from '../terminal/errors';

/** Which images, and where they are. */
export type DataChoice = Pick<RunConfig['data'], 'set' | 'folder' | 'prefix' | 'pictures'>;

/**
 * @param output is told what of the data is left out. Default: a terminal
 * @throws UsageError that names the file and what is wrong with it
 */
export async function loadData(choice: DataChoice, output: Console = openConsole(false)): Promise<ImageSets> {
  return withContext('data', async () => {
    const sets = await dataSets[choice.set].load(choice, output);
    return choice.set === 'pictures' ? sets : resized(sets, choice.pictures);
  });
}

/** Where the images come from, for people. */
export function describeData(choice: DataChoice): string {
  return dataSets[choice.set].describe(choice);
}

/** Sets of which pictures are read have the size already; others come as they are. */
function resized(sets: ImageSets, { height, width, fit }: DataChoice['pictures']): ImageSets {
  if (height === null && width === null) return sets;
  if (height === null || width === null)
    throw new UsageError('data.pictures: expected height and width, found one of them');
  if (fit === 'exact') {
    throw new UsageError(
      'data.pictures.fit: expected contain or cover for images that are resized, found exact',
    );
  }
  const of = (set: ImageSets['train']) => resizeSet(set, { height, width, fit });
  return { train: of(sets.train), test: of(sets.test) };
}
