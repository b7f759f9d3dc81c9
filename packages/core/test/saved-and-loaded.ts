import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';

/** Saves a model to memory and loads what was saved. */
export async function savedAndLoaded(original: LayersModel): Promise<LayersModel> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await original.save(
    tf.io.withSaveHandler(async saved => {
      artifacts = saved;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  // Through text, as a file would hold it
  const modelTopology = JSON.parse(JSON.stringify(artifacts!.modelTopology)) as object;
  return loadLayersModel(tf.io.fromMemory({ ...artifacts!, modelTopology }));
}
