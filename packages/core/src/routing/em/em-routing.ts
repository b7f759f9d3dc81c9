import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';
import { field, positive, required, size } from '../../configuration/fields';
import type { Connection, Routing } from '../routing';
import { gatherWindows, tableOf, windowsOf } from '../windows';
import { coordinates } from './coordinate-addition';
import { expectationMaximisation, inverseTemperatureAt } from './expectation-maximisation';
import { poseVotes } from './pose-votes';

const schema = z.strictObject({
  type: required(z.literal('em'), 'EM routing, of matrix capsules.'),
  iterations: field(
    size.check(z.lte(1000)),
    3,
    'How often the Gaussians of the parents are fitted to votes.',
  ),
  inverseTemperature: field(
    positive,
    1,
    'How sharply activations tell cheap from costly: lambda after many iterations, of which iteration t has 1 - 0.95^t.',
  ),
  varianceFloor: field(positive, 1e-4, 'Added to the variances of votes.'),
});

type EmRoutingSettings = Readonly<z.output<typeof schema>>;

/**
 * EM routing between matrix capsules ([Hinton, Sabour and Frosst,
 * 2018](https://openreview.net/forum?id=HJWLfGWRb)), as one of the ways in which capsules find their parents.
 *
 * A capsule is a pose, a square matrix flat in `dim` numbers, and an activation beside it. Convolutional layers have a
 * transformation for each place of the window; a layer that hears all has one for each kind of capsule, the same at all places,
 * and coordinate addition.
 */
export const emRouting = {
  type: 'em',
  schema,
  activation: 'separate',
  weights({ lower, higher, window }, settings) {
    const side = Math.sqrt(lower.dim);
    if (!Number.isInteger(side) || higher.dim !== lower.dim) {
      throw new CapsnetError(
        'invalid-argument',
        'routing.type "em": expected capsules of the same dim in all layers, a square number such as 16, ' +
          `found ${lower.dim} below ${higher.dim}`,
      );
    }
    const kinds = (window ? window.kernelSize ** 2 : 1) * lower.channels;
    const perType = (start: number) => ({
      shape: [higher.channels],
      initializer: initializers.constant({ value: start }),
    });
    // A parent that has cost nothing starts at logistic(-1), whatever the temperature: few are there before they are heard.
    const unasked = -1 / inverseTemperatureAt(settings.iterations, settings);
    return {
      kernel: { shape: [kinds, higher.channels, side, side] },
      betaU: perType(0),
      betaA: perType(unasked),
    };
  },
  votes({ poses }, { kernel }, connection) {
    const votes = votesOf(poses, kernel as tf.Tensor4D, connection); // [groups, parents, dim, heard]
    const [groups, parents, dim, heard] = votes.shape;
    const table = tableOf(tf.reshape(votes, [groups, parents * dim, heard]), windowsOf(connection));
    return tf.reshape(table, [poses.shape[0], poses.shape[1], -1, dim]);
  },
  route({ poses, activations }, { kernel, betaU, betaA }, connection, settings, observe?) {
    const { lower, higher } = connection;
    const windows = windowsOf(connection);
    const batch = poses.shape[0];
    const groups = batch * windows.places;
    const heard = windows.size * lower.channels;
    const capsules = (poses: tf.Tensor, logits: tf.Tensor) => ({
      poses: tf.reshape(poses, [batch, -1, higher.dim]) as tf.Tensor3D,
      activations: tf.reshape(tf.sigmoid(logits), [batch, -1]) as tf.Tensor2D,
    });
    const found = expectationMaximisation(
      votesOf(poses, kernel as tf.Tensor4D, connection),
      tf.reshape(shownBy(activations!, connection), [groups, 1, heard]),
      { betaU: betaU as tf.Tensor1D, betaA: betaA as tf.Tensor1D },
      windows,
      { ...settings, share: (windows.lowerPlaces * lower.channels) / (windows.places * higher.channels) },
      (t, { means, logits, assigned }, origin) => {
        const all = tf.broadcastTo(assigned, [groups, higher.channels, heard]) as tf.Tensor3D;
        observe?.(t, () => tableOf(all, windows), capsules(tf.add(means, origin), logits));
      },
    );
    const [means, logits] = tf.split(found, [higher.dim, 1], 2) as [tf.Tensor, tf.Tensor];
    return capsules(means, logits);
  },
} satisfies Routing<EmRoutingSettings>;

/** What windows show of the capsules below, or of their activations: [batch, places * size, channels * dim]. */
function shownBy(x: tf.Tensor, connection: Connection): tf.Tensor3D {
  const windows = windowsOf(connection);
  return gatherWindows(tf.reshape(x, [x.shape[0]!, windows.lowerPlaces, -1]), windows);
}

/** The votes as the steps of routing use them: [batch * places, parents, dim, heard]. */
function votesOf(poses: tf.Tensor3D, kernel: tf.Tensor4D, connection: Connection): tf.Tensor4D {
  const { lower, window } = connection;
  const { places, size } = windowsOf(connection);
  const batch = poses.shape[0];
  const shown = shownBy(poses, connection);
  if (window) {
    return poseVotes(tf.reshape(shown, [batch * places, 1, size * lower.channels, lower.dim]), kernel);
  }
  const votes = poseVotes(tf.reshape(shown, [batch, size, lower.channels, lower.dim]), kernel);
  return tf.add(votes, coordinates(lower.dim, lower));
}
