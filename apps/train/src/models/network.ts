import type { AnyNetwork, CapsNet } from '@capsnet/core';

export type { AnyNetwork as Network, NetworkConfig } from '@capsnet/core';

export function isCapsNet(network: AnyNetwork): network is CapsNet {
  return network.kind === 'capsnet';
}
