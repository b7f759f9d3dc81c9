import * as tf from '@tensorflow/tfjs-core';

export interface ImageSize {
  readonly height: number;
  readonly width: number;
  /** 1 is gray and 3 is RGB. */
  readonly channels: number;
}

/** Pixels in 0..1, [height, width, channels] in C order; 1 is white. */
export interface Image extends ImageSize {
  readonly pixels: Float32Array;
}

/** The images of a batch [n, height, width, channels], or of any tensor whose last three dimensions are an image. */
export async function imagesOf(batch: tf.Tensor): Promise<Image[]> {
  const [height, width, channels] = batch.shape.slice(-3) as [number, number, number];
  const values = (await batch.data()) as Float32Array;
  const pixels = height * width * channels;
  return Array.from({ length: values.length / pixels }, (_, i) => ({
    height,
    width,
    channels,
    pixels: values.slice(i * pixels, (i + 1) * pixels),
  }));
}

export function sizeText({ height, width, channels }: ImageSize): string {
  const colour = { 1: 'gray', 3: 'RGB' }[channels] ?? `${channels} channels`;
  return `${width}x${height} ${colour}`;
}

/** Images of one size as a batch [n, height, width, channels]. */
export function stack(images: readonly Image[]): tf.Tensor4D {
  const [{ height, width, channels }] = images as readonly [Image];
  const pixels = height * width * channels;
  const values = new Float32Array(images.length * pixels);
  for (const [index, image] of images.entries()) values.set(image.pixels, index * pixels);
  return tf.tensor4d(values, [images.length, height, width, channels]);
}
