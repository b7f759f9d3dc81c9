import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../interfaces';
import type { Reducer } from './reducer';

/** What a worker computed of its rows. */
export interface OwnStep {
  readonly gradients: NamedTensors;
  /** [names] */
  readonly values: tf.Tensor;
}

/**
 * Replaces what each worker computed of its rows by what one would have computed of the whole batch: gradients and values are
 * means over rows, so their mean over the workers, each weighted by its rows, is that over all rows. All goes in one call.
 *
 * What a step changes besides (the moving moments of batch normalisation) becomes the mean as well, so that all workers hold the
 * same; the moments by which a batch is normalised stay those of each worker's rows.
 *
 * @param own     is disposed of
 * @param changed variables that a step changes without a gradient
 * @param weight  this worker's rows over those of the batch
 * @param isAsked whether this worker is asked to stop
 * @returns the step, its tensors the caller's, and whether any worker is asked to stop
 */
export async function averageStep<Step extends OwnStep>(
  own: Step,
  changed: Readonly<Record<string, tf.Variable>>,
  {
    reducer,
    weight,
    isAsked,
  }: { readonly reducer: Reducer; readonly weight: number; readonly isAsked: boolean },
): Promise<{ readonly step: Step; readonly isAsked: boolean }> {
  const names = Object.keys(own.gradients);
  const variables = Object.values(changed);
  const asked = tf.scalar(isAsked ? 1 : 0);
  try {
    const averaged = await reducer.average(
      [...Object.values(own.gradients), ...variables, own.values, asked],
      weight,
    );
    const gradients = Object.fromEntries(names.map((name, at) => [name, tf.keep(averaged[at]!)]));
    variables.forEach((variable, at) => {
      const value = averaged[names.length + at]!;
      variable.assign(value);
      value.dispose();
    });
    const [values, stop] = averaged.slice(-2) as [tf.Tensor, tf.Tensor];
    const isAskedAnywhere = (await stop.data())[0]! > 0;
    stop.dispose();
    return { step: { ...own, gradients, values: tf.keep(values) }, isAsked: isAskedAnywhere };
  } finally {
    tf.dispose([own.gradients, own.values, asked]);
  }
}
