import type { RunConfig } from '../config/schema';
import type { ImageSets } from '../data-sets/data-set';
import { dataSets } from '../data-sets/data-sets';
import { withContext } from '../terminal/errors';

/** Which images, and where they are. */
export type DataChoice = Pick<RunConfig['data'], 'set' | 'folder' | 'prefix'>;

/** @throws UsageError that names the file and what is wrong with it */
export async function loadData(choice: DataChoice): Promise<ImageSets> {
  return withContext('data', () => dataSets[choice.set].load(choice));
}

/** Where the images come from, for people. */
export function describeData(choice: DataChoice): string {
  return dataSets[choice.set].describe(choice);
}
