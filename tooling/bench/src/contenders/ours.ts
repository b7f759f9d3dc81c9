import { nativeAdam, type PickOptions, pickBackend } from '@capsnet/backend';
import {
  type CapsNet,
  capsNet,
  importPyTorchWeights,
  type LabelledImages,
  marginLoss,
  maskCapsules,
  reconstructionLoss,
} from '@capsnet/core';
import { adam, constant, type Optimizer, type TrainEvent, train } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { median } from '../median';
import type { Contender } from './contender';
import { learningRate, ofPaper, type Problem } from './problem';
import type { Phase } from './protocol';

/** The packages as an application uses them: a picked backend, a network of core, and the trainer's loop. */
export async function ours(only: PickOptions['only'], problem: Problem): Promise<Contender> {
  const { name, device } = await pickBackend({ only });
  const network = capsNet(problem.config);
  importPyTorchWeights(network, problem.weights);
  const images = tf.tensor4d(problem.images.data, problem.images.shape as [number, number, number, number]);
  const labels = tf.tensor1d(problem.labels, 'int32');
  const take = (batch: number): LabelledImages => ({
    images: tf.slice(images, 0, batch),
    labels: tf.slice(labels, 0, batch),
  });

  let run: { readonly batch: number; readonly events: AsyncGenerator<TrainEvent> } | undefined;

  return {
    versions: { [name]: device, tfjs: tf.version_core },
    async train(batch) {
      if (run?.batch !== batch) {
        await run?.events.return(undefined);
        run = { batch, events: trainForever(network, () => take(batch)) };
      }
      for (;;) {
        const { value, done } = await run.events.next();
        if (done) throw new Error('the training ended');
        if (value.type === 'step') return value.metrics.loss!;
      }
    },
    infer(batch) {
      const [lengths, reconstructions] = tf.tidy(() =>
        network.inference.predictOnBatch(tf.slice(images, 0, batch)),
      ) as [tf.Tensor, tf.Tensor];
      const read = {
        lengths: lengths.dataSync() as Float32Array,
        reconstructions: reconstructions.dataSync() as Float32Array,
      };
      tf.dispose([lengths, reconstructions]);
      return read;
    },
    phases(batch, steps) {
      const given = take(batch);
      const optimizer = optimizerOf(network.variables);
      optimizer.learningRate = 0; // the weights stay
      phasesOfStep(network, optimizer, given); // warm up
      const runs = Array.from({ length: steps }, () => phasesOfStep(network, optimizer, given));
      optimizer.dispose();
      tf.dispose([given.images, given.labels]);
      return runs[0]!.map(({ name, backward }, index) => ({
        name,
        forward: median(runs.map(phases => phases[index]!.forward)),
        backward: backward === null ? null : median(runs.map(phases => phases[index]!.backward!)),
      }));
    },
  };
}

function trainForever(network: CapsNet, take: () => LabelledImages): AsyncGenerator<TrainEvent> {
  const source = {
    batchesPerEpoch: Number.MAX_SAFE_INTEGER,
    next() {
      const batch = take();
      return {
        ...batch,
        count: batch.labels.shape[0],
        dispose: () => tf.dispose([batch.images, batch.labels]),
      };
    },
    state: () => null,
    restore() {},
  };
  return train(network, source, { epochs: 1, schedule: constant(learningRate), optimizer: optimizerOf });
}

/** As `capsnet train` has it. */
function optimizerOf(variables: CapsNet['variables']): Optimizer {
  return nativeAdam(variables) ?? adam(variables);
}

/**
 * One training step, layer by layer. Between layers stands an identity that takes the time when the activation passes it
 * forward and when its gradient passes it backward; kernels are synchronous, so that is when the work is done.
 */
function phasesOfStep(network: CapsNet, optimizer: Optimizer, { images, labels }: LabelledImages): Phase[] {
  const { config, training, variables } = network;
  const layer = (name: string) => training.getLayer(name) as unknown as LayersModel;
  const clock = { forward: [] as number[], backward: [] as number[] };
  const mark = <T extends tf.Tensor>(x: T): T => {
    clock.forward.push(performance.now());
    return tf.customGrad(x => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: dy => {
        clock.backward.unshift(performance.now());
        return tf.clone(dy);
      },
    }))(x) as T;
  };

  const start = performance.now();
  const { value, grads } = tf.variableGrads(() => {
    let x: tf.Tensor = images;
    for (const name of ['conv1', 'primary', 'classes']) {
      x = mark(layer(name).apply(x, { training: true }) as tf.Tensor);
    }
    const capsules = x as tf.Tensor3D;
    const decoded = layer('decoder').apply(maskCapsules(capsules, labels), { training: true }) as tf.Tensor;
    const reconstruction = mark(decoded);
    const loss = tf.add(
      marginLoss(labels, capsules, ofPaper(config).margin),
      tf.mul(reconstructionLoss(reconstruction, images, config.decoder!), config.decoder!.weight),
    );
    clock.forward.push(performance.now());
    return loss as tf.Scalar;
  });
  value.dataSync();
  const end = performance.now();

  const before = performance.now();
  optimizer.apply(
    Object.fromEntries(Object.entries(variables).map(([name, { name: unique }]) => [name, grads[unique]!])),
  );
  const after = performance.now();
  tf.dispose([value, grads]);

  const { forward, backward } = clock;
  const names = ['convolution', 'primary capsules', 'routing', 'decoder', 'losses'];
  const lossSeen = forward[forward.length - 1]!;
  return [
    ...names.map((name, index) => ({
      name,
      forward: (forward[index]! - (forward[index - 1] ?? start)) / 1000,
      backward: ((backward[index - 1] ?? end) - (backward[index] ?? lossSeen)) / 1000,
    })),
    { name: 'Adam', forward: (after - before) / 1000, backward: null },
  ];
}
