import type * as tf from '@tensorflow/tfjs-core';
import * as messages from './messages';

/** The name of a tensor within a graph. */
export type Value = string;
/** A tensor of the graph, or a constant. */
export type Operand = Value | number;

/** A graph of ONNX operators as it is built: each method adds a node, and gives the name of what it computes. */
export interface Graph {
  /** A node of an operator that has no method here. Its output is called `name`, or after the operator. */
  node(
    operator: string,
    inputs: readonly Value[],
    attributes?: Readonly<Record<string, messages.Attribute>>,
    name?: string,
  ): Value;
  /** Constants: a tensor under a name, a number, whole numbers. */
  weight(name: string, values: tf.Tensor): Value;
  number(value: number): Value;
  integers(values: readonly number[]): Value;

  add(a: Operand, b: Operand): Value;
  subtract(a: Operand, b: Operand): Value;
  multiply(a: Operand, b: Operand): Value;
  divide(a: Operand, b: Operand): Value;
  matMul(a: Value, b: Value): Value;
  /** One size may be -1, that which the number of elements implies. */
  reshape(x: Value, shape: readonly number[]): Value;
  transpose(x: Value, axes: readonly number[]): Value;
  gather(x: Value, indices: readonly number[], axis: number): Value;
  /** Along an axis, which stays with size 1. */
  sum(x: Value, axis: number): Value;
  max(x: Value, axis: number): Value;
  min(x: Value, axis: number): Value;
}

/** A tensor that goes in or comes out. Its first axis is the batch, of any size. */
export interface Port {
  readonly name: string;
  /** Of one example. */
  readonly shape: readonly number[];
}

/** What comes out, and which value it is. */
export interface Output extends Port {
  readonly value: Value;
}

/**
 * @param input what goes in; the value of this name is it
 * @param build adds the nodes
 * @returns the graph as a message of onnx.proto, and what comes out of it
 */
export function graphOf(
  name: string,
  input: Port,
  build: (graph: Graph, input: Value) => readonly Output[],
): { readonly message: messages.Message; readonly outputs: readonly Port[] } {
  const nodes: messages.Message[] = [];
  const initializers = new Map<string, messages.Message>();
  const used = new Map<string, number>();

  /** A name that no other value has. */
  function unused(name: string): Value {
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  }

  /** Made once, however often it is asked for. */
  function constant(name: string, shape: readonly number[], values: Float32Array | BigInt64Array): Value {
    if (!initializers.has(name)) initializers.set(name, messages.tensor(name, shape, values));
    return name;
  }

  const node: Graph['node'] = (operator, inputs, attributes = {}, name = operator) => {
    const output = unused(name);
    nodes.push(messages.node(operator, inputs, output, attributes));
    return output;
  };
  const number = (value: number) => constant(`number_${value}`, [], Float32Array.of(value));
  const integers = (values: readonly number[]) =>
    constant(`integers_${values.join('_')}`, [values.length], BigInt64Array.from(values, BigInt));
  const operand = (x: Operand) => (typeof x === 'number' ? number(x) : x);
  const binary = (operator: string) => (a: Operand, b: Operand) => node(operator, [operand(a), operand(b)]);

  const graph: Graph = {
    node,
    number,
    integers,
    weight: (name, values) => constant(name, values.shape, values.dataSync() as Float32Array),
    add: binary('Add'),
    subtract: binary('Sub'),
    multiply: binary('Mul'),
    divide: binary('Div'),
    matMul: binary('MatMul'),
    reshape: (x, shape) => node('Reshape', [x, integers(shape)]),
    transpose: (x, axes) => node('Transpose', [x], { perm: axes }),
    gather: (x, indices, axis) => node('Gather', [x, integers(indices)], { axis }),
    sum: (x, axis) => node('ReduceSum', [x, integers([axis])], { keepdims: 1 }),
    max: (x, axis) => node('ReduceMax', [x], { axes: [axis], keepdims: 1 }),
    min: (x, axis) => node('ReduceMin', [x], { axes: [axis], keepdims: 1 }),
  };

  used.set(input.name, 1);
  const outputs = build(graph, input.name).map(output => ({
    ...output,
    name: node('Identity', [output.value], {}, output.name),
  }));
  const port = ({ name, shape }: Port) => messages.valueInfo(name, ['batch', ...shape]);
  const message = messages.graph({
    name,
    nodes,
    initializers: [...initializers.values()],
    inputs: [port(input)],
    outputs: outputs.map(port),
  });
  return { message, outputs };
}
