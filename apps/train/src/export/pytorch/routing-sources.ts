import type { RoutingConfig } from '@capsnet/core';
import { dynamicRoutingSource } from './dynamic-routing-source';
import { emRoutingSource } from './em-routing-source';
import type { RoutingSource, SettingsOf } from './routing-source';
import { selfAttentionRoutingSource } from './self-attention-routing-source';

/** Each routing of @capsnet/core in PyTorch. A new one is a file beside this and a line in this table. */
const sources: {
  readonly [Type in RoutingConfig['type']]: (settings: SettingsOf<Type>) => RoutingSource;
} = {
  dynamic: dynamicRoutingSource,
  'self-attention': selfAttentionRoutingSource,
  em: emRoutingSource,
};

export function routingSourceOf(settings: RoutingConfig): RoutingSource {
  return (sources[settings.type] as (settings: RoutingConfig) => RoutingSource)(settings);
}
