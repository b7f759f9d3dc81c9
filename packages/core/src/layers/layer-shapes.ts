import type { layers, Shape } from '@tensorflow/tfjs-layers';

/** What tfjs-layers takes for every layer: name, inputShape, trainable ... */
export type LayerArgs = NonNullable<ConstructorParameters<typeof layers.Layer>[0]>;

/** What a layer calls itself in an error: `CapsuleLayer "digits"`. */
export function nameOf(layer: layers.Layer): string {
  return `${layer.getClassName()} "${layer.name}"`;
}

/** The shape of a layer's only input, checked for its rank. */
export function soleInput(
  layer: layers.Layer,
  inputShape: Shape | Shape[],
  rank: number,
  expected: string,
): Shape {
  const shapes = Array.isArray(inputShape[0]) ? (inputShape as Shape[]) : [inputShape as Shape];
  if (shapes.length !== 1)
    throw new Error(`${nameOf(layer)}: expected one input ${expected}, found ${shapes.length}`);
  const shape = shapes[0]!;
  if (shape.length !== rank)
    throw new Error(`${nameOf(layer)}: expected an input ${expected}, found ${show(shape)}`);
  return shape;
}

/** A size that must be known when a layer is built. */
export function knownSize(layer: layers.Layer, shape: Shape, axis: number, what: string): number {
  const size = shape[axis];
  if (typeof size !== 'number') {
    throw new Error(`${nameOf(layer)}: expected a known ${what} (axis ${axis}), found ${show(shape)}`);
  }
  return size;
}

/** A layer's option that must be an integer from 1. */
export function positiveInteger(layer: layers.Layer, option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(`${nameOf(layer)}: expected ${option} to be an integer from 1, found ${value}`);
  }
  return value;
}

/** A layer's option that must be one of a few words. */
export function oneOf<T extends string>(
  layer: layers.Layer,
  option: string,
  value: T,
  words: readonly T[],
): T {
  if (!words.includes(value)) {
    throw new Error(`${nameOf(layer)}: expected ${option} to be ${words.join(' or ')}, found ${value}`);
  }
  return value;
}

export function show(shape: Shape): string {
  return `[${shape.map((size, axis) => size ?? (axis === 0 ? 'batch' : '?')).join(', ')}]`;
}
