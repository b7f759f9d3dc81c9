import type { AnyNetwork } from '@capsnet/core';

/** A network that is exported. */
export interface NamedNetwork {
  readonly net: AnyNetwork;
  /** The names of its classes, by label, where they are known. */
  readonly classes?: readonly string[] | undefined;
}

/** What an exported network says of itself to programs: all of it text, as ONNX has it. */
export function metadataOf({ net, classes }: NamedNetwork): Record<string, string> {
  const { kind, config } = net;
  const { height, width, channels } = config.image;
  const names = classes ?? Array.from({ length: config.classes }, (_, label) => `${label}`);
  return {
    classes: JSON.stringify(names),
    height: `${height}`,
    width: `${width}`,
    channels: `${channels}`,
    range: '0..1',
    [kind]: JSON.stringify(config),
  };
}

/** The same to people. */
export function sentenceOn({ net }: NamedNetwork): string {
  const { height, width, channels } = net.config.image;
  const images = `images of ${width}x${height} pixels with ${channels} ${channels === 1 ? 'channel' : 'channels'}`;
  const kind =
    net.kind === 'capsnet'
      ? `A capsule network with ${net.config.routing.type} routing`
      : 'A convolutional network without capsules';
  return `${kind} for ${images} in ${net.config.classes} classes.`;
}
