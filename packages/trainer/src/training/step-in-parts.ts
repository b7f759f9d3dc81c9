import * as tf from '@tensorflow/tfjs-core';
import type { Batch, NamedTensors, Trainable } from '../interfaces';
import { shareOf } from '../workers/share';
import { computeGradients, type Step } from './take-step';

type Variables = Readonly<Record<string, tf.Variable>>;

/**
 * The gradients of a batch, computed of its rows in parts, one after the other: the memory of a step is that of one part. Loss and
 * metrics are means over rows, so the mean of the parts, each weighted by its rows, is that of the whole batch but for rounding.
 *
 * What `loss` changes besides (the moving moments of batch normalisation, a count of steps) is in each part what it was before the
 * step, and becomes the mean of what the parts make of it, as with several workers.
 *
 * @param options.trained   variables with a gradient
 * @param options.untrained the others
 * @param options.parts     as even as can be; 1 for the batch as a whole
 * @throws CapsnetError `invalid-argument` for fewer rows than parts
 */
export function computeInParts<B extends Batch>(
  trainable: Trainable<B>,
  batch: B,
  {
    trained,
    untrained,
    parts,
  }: { readonly trained: Variables; readonly untrained: Variables; readonly parts: number },
): Step {
  if (parts === 1) return computeGradients(trainable, batch, trained);
  const changed = Object.values(untrained);
  const before = changed.map(variable => tf.keep(tf.clone(variable)));
  let mean: Step | undefined;
  let changes: Changes | undefined;
  try {
    for (let rank = 0; rank < parts; rank++) {
      const part = shareOf(batch, { rank, size: parts }, 'part to accumulate');
      try {
        if (rank > 0) changed.forEach((variable, at) => void variable.assign(before[at]!));
        const weight = part.count / batch.count;
        mean = added(mean, computeGradients(trainable, part, trained), weight);
        changes = changedBy(changes, changed, weight);
      } finally {
        part.dispose();
      }
    }
    tf.tidy(() => {
      changed.forEach((variable, at) => {
        variable.assign(tf.add(changes!.first[at]!, changes!.differences[at]!) as tf.Variable);
      });
    });
    return mean!;
  } catch (error) {
    if (mean) tf.dispose([mean.gradients, mean.values]);
    throw error;
  } finally {
    tf.dispose(before);
    if (changes) tf.dispose([changes.first, changes.differences]);
  }
}

/** Adds a part, weighted, to the sum of those before; disposes of both. */
function added(sum: Step | undefined, part: Step, weight: number): Step {
  const add = (before: tf.Tensor | undefined, value: tf.Tensor) =>
    tf.keep(
      tf.tidy(() => {
        const weighted = tf.mul(value, weight);
        return before ? tf.add(before, weighted) : weighted;
      }),
    );
  try {
    const gradients: NamedTensors = {};
    for (const [name, gradient] of Object.entries(part.gradients))
      gradients[name] = add(sum?.gradients[name], gradient);
    return { ...part, gradients, values: add(sum?.values, part.values) };
  } finally {
    tf.dispose([part.gradients, part.values]);
    if (sum) tf.dispose([sum.gradients, sum.values]);
  }
}

/** What the first part made of the variables, and how much the mean of all differs from that: exactly 0 where all agree. */
interface Changes {
  readonly first: tf.Tensor[];
  readonly differences: tf.Tensor[];
}

function changedBy(changes: Changes | undefined, variables: readonly tf.Variable[], weight: number): Changes {
  if (!changes) {
    return {
      first: variables.map(variable => tf.keep(tf.clone(variable))),
      differences: variables.map(variable => tf.keep(tf.zeros(variable.shape))),
    };
  }
  const { first, differences } = changes;
  const moved = variables.map((variable, at) =>
    tf.keep(tf.tidy(() => tf.add(differences[at]!, tf.mul(tf.sub(variable, first[at]!), weight)))),
  );
  tf.dispose(differences);
  return { first, differences: moved };
}
