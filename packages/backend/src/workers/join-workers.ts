import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { tensorMemory } from '../native/kernels/tensor-memory';
import { loadedMemoryAccess } from '../native/memory-access';
import type { JoinOptions, Workers } from '../training-workers';
import { broadcast, gather, sum } from './collectives';
import { ownAddress, parseHosts, rankOfThisMachine } from './host';
import { joinRing } from './join-ring';
import type { Ring } from './ring';

/**
 * Joins workers that train one network together, and waits until all of them have joined. They exchange what they have to in a ring of
 * plain TCP connections, on any backend. Nothing is encrypted; with a `secret`, only those who know it take part. Connections come in
 * at the address that `hosts` names of this worker, where that is one of the machine's, and at no other; when all have joined, the
 * port is closed.
 *
 * A worker counts as lost when its connection ends, or while the others wait and nothing of it has been heard for 15 seconds, plus
 * four times the longest that it was silent before, since it is silent while it computes; for 2 minutes until the first average.
 *
 * @throws CapsnetError `invalid-argument` for hosts or a rank that cannot be; `in-use` for a port that another program has; `workers`
 *   for a host where something else answers, or one with other hosts or another secret
 */
export async function joinWorkers({
  hosts: texts,
  rank: given,
  secret = '',
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
  const address = await ownAddress(own);
  const { ring, closePort } = await joinRing({ hosts, rank, secret }, address, {
    onWaiting: missing => onWaiting?.(missing.map(({ text }) => text)),
    signal,
  });
  let call = 0;
  // Until here others may still be looking for this one.
  await gather(ring, ++call, '');
  closePort();

  return {
    rank,
    size: hosts.length,
    hosts: hosts.map(({ text }) => text),
    listensOn: address ?? null,

    async average(tensors, weight) {
      const averaged = await averageOf(ring, ++call, tensors, weight);
      ring.warm();
      return averaged;
    },

    async broadcast(tensors) {
      const all = new Float32Array(tensors.reduce((sum, { size }) => sum + size, 0));
      if (rank === 0) await copyBits(tensors, all);
      await broadcast(ring, ++call, all);
      return tensorsOf(tensors, all);
    },

    gather: text => gather(ring, ++call, text),

    async leave() {
      // Whoever comes here has everything. When this fails, another has already come and gone.
      await gather(ring, ++call, '').then(
        () => ring.leave(),
        () => ring.close(),
      );
    },
  };
}

async function averageOf(
  ring: Ring,
  call: number,
  tensors: readonly tf.Tensor[],
  weight: number,
): Promise<tf.Tensor[]> {
  const memory = tensorMemory(tensors);
  if (memory) {
    const { values, made, madeValues: sums } = memory;
    try {
      await sum(ring, call, { values, sums, weight }, loadedMemoryAccess()?.addWeighted);
    } catch (error) {
      tf.dispose(made);
      throw error;
    }
    return made;
  }
  const values = await Promise.all(tensors.map(tensor => tensor.data() as Promise<Float32Array>));
  const sums = values.map(({ length }) => new Float32Array(length));
  await sum(ring, call, { values, sums, weight });
  return tensors.map(({ shape }, at) => tf.tensor(sums[at]!, shape, 'float32'));
}

/** The bits of tensors, one after the other, whatever they mean. */
async function copyBits(tensors: readonly tf.Tensor[], all: Float32Array): Promise<void> {
  const bits = new Int32Array(all.buffer);
  let at = 0;
  for (const tensor of tensors) {
    const { buffer, byteOffset, length } = (await tensor.data()) as Float32Array | Int32Array;
    bits.set(new Int32Array(buffer, byteOffset, length), at);
    at += length;
  }
}

/** Tensors of these shapes and types, out of an array of their bits. */
function tensorsOf(tensors: readonly tf.Tensor[], { buffer }: Float32Array): tf.Tensor[] {
  let at = 0;
  return tensors.map(({ shape, size, dtype }) => {
    const values = dtype === 'int32' ? new Int32Array(buffer, at, size) : new Float32Array(buffer, at, size);
    at += 4 * size;
    return tf.tensor(values, shape, dtype);
  });
}
