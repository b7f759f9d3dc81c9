import { show } from '@capsnet/checks';
import { readJson } from '../files/json-file';
import { UsageError, withContext } from '../terminal/errors';
import { settingsFromEarlier } from './earlier';
import { isGroup, type Settings } from './settings';

/**
 * The settings in a file; names of earlier versions are read as today's.
 *
 * @throws UsageError when the file is missing, is not JSON, or is not an object
 */
export async function readSettings(file: string): Promise<Settings> {
  return withContext(`configuration ${file}`, async () => {
    const settings: unknown = await readJson(file);
    if (!isGroup(settings))
      throw new UsageError(`configuration ${file}: expected an object, found ${show(settings)}`);
    return settingsFromEarlier(settings);
  });
}
