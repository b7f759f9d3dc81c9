import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Host } from './host';

/**
 * Waits until a worker listens at each of the hosts, however long that takes: only then do they connect with each other.
 *
 * @param onWaiting is told of those that are missing, at first and when there are fewer
 */
export async function awaitHosts(
  hosts: readonly Host[],
  {
    onWaiting,
    signal,
  }: { onWaiting?: ((missing: readonly Host[]) => void) | undefined; signal?: AbortSignal | undefined },
): Promise<void> {
  let missing = hosts;
  for (let told = Number.POSITIVE_INFINITY; ; ) {
    const listening = await Promise.all(missing.map(host => listens(host)));
    signal?.throwIfAborted();
    missing = missing.filter((_, at) => !listening[at]);
    if (missing.length === 0) return;
    if (missing.length < told) onWaiting?.(missing);
    told = missing.length;
    await setTimeout(300, undefined, { signal });
  }
}

function listens({ name, port }: Host): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: name, port, family: 4, timeout: 2000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
