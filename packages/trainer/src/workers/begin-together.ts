import * as tf from '@tensorflow/tfjs-core';
import type { Json, NamedTensors } from '../interfaces';
import type { Reducer } from './reducer';

/**
 * Gives every worker what the first one begins or goes on with.
 *
 * @param own     what this worker has; of all but the first only the shapes count
 * @param tensors by the same names and of the same shapes on all workers
 * @returns that of the first worker; the tensors are the caller's
 */
export async function beginTogether<Note extends Json>(
  reducer: Reducer,
  own: { readonly note: Note; readonly tensors: NamedTensors },
): Promise<{ readonly note: Note; readonly tensors: NamedTensors }> {
  const [note] = await reducer.gather(reducer.rank === 0 ? JSON.stringify(own.note) : '');
  const names = Object.keys(own.tensors).sort();
  const tensors = await reducer.broadcast(names.map(name => own.tensors[name]!));
  return {
    note: JSON.parse(note!),
    tensors: Object.fromEntries(names.map((name, at) => [name, tf.keep(tensors[at]!)])),
  };
}
