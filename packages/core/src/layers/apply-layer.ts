import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A layer, or a model as one, in a graph of layers. */
export function applied(
  layer: layers.Layer | LayersModel,
  inputs: SymbolicTensor | SymbolicTensor[],
): SymbolicTensor {
  return layer.apply(inputs) as SymbolicTensor;
}
