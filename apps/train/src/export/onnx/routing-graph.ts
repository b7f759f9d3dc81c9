import type { Connection, RoutingConfig } from '@capsnet/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from './graph';

/** Capsules of one layer within a graph: poses [batch, capsules, dim], and activations [batch, capsules] beside them. */
export interface CapsuleValues {
  readonly poses: Value;
  /** Of a routing that keeps them; else the length of a pose is its activation. */
  readonly activations?: Value | undefined;
}

/** A weight of the layer by its name in the routing, as [name in the graph, values]. */
export type LayerWeights = (name: string) => tf.Tensor;

/** What a routing is as operators: from the lower capsules to the higher ones, its iterations unrolled. */
export type RoutingGraph<Type extends RoutingConfig['type']> = (
  graph: Graph,
  lower: CapsuleValues,
  layer: {
    readonly name: string;
    readonly weights: LayerWeights;
    readonly connection: Connection;
    readonly settings: Extract<RoutingConfig, { readonly type: Type }>;
  },
) => CapsuleValues;
