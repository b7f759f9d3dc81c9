// Registers the gradients, which tfjs-core alone does not.
import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, BatchSource, Trainable } from '../src';

export interface Points extends Batch {
  readonly points: tf.Tensor2D;
  readonly labels: tf.Tensor1D;
}

/** A generator of numbers in 0..1 whose state is one integer (mulberry32). */
export function random(seed: number) {
  let state = seed | 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
    get state() {
      return state;
    },
    set state(saved: number) {
      state = saved;
    },
  };
}

/** Whether a point lies inside a ring, with a little noise. */
function label(x: number, y: number, noise: number): number {
  return Math.hypot(x, y) + 0.1 * noise > 0.8 ? 1 : 0;
}

function batchOf(rows: readonly (readonly [number, number, number])[], batchSize: number): Points {
  const points = tf.tensor2d(
    Array.from({ length: batchSize }, (_, i) => rows[i]?.slice(0, 2) ?? [9, 9]).flat(),
    [batchSize, 2],
  );
  const labels = tf.tensor1d(Array.from({ length: batchSize }, (_, i) => rows[i]?.[2] ?? 0));
  return { count: rows.length, points, labels, dispose: () => tf.dispose([points, labels]) };
}

/** Endless random points; the odd batches come late, as from a file. */
export function trainingPoints({ seed = 1, batchSize = 16, batchesPerEpoch = 6 } = {}) {
  const numbers = random(seed);
  let made = 0;
  const source: BatchSource<Points> = {
    batchesPerEpoch,
    next() {
      const rows = Array.from({ length: batchSize }, () => {
        const [x, y] = [numbers.next() * 2 - 1, numbers.next() * 2 - 1];
        return [x, y, label(x, y, numbers.next())] as const;
      });
      made++;
      const batch = batchOf(rows, batchSize);
      return made % 2 === 0 ? batch : Promise.resolve(batch);
    },
    state: () => ({ random: numbers.state, made }),
    restore(state) {
      const saved = state as { random: number; made: number };
      numbers.state = saved.random;
      made = saved.made;
    },
  };
  return source;
}

/** `count` fixed points in their order; zeros would be too kind a padding, so it is far away. */
export function fixedPoints({ seed = 2, count = 21, batchSize = 8 } = {}) {
  const numbers = random(seed);
  const rows = Array.from({ length: count }, () => {
    const [x, y] = [numbers.next() * 2 - 1, numbers.next() * 2 - 1];
    return [x, y, label(x, y, numbers.next())] as const;
  });
  const batchesPerEpoch = Math.ceil(count / batchSize);
  let position = 0;
  const source: BatchSource<Points> = {
    batchesPerEpoch,
    next() {
      const start = (position++ % batchesPerEpoch) * batchSize;
      return batchOf(rows.slice(start, start + batchSize), batchSize);
    },
    state: () => position,
    restore(state) {
      position = state as number;
    },
  };
  return { rows, source };
}

/** 2 -> hidden tanh -> 1 sigmoid, squared error; with a variable that is saved and never trained. */
export function network({ seed = 3, hidden = 8 } = {}) {
  const numbers = random(seed);
  const variable = (shape: number[], trainable = true) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return variableOf(
      Array.from({ length: size }, () => numbers.next() * 2 - 1),
      shape,
      trainable,
    );
  };
  const variables = {
    'hidden/kernel': variable([2, hidden]),
    'hidden/bias': variable([hidden]),
    'out/kernel': variable([hidden, 1]),
    'out/bias': variable([1]),
    scale: variable([2], false),
  };

  function outputs(points: tf.Tensor2D): tf.Tensor1D {
    const scaled = tf.mul(points, variables.scale) as tf.Tensor2D;
    const hiddenUnits = tf.tanh(
      tf.add(tf.matMul(scaled, variables['hidden/kernel'] as tf.Tensor2D), variables['hidden/bias']),
    );
    const out = tf.add(
      tf.matMul(hiddenUnits as tf.Tensor2D, variables['out/kernel'] as tf.Tensor2D),
      variables['out/bias'],
    );
    return tf.reshape(tf.sigmoid(out), [points.shape[0]]);
  }

  function perRow({ points, labels }: Points) {
    const output = outputs(points);
    return {
      loss: tf.squaredDifference(output, labels) as tf.Tensor1D,
      accuracy: tf.cast(tf.equal(tf.greater(output, 0.5), tf.greater(labels, 0.5)), 'float32') as tf.Tensor1D,
    };
  }

  const trainable: Trainable<Points> & { dispose(): void } = {
    variables,
    loss(batch) {
      const { loss, accuracy } = perRow(batch);
      return { loss: tf.mean(loss) as tf.Scalar, metrics: { accuracy: tf.mean(accuracy) as tf.Scalar } };
    },
    evaluate: batch => tf.tidy(() => perRow(batch)),
    dispose: () => tf.dispose(variables),
  };
  return trainable;
}

/** `tf.variable` copies the tensor that it is given; this leaves none behind. */
export function variableOf(values: number[], shape = [values.length], trainable = true): tf.Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, shape), trainable));
}

/** Values of the variables, as bits. */
export function bits(tensors: Readonly<Record<string, tf.Tensor>>): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const values = Float32Array.from(tensor.dataSync());
      return [name, Array.from(new Uint32Array(values.buffer))];
    }),
  );
}
