import { CapsnetError, differences, sha256, show } from '@capsnet/checks';
import type * as tf from '@tensorflow/tfjs-core';
import type { Json, NamedTensors } from '../interfaces';
import type { Reducer } from './reducer';

/**
 * Checks that all workers say the same of what they are to train.
 *
 * @throws CapsnetError `other-run` that names the first difference
 */
export async function expectSameTraining(
  reducer: Reducer,
  training: { readonly [key: string]: Json },
): Promise<void> {
  const [first, ...others] = (await reducer.gather(JSON.stringify(training))).map(text => JSON.parse(text));
  for (const [at, other] of others.entries()) {
    const [difference] = differences(first, other);
    if (!difference) continue;
    const { path, before, now } = difference;
    throw new CapsnetError(
      'other-run',
      `train: expected the same on every worker, found ${path} ${show(before)} on worker 0 and ${show(now)} on ` +
        `worker ${at + 1}`,
    );
  }
}

/**
 * Checks that all workers hold the same, bit for bit.
 *
 * @throws CapsnetError `workers` if one does not: a machine miscalculates, or somebody has changed its weights
 */
export async function expectEqualWorkers(reducer: Reducer, held: NamedTensors, step: number): Promise<void> {
  const digests = await reducer.gather(await digestOf(held));
  const common = digests.map(digest => digests.filter(other => other === digest).length);
  const most = common.indexOf(Math.max(...common));
  const other = digests.findIndex(digest => digest !== digests[most]);
  if (other === -1) return;
  throw new CapsnetError(
    'workers',
    `train: expected the same weights on every worker after step ${step}, found others on worker ${Math.max(other, most)} ` +
      `than on worker ${Math.min(other, most)}: a machine miscalculates, or they do not run the same program. ` +
      'Go on from the last checkpoint, without that machine if it happens again',
  );
}

async function digestOf(tensors: NamedTensors): Promise<string> {
  const parts: string[] = [];
  for (const [name, tensor] of Object.entries(tensors))
    parts.push(`${name} ${await sha256(await bytesOf(tensor))}`);
  return sha256(new TextEncoder().encode(parts.join('\n')));
}

async function bytesOf(tensor: tf.Tensor): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = await tensor.data();
  return new Uint8Array(buffer, byteOffset, byteLength);
}
