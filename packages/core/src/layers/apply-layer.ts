import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';

/** A layer, or a model as one, in a graph of layers. */
export function applied(
  layer: layers.Layer | LayersModel,
  inputs: SymbolicTensor | SymbolicTensor[],
): SymbolicTensor {
  return layer.apply(inputs) as SymbolicTensor;
}

/** The same of a layer that may have several inputs or outputs: all of its outputs. */
export function appliedToAll(layer: layers.Layer, inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
  const outputs = layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs]);
  return [outputs as SymbolicTensor | SymbolicTensor[]].flat();
}
