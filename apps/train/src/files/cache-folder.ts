import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where this program keeps what it can make again. A relative path in XDG_CACHE_HOME is to be ignored, by its specification. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: named = '' } = process.env;
  return join(isAbsolute(named) ? named : join(homedir(), '.cache'), 'capsnet');
}
