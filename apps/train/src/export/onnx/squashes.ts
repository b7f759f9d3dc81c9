import type { CapsNetConfig } from '@capsnet/core';
import type { Graph, Value } from './graph';

type Squash = (graph: Graph, s: Value, axis: number) => Value;

/** The squashes of @capsnet/core by the names that configurations have for them, of vectors along an axis. */
export const squashes: Readonly<Record<CapsNetConfig['primary']['squash'], Squash>> = {
  paper(graph, s, axis) {
    const n = squaredLength(graph, s, axis);
    const root = graph.node('Sqrt', [graph.add(n, 1e-8)]);
    return graph.multiply(s, graph.divide(graph.divide(n, graph.add(n, 1)), root));
  },
  exponential(graph, s, axis) {
    const n = graph.node('Sqrt', [squaredLength(graph, s, axis)]);
    // (1 - e^-n) / n; below 0.1, where the difference loses its digits, 1 - n/2 + n^2/6 - n^3/24 + n^4/120.
    let series: Value = graph.number(1);
    for (const divisor of [5, 4, 3, 2])
      series = graph.subtract(1, graph.multiply(graph.divide(n, divisor), series));
    const long = graph.node('Max', [n, graph.number(0.1)]);
    const factor = graph.divide(graph.subtract(1, graph.node('Exp', [graph.node('Neg', [long])])), long);
    const isShort = graph.node('Less', [n, graph.number(0.1)]);
    return graph.multiply(s, graph.node('Where', [isShort, series, factor]));
  },
};

export function squaredLength(graph: Graph, x: Value, axis: number): Value {
  return graph.sum(graph.multiply(x, x), axis);
}
