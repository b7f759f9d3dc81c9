import * as tf from '@tensorflow/tfjs-core';

/** What of tfjs-node's backend is used here; its own types are not exported. */
export interface TensorFlowBackend {
  readonly binding: Binding;
  readonly tensorMap: tf.DataStorage<TensorData>;
  /** The ids of the tensors in `binding`; data that JavaScript still holds is handed over, that of other backends moved. */
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  /** Runs any operation of TensorFlow. */
  executeSingleOutput(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
  ): tf.Tensor;
  executeMultipleOutputs(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

interface Binding {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_TYPE: number;
  executeOp(
    op: string,
    attributes: readonly Attribute[],
    inputIds: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  deleteTensor(id: number): void;
}

interface TensorData {
  /** Negative when TensorFlow does not hold it. */
  id: number;
  /** How many tensors of tfjs share it. */
  refCount: number;
}

export interface TensorMetadata {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** Its name in the engine of tfjs. */
export const engineName = 'tensorflow';

/** The native backend, once tfjs-node was imported. */
export function tensorFlowBackend(): TensorFlowBackend {
  return tf.findBackend(engineName) as unknown as TensorFlowBackend;
}

/** An attribute of an operation that says: float32. */
export function float32({ binding }: TensorFlowBackend, name = 'T'): Attribute {
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
}
