import type { RoutingConfig } from '@capsnet/core';
import { dynamicRouting } from './dynamic-routing';
import { emRouting } from './em-routing';
import type { RoutingGraph } from './routing-graph';
import { selfAttentionRouting } from './self-attention-routing';

/** Each routing of @capsnet/core as operators. A new one is a file beside this and a line in this table. */
const routings: { readonly [Type in RoutingConfig['type']]: RoutingGraph<Type> } = {
  dynamic: dynamicRouting,
  'self-attention': selfAttentionRouting,
  em: emRouting,
};

export function routingGraphOf({ type }: RoutingConfig): RoutingGraph<RoutingConfig['type']> {
  return routings[type] as RoutingGraph<RoutingConfig['type']>;
}
