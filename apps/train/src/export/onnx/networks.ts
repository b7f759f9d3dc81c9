import type { AnyNetwork } from '@capsnet/core';
import { capsNetGraph } from './capsnet';
import { cnnGraph } from './cnn';
import type { NetworkGraph } from './network-graph';

/** Each kind of network as operators. A new one is a file beside this and a line in this table. */
const networks: { readonly [Kind in AnyNetwork['kind']]: NetworkGraph<Extract<AnyNetwork, { kind: Kind }>> } =
  { capsnet: capsNetGraph, cnn: cnnGraph };

export function networkGraphOf({ kind }: AnyNetwork): NetworkGraph<AnyNetwork> {
  return networks[kind] as NetworkGraph<AnyNetwork>;
}
