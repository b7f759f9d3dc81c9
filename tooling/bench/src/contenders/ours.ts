import { nativeAdam, type PickOptions, pickBackend } from '@capsnet/backend';
import { type CapsNet, capsNet, type LabelledImages } from '@capsnet/core';
import { adam, constant, type Optimizer, type Schedule, type TrainEvent, train } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { networks } from '../networks/networks';
import { median } from '../quantile';
import type { Contender } from './contender';
import { type Course, courseImages, courseLabels } from './course';
import { phasesOfStep } from './phases';
import { learningRate, type Problem } from './problem';

/** The packages as an application uses them: a picked backend, a network of core, and the trainer's loop. */
export async function ours(only: PickOptions['only'], problem: Problem, course?: Course): Promise<Contender> {
  const { name, device } = await pickBackend({ only });
  const network = capsNet(problem.config);
  networks[problem.network].load(network, problem.weights);
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
        run = { batch, events: training(network, () => take(batch), constant(learningRate)) };
      }
      return nextLoss(run.events);
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
    async classify(batch) {
      const some = tf.slice(images, 0, batch);
      const best = (await network.classify(some)).map(([most]) => most!);
      some.dispose();
      return { labels: best.map(({ label }) => label), scores: best.map(({ score }) => score) };
    },
    ...(course && learner(network, course)),
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

/** Learns a course. The weights are those that the network has when it begins. */
function learner(network: CapsNet, course: Course): Required<Pick<Contender, 'learn' | 'accuracy'>> {
  const [, ...size] = course.images.shape;
  let step = 0;
  const next = (): LabelledImages => {
    const batch = {
      images: tf.tensor4d(courseImages(course, step), [course.batch, ...size]),
      labels: tf.tensor1d(courseLabels(course, step), 'int32'),
    };
    step++;
    return batch;
  };
  const events = training(network, next, step => course.rates[step]!, course.rates.length);
  return {
    learn: () => nextLoss(events),
    async accuracy() {
      const { shape, data } = course.heldBack;
      const pixels = size.reduce((product, length) => product * length, 1);
      let right = 0;
      for (let first = 0; first < shape[0]; first += evaluationBatch) {
        const count = Math.min(evaluationBatch, shape[0] - first);
        const bytes = data.subarray(first * pixels, (first + count) * pixels);
        const images = tf.tensor4d(
          Float32Array.from(bytes, byte => byte / 255),
          [count, ...size],
        );
        const found = await network.classify(images);
        images.dispose();
        right += found.filter(([most], row) => most!.label === course.heldBackLabels[first + row]).length;
      }
      return right / shape[0];
    },
  };
}

/** Images at a time where accuracy is measured. */
const evaluationBatch = 250;

function training(
  network: CapsNet,
  next: () => LabelledImages,
  schedule: Schedule,
  maxSteps?: number,
): AsyncGenerator<TrainEvent> {
  const source = {
    batchesPerEpoch: Number.MAX_SAFE_INTEGER,
    next() {
      const batch = next();
      return {
        ...batch,
        count: batch.labels.shape[0],
        dispose: () => tf.dispose([batch.images, batch.labels]),
      };
    },
    state: () => null,
    restore() {},
  };
  return train(network, source, { epochs: 1, maxSteps, schedule, optimizer: optimizerOf });
}

/** Of the next step, before it. @throws at the end of the training */
async function nextLoss(events: AsyncGenerator<TrainEvent>): Promise<number> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error('the training has ended');
    if (value.type === 'step') return value.metrics.loss!;
  }
}

/** As `capsnet train` has it. */
function optimizerOf(variables: CapsNet['variables']): Optimizer {
  return nativeAdam(variables) ?? adam(variables);
}
