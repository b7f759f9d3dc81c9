import * as tf from '@tensorflow/tfjs-core';
import { metadataOf, type NamedNetwork, sentenceOn } from '../description';
import type { Export } from '../export-format';
import { graphOf } from './graph';
import { model } from './messages';
import { networkGraphOf } from './networks';

/** Of ONNX 1.12, of 2022: the newest operators that mobile runtimes and converters all know. */
const opset = 17;
const irVersion = 8;

/** The network as an ONNX model, its routing iterations unrolled: images [batch, height, width, channels] in 0..1 come in. */
export function onnxOf(network: NamedNetwork): Export {
  const { net } = network;
  const { height, width, channels } = net.config.image;
  const { message, outputs } = tf.tidy(() => {
    const images = { name: 'images', shape: [height, width, channels] };
    const built = graphOf(net.kind, images, (graph, images) => networkGraphOf(net)(graph, images, net));
    return built as object as tf.TensorContainerObject;
  }) as object as ReturnType<typeof graphOf>;
  const bytes = model({
    irVersion,
    opset,
    producer: 'capsnet',
    description: `${sentenceOn(network)} Images are numbers from 0 to 1.`,
    graph: message,
    metadata: metadataOf(network),
  });
  return {
    files: [{ name: 'model.onnx', bytes }],
    facts: {
      opset,
      irVersion,
      inputs: { images: ['batch', height, width, channels] },
      outputs: Object.fromEntries(outputs.map(({ name, shape }) => [name, ['batch', ...shape]])),
    },
  };
}
