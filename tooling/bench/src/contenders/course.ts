import { type ImageSet, imageSize, seededRandom, uniformInt } from '@capsnet/data';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';

/**
 * What contenders learn for the time to accuracy, in one file for all: images, the batch of each step, and everything
 * that is drawn at random or follows a schedule.
 */
export interface Course {
  readonly images: Bytes;
  /** Of the images, [n]. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** Images in a step. */
  readonly batch: number;
  /** Which images, [steps, batch]. */
  readonly order: Int32Array<ArrayBuffer>;
  /** By how many pixels each is moved down and right, [steps, batch, 2]. */
  readonly shifts: Int32Array<ArrayBuffer>;
  /** Adam's learning rates, [steps]. */
  readonly rates: Float32Array<ArrayBuffer>;
  /** Images that are not trained on. */
  readonly heldBack: Bytes;
  readonly heldBackLabels: Int32Array<ArrayBuffer>;
}

/** Images as bytes 0..255, [n, height, width, channels]. */
export interface Bytes {
  readonly shape: readonly [number, number, number, number];
  readonly data: Uint8Array<ArrayBuffer>;
}

export interface CourseOptions {
  readonly epochs: number;
  readonly batch: number;
  /** How many of the last images are the validation split. */
  readonly heldBack: number;
}

/** As `capsnet train` does by default: moved by up to 2 pixels, Adam whose rate falls along a cosine. */
const recipe = { shift: 2, initialRate: 1e-3, finalRate: 1e-5, seed: 1 };

/** The recipe in words. */
export const courseInWords =
  `images moved by up to ${recipe.shift} pixels, Adam with a learning rate that falls along a cosine from ` +
  `${recipe.initialRate} to ${recipe.finalRate}`;

/**
 * The course of some epochs over a training set but for its last images. Each epoch leaves out what does not fill a batch,
 * other images each time.
 *
 * @throws if there are too few images for that
 */
export function makeCourse(set: ImageSet, { epochs, batch, heldBack }: CourseOptions): Course {
  const { height, width, channels } = imageSize(set);
  const pixels = height * width * channels;
  const count = set.labels.length - heldBack;
  if (heldBack < 1 || count < batch) {
    throw new Error(
      `makeCourse: expected at least ${heldBack} images to hold back and a batch of ${batch}, found ${set.labels.length}`,
    );
  }
  const part = (from: number, to: number): Bytes => ({
    shape: [to - from, height, width, channels],
    data: set.data.slice(from * pixels, to * pixels),
  });
  const stepsOfEpoch = Math.floor(count / batch);
  const steps = epochs * stepsOfEpoch;
  const random = seededRandom(recipe.seed);
  const order = new Int32Array(steps * batch);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const shuffled = Int32Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last--) {
      const other = uniformInt(random, 0, last);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    order.set(shuffled.subarray(0, stepsOfEpoch * batch), epoch * stepsOfEpoch * batch);
  }
  const { shift, initialRate, finalRate } = recipe;
  return {
    images: part(0, count),
    labels: Int32Array.from(set.labels.subarray(0, count)),
    batch,
    order,
    shifts: Int32Array.from({ length: order.length * 2 }, () => uniformInt(random, -shift, shift)),
    rates: Float32Array.from({ length: steps }, (_, step) => {
      const way = (1 + Math.cos((Math.PI * step) / Math.max(1, steps - 1))) / 2; // from 1 to 0
      return finalRate + (initialRate - finalRate) * way;
    }),
    heldBack: part(count, set.labels.length),
    heldBackLabels: Int32Array.from(set.labels.subarray(count)),
  };
}

/** The images of a step's batch, moved, in 0..1: [batch, height, width, channels]. */
export function courseImages({ images, batch, order, shifts }: Course, step: number): Float32Array {
  const [, height, width, channels] = images.shape;
  const pixels = height * width * channels;
  const moved = new Float32Array(batch * pixels);
  for (let row = 0; row < batch; row++) {
    const place = step * batch + row;
    const [down, right] = [shifts[2 * place]!, shifts[2 * place + 1]!];
    const [first, end] = [Math.max(0, right), Math.min(width, width + right)];
    for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
      const to = row * pixels + y * width * channels;
      const from = order[place]! * pixels + ((y - down) * width - right) * channels;
      for (let x = first * channels; x < end * channels; x++) moved[to + x] = images.data[from + x]! / 255;
    }
  }
  return moved;
}

/** Their labels: [batch]. */
export function courseLabels({ labels, batch, order }: Course, step: number): Int32Array {
  return Int32Array.from(order.subarray(step * batch, (step + 1) * batch), image => labels[image]!);
}

export function encodeCourse(course: Course): Uint8Array<ArrayBuffer> {
  const { images, labels, batch, order, shifts, rates, heldBack, heldBackLabels } = course;
  const steps = rates.length;
  const bytes = ({ shape, data }: Bytes): TensorEntry => ({ dtype: 'U8', shape: [...shape], data });
  return encodeSafetensors({
    images: bytes(images),
    labels: { dtype: 'I32', shape: [labels.length], data: labels },
    order: { dtype: 'I32', shape: [steps, batch], data: order },
    shifts: { dtype: 'I32', shape: [steps, batch, 2], data: shifts },
    rates: { dtype: 'F32', shape: [steps], data: rates },
    heldBack: bytes(heldBack),
    heldBackLabels: { dtype: 'I32', shape: [heldBackLabels.length], data: heldBackLabels },
  });
}

export function decodeCourse(file: Uint8Array): Course {
  const { tensors } = decodeSafetensors(file);
  const { images, labels, order, shifts, rates, heldBack, heldBackLabels } = tensors;
  return {
    images: bytesOf(images!),
    labels: labels!.data as Course['labels'],
    batch: order!.shape[1]!,
    order: order!.data as Course['order'],
    shifts: shifts!.data as Course['shifts'],
    rates: rates!.data as Course['rates'],
    heldBack: bytesOf(heldBack!),
    heldBackLabels: heldBackLabels!.data as Course['heldBackLabels'],
  };
}

function bytesOf({ shape, data }: TensorEntry): Bytes {
  return { shape: shape as unknown as Bytes['shape'], data: data as Bytes['data'] };
}
