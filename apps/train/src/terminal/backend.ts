import { type BackendName, backendNames, type PickedBackend, pickBackend } from '@capsnet/backend';
import type { Console } from './console';
import { blamingInput, UserError } from './user-error';

/**
 * Picks the backend and says which, and which faster one was skipped and why.
 *
 * @param name this one or an error; without it `CAPSNET_BACKEND` is a preference, and else the fastest is taken
 */
export async function chooseBackend(
  output: Console,
  name: string | null | undefined,
): Promise<PickedBackend> {
  if (name && !backendNames.some(known => known === name)) {
    throw new UserError(`--backend ${name}: expected one of ${backendNames.join(', ')}`);
  }
  const only = (name ?? undefined) as BackendName | undefined;
  const picked = await blamingInput('backend', () => pickBackend({ only }));
  output.say(`backend ${picked.name} (${picked.device})`);
  // Browsers have the other two; a person at a command line can do something about this one.
  const native = picked.skipped.find(skipped => skipped.name === 'native');
  if (native) output.say(`the faster native is skipped: ${native.reason}`);
  return picked;
}
