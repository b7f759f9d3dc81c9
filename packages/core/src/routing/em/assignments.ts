import * as tf from '@tensorflow/tfjs-core';
import { gatherWindows, largestInWindows, scatterWindows, type Windows } from '../windows';

/**
 * $R_{ij}$: how much of child i each parent j accounts for, a softmax over all parents that the child votes for.
 *
 * $$ R_{ij} = \frac{a_j\, p_{j|i}}{\sum_k a_k\, p_{k|i}} $$
 *
 * A child in several windows votes for parents at several places, and all of them compete for it: the sum goes over all
 * ([Gritzman, 2019](https://arxiv.org/abs/1907.00652), pitfall 3).
 *
 * @param logs $\log (a_j\, p_{j|i})$ [groups, parents, heard]
 */
export function assignments(logs: tf.Tensor3D, windows: Windows): tf.Tensor3D {
  return tf.tidy(() => {
    const heard = logs.shape[2];
    const largest = atPlaces(tf.max(logs, 1), windows, x => largestInWindows(x, windows), heard);
    const likelihoods = tf.exp(tf.sub(logs, largest)) as tf.Tensor3D;
    return tf.div(likelihoods, overParents(likelihoods, windows)) as tf.Tensor3D;
  });
}

/** $dL = R \odot (dR - \sum_j R \odot dR)$ */
export function assignmentsGradient(r: tf.Tensor3D, dr: tf.Tensor3D, windows: Windows): tf.Tensor3D {
  return tf.tidy(() => {
    const product = tf.mul(r, dr) as tf.Tensor3D;
    return tf.sub(product, tf.mul(r, overParents(product, windows))) as tf.Tensor3D;
  });
}

/**
 * The assignments before anything is known, the same for all parents that a child votes for: [groups, 1, heard].
 *
 * @param parents at each place
 * @param heard   children of a parent
 */
export function equalAssignments(
  groups: number,
  parents: number,
  heard: number,
  windows: Windows,
): tf.Tensor3D {
  return tf.tidy(() => {
    const { lowerPlaces, places, size, shown } = windows;
    const shownIn = new Float32Array(lowerPlaces);
    for (const place of shown) shownIn[place]! += 1;
    const each = tf.tensor2d(
      shown.map(place => 1 / (parents * shownIn[place]!)),
      [places * size, 1],
    );
    const channels = heard / size;
    return tf.reshape(tf.tile(each, [groups / places, channels]), [groups, 1, heard]);
  });
}

/** The sum over all parents of a child, for each of its votes: [groups, parents, heard] -> [groups, 1, heard]. */
function overParents(x: tf.Tensor3D, windows: Windows): tf.Tensor3D {
  return atPlaces(tf.sum(x, 1), windows, each => scatterWindows(each, windows), x.shape[2]);
}

/** Takes what windows hold to the places that they show, and back: [groups, heard] -> [groups, 1, heard]. */
function atPlaces(
  x: tf.Tensor,
  windows: Windows,
  toPlaces: (x: tf.Tensor3D) => tf.Tensor3D,
  heard: number,
): tf.Tensor3D {
  const { places, size } = windows;
  const perPlace = tf.reshape(x, [x.shape[0]! / places, places * size, heard / size]);
  return tf.reshape(gatherWindows(toPlaces(perPlace as tf.Tensor3D), windows), [x.shape[0]!, 1, heard]);
}
