import * as tf from '@tensorflow/tfjs-core';
import { metadataOf, type NamedNetwork } from './description';
import type { Export, ExportedFile } from './export-format';

/** As the converters of TensorFlow.js cut weights, so that a page's cache can hold each. */
const shardBytes = 4 * 2 ** 20;

/**
 * The network's model for inference as TensorFlow.js saves a LayersModel: `model.json` and shards of weights. Its layers are
 * registered by importing @capsnet/core.
 */
export async function tfjsOf(network: NamedNetwork): Promise<Export> {
  const { inference } = network.net;
  inference.setUserDefinedMetadata(metadataOf(network));
  let files: ExportedFile[] = [];
  await inference.save(
    tf.io.withSaveHandler(async artifacts => {
      files = filesOf(artifacts);
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  const { inputNames, outputNames } = inference;
  return { files, facts: { inputs: inputNames, outputs: outputNames } };
}

function filesOf(artifacts: tf.io.ModelArtifacts): ExportedFile[] {
  const data = tf.io.CompositeArrayBuffer.join(artifacts.weightData);
  const count = Math.ceil(data.byteLength / shardBytes);
  const shards = Array.from({ length: count }, (_, index) => ({
    name: `group1-shard${index + 1}of${count}.bin`,
    bytes: new Uint8Array(data.slice(index * shardBytes, (index + 1) * shardBytes)),
  }));
  const json: tf.io.ModelJSON = {
    modelTopology: artifacts.modelTopology as tf.io.ModelJSON['modelTopology'],
    format: artifacts.format!,
    generatedBy: artifacts.generatedBy!,
    userDefinedMetadata: artifacts.userDefinedMetadata!,
    weightsManifest: [{ paths: shards.map(({ name }) => name), weights: artifacts.weightSpecs! }],
  };
  return [...shards, { name: 'model.json', bytes: Buffer.from(JSON.stringify(json)) }];
}
