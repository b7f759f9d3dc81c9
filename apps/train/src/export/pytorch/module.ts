import type { AnyNetwork } from '@capsnet/core';
import { metadataOf, type NamedNetwork, sentenceOn } from '../description';
import { capsNetSource } from './capsnet-source';
import { cnnSource } from './cnn-source';
import type { NetworkSource } from './source';

/** Each kind of network in PyTorch. A new one is a file beside this and a line in this table. */
const sources: {
  readonly [Kind in AnyNetwork['kind']]: (network: Extract<AnyNetwork, { kind: Kind }>) => NetworkSource;
} = { capsnet: capsNetSource, cnn: cnnSource };

/** The module `model.py`. */
export function moduleOf(network: NamedNetwork): string {
  const { net } = network;
  const { definitions, layers, forward } = (sources[net.kind] as (net: AnyNetwork) => NetworkSource)(net);
  const { height, width, channels, mean, standardDeviation } = net.config.image;
  const normalised =
    mean === 0 && standardDeviation === 1 ? 'images' : `(images - ${mean}) / ${standardDeviation}`;
  const indented = (lines: readonly string[]) => lines.map(line => `        ${line}`).join('\n');
  return `"""${sentenceOn(network)}

Needs torch and safetensors: \`from model import load\`, then \`load()(images)\`.
"""
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

classes = ${metadataOf(network).classes}

${definitions.map(definition => `\n${definition}\n`).join('\n')}

class Network(nn.Module):
    """Takes images [batch, ${channels}, ${height}, ${width}] of numbers from 0 to 1."""

    def __init__(self):
        super().__init__()
${indented(layers)}

    def forward(self, images):
${indented([`x = ${normalised}`, ...forward])}


def load(file=Path(__file__).with_name('model.safetensors')):
    network = Network()
    network.load_state_dict(load_file(file))
    return network.eval()
`;
}
