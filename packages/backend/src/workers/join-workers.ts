import { setTimeout } from 'node:timers/promises';
import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Collectives, type Group, loadedCollectives } from '../native/collectives';
import { installCommand } from '../native/install/install-command';
import { engineName } from '../native/kernels/tensorflow-backend';
import type { JoinOptions, Workers } from '../training-workers';
import { awaitHosts } from './await-hosts';
import { type Host, ownAddress, parseHosts, rankOfThisMachine } from './host';
import { serverDefinition } from './server-definition';

/**
 * Joins workers that train one network together, and waits until all of them have joined. They exchange what they have to by
 * TensorFlow's own collective operations: a ring, over gRPC, which knows neither passwords nor encryption. Whoever reaches the
 * port can send it anything: let only a private network reach it. Connections come in at the address that `hosts` names of this
 * worker, where that is one of the machine's, and at no other.
 *
 * Once in a process: the server lives as long as that. While a call waits for longer than 3 seconds, the other workers are asked
 * whether they are alive; one that does not answer within 8 counts as lost, as does one whose connection ends.
 *
 * @throws CapsnetError `unavailable` unless the native backend is in use, with our own kernels; `invalid-argument` for hosts or a
 *   rank that cannot be; `in-use` for a port that another program has
 */
export async function joinWorkers({
  hosts: texts,
  rank: given,
  onWaiting,
  signal,
}: JoinOptions): Promise<Workers> {
  const hosts = parseHosts(texts);
  const rank = given ?? (await rankOfThisMachine(hosts));
  const own = hosts[rank];
  if (!own) {
    throw new CapsnetError(
      'invalid-argument',
      `workers: expected a rank from 0 to ${hosts.length - 1}, found ${rank}`,
    );
  }
  const collectives = tf.getBackend() === engineName ? loadedCollectives() : undefined;
  if (!collectives) {
    throw new CapsnetError(
      'unavailable',
      'workers: expected the native backend with our own kernels, which exchange gradients, to be in use; ' +
        `${installCommand()} builds them`,
    );
  }
  const address = await ownAddress(own);
  const group = joinGroup(collectives, hosts, rank, address ?? '');
  await awaitHosts(
    hosts.filter(host => host !== own),
    { onWaiting: missing => onWaiting?.(missing.map(({ text }) => text)), signal },
  );
  return { ...workers(collectives, group, hosts, rank), listensOn: address ?? null };
}

function joinGroup(collectives: Collectives, hosts: readonly Host[], rank: number, address: string): Group {
  const { port, text } = hosts[rank]!;
  try {
    return collectives.joinGroup(serverDefinition(hosts, rank), rank, hosts.length, port, address);
  } catch (cause) {
    throw new CapsnetError(
      'in-use',
      `workers: ${text} cannot be listened on: ${(cause as Error).message}; another program may have the port, or another ` +
        'worker the same rank',
      { cause },
    );
  }
}

/** How often the others are asked whether they are alive, and how long they have to answer, in milliseconds. */
const checkEvery = 3000;
const answerWithin = 8000;
/** How long those who notice a loss stay, so that the others do not take them for lost. */
const stay = 2000;

function workers(
  collectives: Collectives,
  group: Group,
  hosts: readonly Host[],
  rank: number,
): Omit<Workers, 'listensOn'> {
  const size = hosts.length;
  let instance = 0;

  /** Those who do not answer. */
  async function lost(within: number): Promise<Host[]> {
    const others = hosts.map((host, at) => ({ host, at })).filter(({ at }) => at !== rank);
    const answers = await Promise.allSettled(
      others.map(({ at }) => collectives.checkWorker(group, at, within)),
    );
    return others.filter((_, at) => answers[at]!.status === 'rejected').map(({ host }) => host);
  }

  /** What all workers do together, under a number of its own. */
  async function together<T>(act: (instance: number) => Promise<T>): Promise<T> {
    let silent: Host[] | undefined;
    let isChecking = false;
    const check = setInterval(async () => {
      if (isChecking) return;
      isChecking = true;
      const found = await lost(answerWithin);
      isChecking = false;
      if (found.length === 0 || silent) return;
      silent = found;
      collectives.abortGroup(group, 'a worker does not answer');
    }, checkEvery);
    try {
      return await act(++instance);
    } catch (cause) {
      const [gone] = await Promise.all([silent ?? lost(stay), setTimeout(stay)]);
      throw lostError(hosts, gone, cause as Error);
    } finally {
      clearInterval(check);
    }
  }

  const gatherValues = (values: Int32Array) =>
    together(instance => collectives.gather(group, instance, values));

  async function gather(text: string): Promise<string[]> {
    const bytes = new TextEncoder().encode(text);
    const lengths = await gatherValues(Int32Array.of(bytes.length));
    // As many words on every worker, and one at least.
    const words = Math.floor(Math.max(...lengths) / 4) + 1;
    const padded = new Uint8Array(4 * words);
    padded.set(bytes);
    const all = await gatherValues(new Int32Array(padded.buffer));
    return Array.from(lengths, (length, at) =>
      new TextDecoder().decode(new Uint8Array(all.buffer, all.byteOffset + 4 * words * at, length)),
    );
  }

  return {
    rank,
    size,
    hosts: hosts.map(({ text }) => text),

    async average(tensors, weight) {
      const values = await Promise.all(tensors.map(tensor => tensor.data() as Promise<Float32Array>));
      const sums = await together(instance => collectives.sum(group, instance, values, weight));
      return tensorsLike(tensors, sums);
    },

    async broadcast(tensors) {
      const length = tensors.reduce((sum, { size }) => sum + size, 0);
      if (rank > 0) {
        return tensorsLike(
          tensors,
          await together(instance => collectives.broadcast(group, instance, length)),
        );
      }
      const all = new Float32Array(length);
      let at = 0;
      for (const tensor of tensors) {
        const { buffer, byteOffset, length } = (await tensor.data()) as Float32Array | Int32Array;
        // The same 32 bits, whatever they mean.
        new Int32Array(all.buffer, 4 * at, length).set(new Int32Array(buffer, byteOffset, length));
        at += length;
      }
      return tensorsLike(tensors, await together(instance => collectives.broadcast(group, instance, all)));
    },

    gather,

    async leave() {
      // Whoever comes here has everything. When this fails, another has already come and gone.
      await collectives.gather(group, ++instance, Int32Array.of(0)).catch(() => {});
    },
  };
}

/** Tensors of these shapes and types, one after the other out of an array of their bits. */
function tensorsLike(tensors: readonly tf.Tensor[], { buffer, byteOffset }: Float32Array): tf.Tensor[] {
  let at = byteOffset;
  return tensors.map(({ shape, size, dtype }) => {
    const values = dtype === 'int32' ? new Int32Array(buffer, at, size) : new Float32Array(buffer, at, size);
    at += 4 * size;
    return tf.tensor(values, shape, dtype);
  });
}

function lostError(hosts: readonly Host[], gone: readonly Host[], cause: Error): CapsnetError {
  const names = gone.map(host => `worker ${hosts.indexOf(host)} (${host.text})`);
  const [line] = cause.message.split('\n');
  return new CapsnetError(
    'workers',
    names.length === 0
      ? `workers: the connection to another worker failed: ${line}`
      : `workers: ${names.join(' and ')} ${names.length === 1 ? 'does' : 'do'} not answer: ended, frozen, or out of reach`,
    { cause },
  );
}
