import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from './graph';

type Weights = Readonly<Record<string, tf.Tensor>>;

/** A convolution of x [batch, channels, height, width], with the zeros around it that `pads` says: above, left, below, right. */
export function convolution(
  graph: Graph,
  x: Value,
  name: string,
  weights: Weights,
  {
    strides,
    pads = [0, 0, 0, 0],
    gain = 1,
    depthwise = false,
  }: {
    readonly strides: number;
    readonly pads?: readonly number[];
    /** Factor of the kernel. */
    readonly gain?: number;
    readonly depthwise?: boolean;
  },
): Value {
  const kernel = weights[`${name}/kernel`]!;
  const filters = tf.mul(tf.transpose(kernel, depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]), gain);
  return graph.node(
    'Conv',
    [x, graph.weight(`${name}/kernel`, filters), graph.weight(`${name}/bias`, weights[`${name}/bias`]!)],
    {
      kernel_shape: kernel.shape.slice(0, 2),
      strides: [strides, strides],
      pads,
      group: depthwise ? kernel.shape[2]! : 1,
    },
    name,
  );
}

/** x [batch, inputs] -> [batch, units] */
export function dense(graph: Graph, x: Value, name: string, weights: Weights): Value {
  const [kernel, bias] = ['kernel', 'bias'].map(weight =>
    graph.weight(`${name}/${weight}`, weights[`${name}/${weight}`]!),
  );
  return graph.node('Gemm', [x, kernel!, bias!], {}, name);
}

export function relu(graph: Graph, x: Value): Value {
  return graph.node('Relu', [x]);
}
