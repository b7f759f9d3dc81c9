import * as tf from '@tensorflow/tfjs-core';
import type { Connection } from './routing';

/** Which lower places the windows of a convolutional capsule layer show. Windows overlap where they are wider than strides. */
export interface Windows {
  /** Places of the lower grid, and of the higher: there are as many windows. */
  readonly lowerPlaces: number;
  readonly places: number;
  /** Places that a window shows: kernelSize². */
  readonly size: number;
  /** [places * size]: for each window, row by row, the lower places that it shows, row by row. */
  readonly shown: readonly number[];
}

/** The windows of a connection; of one that has none, a single window that shows all places. */
export function windowsOf({ lower, higher, window }: Connection): Windows {
  const lowerPlaces = lower.height * lower.width;
  if (!window) return { lowerPlaces, places: 1, size: lowerPlaces, shown: [...Array(lowerPlaces).keys()] };
  const { kernelSize, strides } = window;
  const offsets = [...Array(kernelSize).keys()];
  const shown = Array.from({ length: higher.height * higher.width }, (_, place) => {
    const [top, left] = [Math.floor(place / higher.width) * strides, (place % higher.width) * strides];
    return offsets.flatMap(row => offsets.map(column => (top + row) * lower.width + left + column));
  });
  return { lowerPlaces, places: shown.length, size: kernelSize ** 2, shown: shown.flat() };
}

/**
 * What each window shows. Its gradient is {@link scatterWindows}.
 *
 * @param x [batch, lowerPlaces, n]
 * @returns [batch, places * size, n]
 */
export function gatherWindows(x: tf.Tensor3D, windows: Windows): tf.Tensor3D {
  if (windows.places === 1 && windows.size === windows.lowerPlaces) return tf.clone(x);
  const gather = tf.customGrad(x => ({
    value: tf.gather(x as tf.Tensor3D, tf.tensor1d([...windows.shown], 'int32'), 1),
    // The gradient that tfjs has for `gather` leaves the device on some backends.
    gradFunc: dy => scatterWindows(dy as tf.Tensor3D, windows),
  }));
  return gather(x) as tf.Tensor3D;
}

/**
 * The sum, at each lower place, of what all windows that show it hold for it; 0 where none does. The transpose of
 * {@link gatherWindows}.
 *
 * @param x [batch, places * size, n]
 * @returns [batch, lowerPlaces, n]
 */
export function scatterWindows(x: tf.Tensor3D, windows: Windows): tf.Tensor3D {
  if (windows.places === 1 && windows.size === windows.lowerPlaces) return tf.clone(x);
  const scatter = tf.customGrad(x => ({
    value: tf.matMul(indicators(windows), x as tf.Tensor3D, true),
    gradFunc: dy => gatherWindows(dy as tf.Tensor3D, windows),
  }));
  return scatter(x) as tf.Tensor3D;
}

/**
 * The largest, at each lower place, of what all windows that show it hold for it. Without a gradient.
 *
 * @param x [batch, places * size, n]
 * @returns [batch, lowerPlaces, n]; of a place that no window shows, some value
 */
export function largestInWindows(x: tf.Tensor3D, windows: Windows): tf.Tensor3D {
  if (windows.places === 1 && windows.size === windows.lowerPlaces) return tf.clone(x);
  const [batch, , n] = x.shape;
  return tf.tidy(() => {
    const holders = holdersOf(windows);
    const most = holders[0]!.length;
    const held = tf.gather(x, tf.tensor1d(holders.flat(), 'int32'), 1);
    return tf.max(tf.reshape(held, [batch, windows.lowerPlaces, most, n]), 2) as tf.Tensor3D;
  });
}

/**
 * What parents have of the children that their windows show, as a table of all children and all parents; 0 where a child is
 * not in the window of a parent.
 *
 * @param x [batch * places, parents, size * channels]
 * @returns [batch, lowerPlaces * channels, places * parents]
 */
export function tableOf(x: tf.Tensor3D, windows: Windows): tf.Tensor3D {
  const { lowerPlaces, places, size } = windows;
  return tf.tidy(() => {
    const [groups, parents, heard] = x.shape;
    const [batch, channels] = [groups / places, heard / size];
    const held = tf.transpose(tf.reshape(x, [batch, places, parents, size, channels]), [1, 3, 0, 2, 4]);
    const each = tf.reshape(indicators(windows), [places, size, lowerPlaces]);
    const table = tf.matMul(each, tf.reshape(held, [places, size, batch * parents * channels]), true);
    const sizes = tf.reshape(table, [places, lowerPlaces, batch, parents, channels]);
    return tf.reshape(tf.transpose(sizes, [2, 1, 4, 0, 3]), [
      batch,
      lowerPlaces * channels,
      places * parents,
    ]);
  });
}

/** Of each lower place, where in the windows it is shown; filled up to the same length with one of those. */
function holdersOf({ lowerPlaces, shown }: Windows): number[][] {
  const holders: number[][] = Array.from({ length: lowerPlaces }, () => []);
  for (const [at, place] of shown.entries()) holders[place]!.push(at);
  const most = Math.max(...holders.map(({ length }) => length));
  return holders.map(places => Array.from({ length: most }, (_, at) => places[at] ?? places[0] ?? 0));
}

/** 1 where a window shows a place: [places * size, lowerPlaces]. */
function indicators({ lowerPlaces, shown }: Windows): tf.Tensor2D {
  const values = new Float32Array(shown.length * lowerPlaces);
  for (const [at, place] of shown.entries()) values[at * lowerPlaces + place] = 1;
  return tf.tensor2d(values, [shown.length, lowerPlaces]);
}
