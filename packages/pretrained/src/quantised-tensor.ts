import { CapsnetError } from '@capsnet/checks';
/** Weights as w = q * scale, the scales' shape broadcast to that of the integers. */
export interface QuantisedTensor {
  /** q, within -127 and 127, in C order. */
  readonly integers: Int8Array<ArrayBuffer>;
  /** One for each channel, and 0 for a channel of zeros; of 16 significant bits, so that q * scale is exact in float32. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Like the shape of the weights, but 1 along every axis that shares a scale. */
  readonly scaleShape: readonly number[];
}

/**
 * Symmetric int8: the largest weight of each channel becomes 127 or -127, so that every weight moves by at most half its
 * channel's scale. What {@link dequantise} gives back is quantised to the same integers and scales again.
 *
 * @param shape    of the weights, which are in C order
 * @param channels the axes along which every index has a scale of its own
 * @throws for weights that are not finite
 */
export function quantise(
  weights: Float32Array,
  shape: readonly number[],
  channels: readonly number[],
): QuantisedTensor {
  const scaleShape = shape.map((size, axis) => (channels.includes(axis) ? size : 1));
  const largest = new Float32Array(elements(scaleShape));
  broadcast(shape, scaleShape, (i, channel) => {
    largest[channel] = Math.max(largest[channel]!, Math.abs(weights[i]!));
  });
  const wrong = largest.find(value => !Number.isFinite(value));
  if (wrong !== undefined)
    throw new CapsnetError('not-finite', `quantise: expected finite weights, found ${wrong}`);

  const scales = largest.map(scaleOf);
  const integers = new Int8Array(weights.length);
  broadcast(shape, scaleShape, (i, channel) => {
    const scale = scales[channel]!;
    integers[i] = scale === 0 ? 0 : Math.round(weights[i]! / scale);
  });
  return { integers, scales, scaleShape };
}

/** The weights, float32, that {@link quantise} has moved. */
export function dequantise(
  { integers, scales, scaleShape }: QuantisedTensor,
  shape: readonly number[],
): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(integers.length);
  broadcast(shape, scaleShape, (i, channel) => {
    weights[i] = integers[i]! * scales[channel]!;
  });
  return weights;
}

/** largest / 127, rounded up to 16 significant bits; 0 where float32 would begin to lose bits. */
function scaleOf(largest: number): number {
  const exact = largest / 127;
  if (exact < 2 ** -126) return 0;
  const unit = 2 ** (Math.floor(Math.log2(exact)) - 15);
  return Math.ceil(exact / unit) * unit;
}

/** Calls `visit` with the place of every weight and that of its scale. */
function broadcast(
  shape: readonly number[],
  scaleShape: readonly number[],
  visit: (weight: number, scale: number) => void,
): void {
  const steps = scaleShape.map((size, axis) => (size === 1 ? 0 : elements(scaleShape.slice(axis + 1))));
  let weight = 0;
  const walk = (axis: number, scale: number): void => {
    if (axis === shape.length) visit(weight++, scale);
    else for (let i = 0; i < shape[axis]!; i++) walk(axis + 1, scale + i * steps[axis]!);
  };
  walk(0, 0);
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
