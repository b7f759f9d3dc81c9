import type { CapsNetConfig, Connection, RoutingConfig } from '@capsnet/core';

/** A routing in PyTorch. */
export interface RoutingSource {
  /** The squash that it uses. */
  readonly squash?: CapsNetConfig['primary']['squash'];
  /** Its class. */
  readonly definition: string;
  /** What makes a layer of it. */
  construct(connection: Connection): string;
}

export type SettingsOf<Type extends RoutingConfig['type']> = Extract<RoutingConfig, { readonly type: Type }>;

/** The sizes of a layer in which all capsules hear all: children, parents, and the size of each. */
export function sizesOf({ lower, higher }: Connection): string {
  return [lower.height * lower.width * lower.channels, higher.channels, lower.dim, higher.dim].join(', ');
}
