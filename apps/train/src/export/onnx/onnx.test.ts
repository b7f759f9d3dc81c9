import { pickBackend } from '@capsnet/backend';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectedOutputs, exportedNetworks, imagesFor, shakenNetwork } from '../../../test/exported-networks';
import { onnxOf } from './onnx';

env.wasm.numThreads = 1;
beforeAll(() => pickBackend({ only: 'wasm' }));

describe.each(Object.entries(exportedNetworks))('%s', (_, options) => {
  it('computes in ONNX Runtime what it computes here, in batches of any size', async () => {
    const net = shakenNetwork(options);
    const session = await InferenceSession.create(onnxOf({ net }).files[0]!.bytes);
    expect(session.inputNames).toEqual(['images']);
    for (const count of [1, 3, 7]) {
      const images = imagesFor(net, count);
      const expected = expectedOutputs(net, images);
      const found = await session.run({ images: new Tensor('float32', images.dataSync(), images.shape) });
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const [name, values] of Object.entries(expected)) {
        expect(found[name]!.dims).toEqual(values.shape);
        const numbers = found[name]!.data as Float32Array;
        const apart = values.dataSync().map((value, at) => Math.abs(value - numbers[at]!));
        expect(Math.max(...apart), name).toBeLessThan(1e-5);
      }
    }
    await session.release();
    net.dispose();
  });
});
