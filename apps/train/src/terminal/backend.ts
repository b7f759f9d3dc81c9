import {
  type BackendName,
  backendNames,
  listBackends,
  type PickedBackend,
  pickBackend,
} from '@capsnet/backend';
import type { Console } from './console';
import { messageOf, UsageError, withContext } from './errors';

/**
 * Picks the backend, and prints which one it is, and why the faster native one was skipped.
 *
 * @param name this one or an error; without it `CAPSNET_BACKEND` is a preference, and else the fastest is taken
 */
export async function chooseBackend(
  output: Console,
  name: string | null | undefined,
): Promise<PickedBackend> {
  const picked = name ? await pickOnly(name) : await withContext('backend', () => pickBackend());
  output.print(`backend ${picked.name} (${picked.device})`);
  // Browsers have the other two; a person at a command line can do something about this one.
  const native = picked.skipped.find(skipped => skipped.name === 'native');
  if (native) output.print(`the faster native is skipped: ${native.reason}`);
  return picked;
}

const inBrowsers: readonly BackendName[] = ['webgpu', 'webgl'];

async function pickOnly(name: string): Promise<PickedBackend> {
  const known = backendNames.find(known => known === name);
  let reason: string;
  if (!known) reason = 'no such backend';
  else if (inBrowsers.includes(known)) reason = `${known} is for browsers`;
  else {
    try {
      return await pickBackend({ only: known });
    } catch (error) {
      reason = messageOf(error);
    }
  }
  const available = (await listBackends()).filter(state => state.available);
  throw new UsageError(
    `--backend ${name}: ${reason}; available here: ${available.map(({ name }) => name).join(', ')}`,
  );
}
