import { CapsnetError, show } from '@capsnet/checks';
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
    throw new CapsnetError(
      'invalid-tensor',
      `${nameOf(layer)}: expected one input ${expected}, found ${shapes.length}`,
    );
  const shape = shapes[0]!;
  if (shape.length !== rank)
    throw new CapsnetError(
      'invalid-tensor',
      `${nameOf(layer)}: expected an input ${expected}, found ${showShape(shape)}`,
    );
  return shape;
}

/** A size that must be known when a layer is built. */
export function knownSize(layer: layers.Layer, shape: Shape, axis: number, what: string): number {
  const size = shape[axis];
  if (typeof size !== 'number') {
    throw new CapsnetError(
      'invalid-tensor',
      `${nameOf(layer)}: expected a known ${what} (axis ${axis}), found ${showShape(shape)}`,
    );
  }
  return size;
}

/** A layer's option that must be an integer from 1. */
export function positiveInteger(layer: layers.Layer, option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new CapsnetError(
      'invalid-argument',
      `${nameOf(layer)}: expected ${option} to be a positive integer, found ${value}`,
    );
  }
  return value;
}

/** Along the vertical axis, and along the horizontal one. */
export type Pair = readonly [number, number];

/** A layer's option that is a positive integer, for both axes, or one for each. */
export function positivePair(layer: layers.Layer, option: string, value: number | Pair): Pair {
  const pair = typeof value === 'object' ? value : [value, value];
  if (pair.length !== 2 || !pair.every(size => Number.isSafeInteger(size) && size >= 1)) {
    throw new CapsnetError(
      'invalid-argument',
      `${nameOf(layer)}: expected ${option} to be a positive integer, or two, found ${show(value)}`,
    );
  }
  return pair as Pair;
}

/** A layer's option that must be one of a few words. */
export function oneOf<T extends string>(
  layer: layers.Layer,
  option: string,
  value: T,
  words: readonly T[],
): T {
  if (!words.includes(value)) {
    throw new CapsnetError(
      'invalid-argument',
      `${nameOf(layer)}: expected ${option} to be ${words.join(' or ')}, found ${value}`,
    );
  }
  return value;
}

export function showShape(shape: Shape): string {
  return `[${shape.map((size, axis) => size ?? (axis === 0 ? 'batch' : '?')).join(', ')}]`;
}
