import { exportPyTorchWeights } from '@capsnet/core';
import type { NamedNetwork } from '../description';
import type { Export } from '../export-format';
import { moduleOf } from './module';

/** The weights by PyTorch's names and layouts, and a module that is the network in PyTorch. */
export async function pytorchOf(network: NamedNetwork): Promise<Export> {
  return {
    files: [
      { name: 'model.safetensors', bytes: await exportPyTorchWeights(network.net) },
      { name: 'model.py', bytes: Buffer.from(moduleOf(network)) },
    ],
  };
}
