import { expect, test } from 'vitest';
import { DataError } from '../data-error';
import { type BrowserImageSource, imagesFrom } from './images-from.browser';

const size = { height: 2, width: 3 };
const grays = [0, 51, 102, 153, 204, 255];
const close = (values: readonly number[]) => values.map(value => expect.closeTo(value, 5));

/** 3x2 pixels of gray. */
function imageData(): ImageData {
  return new ImageData(Uint8ClampedArray.from(grays.flatMap(value => [value, value, value, 255])), 3, 2);
}

function element(): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width: 3, height: 2 });
  canvas.getContext('2d')!.putImageData(imageData(), 0, 0);
  return canvas;
}

function offscreen(): OffscreenCanvas {
  const canvas = new OffscreenCanvas(3, 2);
  canvas.getContext('2d')!.putImageData(imageData(), 0, 0);
  return canvas;
}

/** A file, as somebody may drop it on the page. */
const blob = () => offscreen().convertToBlob({ type: 'image/png' });

async function loadedImage(): Promise<HTMLImageElement> {
  const image = Object.assign(new Image(), { src: URL.createObjectURL(await blob()) });
  await image.decode();
  return image;
}

test.each<[string, () => BrowserImageSource | Promise<BrowserImageSource>]>([
  ['ImageData', imageData],
  ['a canvas', element],
  ['an OffscreenCanvas', offscreen],
  ['an ImageBitmap', () => createImageBitmap(imageData())],
  ['an image element', loadedImage],
  ['a file', blob],
  ['the bytes of a file', async () => new Uint8Array(await (await blob()).arrayBuffer())],
  ['a buffer of a file', async () => (await blob()).arrayBuffer()],
])('reads %s', async (_, make) => {
  const source = await make();
  const { data, shape } = await imagesFrom(source, size);
  expect(shape).toEqual([1, 2, 3, 1]);
  expect([...data]).toEqual(close(grays.map(value => value / 255)));
  // It is still there.
  expect((await imagesFrom([source, source], size)).shape).toEqual([2, 2, 3, 1]);
});

test('resizes, and sees dark ink on a clear canvas', async () => {
  const canvas = new OffscreenCanvas(60, 40);
  canvas.getContext('2d')!.fillRect(0, 0, 20, 20);
  expect([...(await imagesFrom(canvas, { ...size, invert: true })).data]).toEqual([1, 0, 0, 0, 0, 0]);
  expect([...(await imagesFrom(canvas, size)).data]).toEqual([0, 1, 1, 1, 1, 1]);
});

test.each<[string, unknown, string]>([
  ['an image that is not loaded', new Image(), 'found HTMLImageElement: '],
  ['an empty canvas', new OffscreenCanvas(0, 0), 'found OffscreenCanvas: '],
  ['a file that is no image', new Blob(['no image']), 'found Blob: '],
  ['a word', 'digit.png', 'found string: '],
  ['nothing', undefined, 'found nothing: '],
])('refuses %s', async (_, source, message) => {
  const error = await imagesFrom(source as never, size).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect((error as Error).message).toContain(message);
});
