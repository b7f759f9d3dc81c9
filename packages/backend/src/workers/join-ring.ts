import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { CapsnetError } from '@capsnet/checks';
import { awaitHosts } from './await-hosts';
import { greet, isNeighbour, type Membership } from './handshake';
import type { Host } from './host';
import { Incoming } from './incoming';
import { Ring } from './ring';

/** Connections that have not said yet who they are. */
const mostStrangers = 64;

/**
 * Listens, waits until all workers do, and connects with the one before and the one after.
 *
 * @param address IPv4, to listen at; undefined for all of the machine
 * @returns the ring, and what closes the port, to be called when every worker is known to have its ring
 * @throws CapsnetError `in-use` for a port that another program has, `workers` for a neighbour that is none
 */
export async function joinRing(
  membership: Membership,
  address: string | undefined,
  {
    onWaiting,
    signal,
  }: { onWaiting?: ((missing: readonly Host[]) => void) | undefined; signal?: AbortSignal | undefined },
): Promise<{ readonly ring: Ring; readonly closePort: () => void }> {
  const { hosts, rank } = membership;
  const server = createServer({ noDelay: true });
  server.maxConnections = mostStrangers;
  await listen(server, hosts[rank]!, address);
  const closePort = () => server.close();
  let from: Incoming | undefined;
  try {
    const next = neighbour(server, membership);
    await awaitHosts(
      hosts.filter((_, at) => at !== rank),
      { onWaiting, signal },
    );
    from = await connectToBefore(membership, signal);
    const to = await aborting(next, signal);
    return { ring: new Ring(hosts, rank, { from, to }), closePort };
  } catch (error) {
    from?.socket.destroy();
    closePort();
    throw error;
  }
}

async function listen(server: Server, { port, text }: Host, address: string | undefined): Promise<void> {
  server.listen(port, address ?? '0.0.0.0');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new CapsnetError(
      'in-use',
      `workers: ${text} cannot be listened on: ${(cause as Error).message}; another program may have the port, or another ` +
        'worker the same rank',
      { cause },
    );
  }
}

/** The connection of the worker that this one sends to. */
function neighbour(server: Server, membership: Membership): Promise<Socket> {
  return new Promise(resolve => {
    server.on('connection', async socket => {
      socket.on('error', () => {});
      if (await isNeighbour(socket, membership)) resolve(socket);
    });
  });
}

async function connectToBefore(membership: Membership, signal: AbortSignal | undefined): Promise<Incoming> {
  const { hosts, rank } = membership;
  const before = hosts[(rank + hosts.length - 1) % hosts.length]!;
  for (;;) {
    const from = new Incoming(before);
    const onClose = () => from.fail(new Error('ended'));
    from.socket.once('close', onClose);
    const greeting = await greet(from.socket, into => from.read(into), membership);
    from.socket.off('close', onClose);
    if (greeting === 'welcome') return from;
    from.socket.destroy();
    // Also before an error, so that the other one, too, has the time to hear of it.
    await setTimeout(1000, undefined, { signal });
    if (greeting !== 'gone')
      throw new CapsnetError('workers', `workers: ${before.text} ${reasons[greeting]}`);
  }
}

const reasons = {
  stranger: 'takes connections, but does not answer as a worker of this version of capsnet',
  'other-hosts': 'is a worker of other hosts: expected the same list, in the same order, on each',
  'other-secret': 'knows another secret',
};

function aborting<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return Promise.race([promise, once(signal, 'abort').then(() => Promise.reject(signal.reason))]);
}
