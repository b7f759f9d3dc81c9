// A capsule network learns MNIST. With `maxSteps` gone and `epochs: 30` this is how `capsnet train` does it.
import { pickBackend } from '@capsnet/backend';
import { capsNet } from '@capsnet/core';
import { evaluationBatches, loadMnist, take, trainingBatches } from '@capsnet/mnist';
import { train } from '@capsnet/trainer';

const { name } = await pickBackend(); // native, WebGPU, WebGL, wasm or cpu: the fastest that is installed
const digits = await loadMnist();
const network = capsNet({
  seed: 1,
  convolutions: [{ filters: 32, kernelSize: 9, strides: 1 }], // the paper has 256, and 32 channels of primary capsules
  primary: { channels: 4 },
  decoder: null,
});

const source = trainingBatches(digits.train, { batchSize: 32, seed: 1, shift: 2 });
const test = evaluationBatches(take(digits.test, 500), { batchSize: 100 });
for await (const event of train(network, source, { epochs: 1, maxSteps: 80, test })) {
  if (event.type === 'step' && event.step % 10 === 0) console.log(name, event.step, event.metrics.loss);
  if (event.type === 'test') console.log('test accuracy', event.metrics.accuracy);
}
