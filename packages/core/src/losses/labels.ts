import { CapsnetError, show } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';

/** What a batch's labels say, checked. Its tensors belong to the caller's tidy. */
export interface Labels {
  /** The classes of each example: [batch, n]; n is 1 but for images of several digits. */
  readonly indices: tf.Tensor2D;
  /** $T_k$: 1 for each class that is present, 0 for the others: [batch, classes]. */
  readonly targets: tf.Tensor2D;
}

/**
 * Reads labels in any of the usual forms.
 *
 * @param labels class indices [batch] or [batch, n]; or one-hot, or n-hot, rows [batch, classes] of 0 and 1
 * @param caller who asks, for the error
 * @throws CapsnetError `invalid-tensor` if the shape is none of these, an index is not one of the classes, a class stands twice
 *   in a row, or rows have different numbers of classes; the message names the row and its value
 */
export function labelsOf(labels: tf.Tensor, batch: number, classes: number, caller: string): Labels {
  const rows = rowsOf(labels, batch, classes, caller);
  const indices = isHot(rows, classes)
    ? rows.map(row => row.flatMap((value, label) => (value === 1 ? [label] : [])))
    : rows;
  const count = indices[0]!.length;
  const other = indices.findIndex(({ length }) => length !== count || length === 0);
  if (other >= 0) {
    const expected = count === 0 ? 'at least one class in each row' : `${count} in each row, as in row 0`;
    throw wrong(caller, expected, `${indices[other]!.length} in row ${other}`);
  }
  return {
    indices: tf.tensor2d(indices.flat(), [batch, count], 'int32'),
    targets: targetsFrom(indices, classes, caller),
  };
}

/**
 * The targets $T_k$ of labels: 1 for each class that is present, 0 for the others.
 *
 * @param labels class indices [batch] or [batch, n], or targets [batch, classes] in 0..1 as they are
 * @returns [batch, classes] float32
 * @throws CapsnetError as {@link labelsOf}, but that rows may have any number of classes
 */
export function targetsOf(labels: tf.Tensor, batch: number, classes: number, caller: string): tf.Tensor2D {
  const rows = rowsOf(labels, batch, classes, caller);
  const areTargets =
    classes > 1 &&
    labels.rank === 2 &&
    labels.shape[1] === classes &&
    rows.flat().every(value => value >= 0 && value <= 1);
  return areTargets ? tf.cast(labels as tf.Tensor2D, 'float32') : targetsFrom(rows, classes, caller);
}

/**
 * Labels come from the CPU and are few: to look at them costs nothing, and one out of range would silently be no class.
 */
function rowsOf(labels: tf.Tensor, batch: number, classes: number, caller: string): number[][] {
  if (!(labels instanceof tf.Tensor)) throw wrong(caller, `labels [${batch}] as a tensor`, show(labels));
  const { rank, shape } = labels;
  if (shape[0] !== batch || rank < 1 || rank > 2 || shape[1] === 0 || (shape[1] ?? 1) > classes)
    throw wrong(caller, `labels [${batch}], or one-hot [${batch}, ${classes}]`, `[${shape}]`);
  const columns = shape[1] ?? 1;
  const values = labels.dataSync();
  return Array.from({ length: batch }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns)),
  );
}

function isHot(rows: readonly (readonly number[])[], classes: number): boolean {
  return (
    classes > 1 && rows.every(row => row.length === classes && row.every(value => value === 0 || value === 1))
  );
}

function targetsFrom(indices: readonly (readonly number[])[], classes: number, caller: string): tf.Tensor2D {
  const targets = new Float32Array(indices.length * classes);
  for (const [row, present] of indices.entries()) {
    for (const label of present) {
      if (!Number.isInteger(label) || label < 0 || label >= classes)
        throw wrong(caller, `labels from 0 to ${classes - 1}`, `${label} (row ${row})`);
      const at = row * classes + label;
      if (targets[at] === 1) throw wrong(caller, 'different labels in a row', `${label} twice (row ${row})`);
      targets[at] = 1;
    }
  }
  return tf.tensor2d(targets, [indices.length, classes]);
}

function wrong(caller: string, expected: string, found: string): CapsnetError {
  return new CapsnetError('invalid-tensor', `${caller}: expected ${expected}, found ${found}`);
}
