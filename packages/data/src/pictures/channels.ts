import { DataError } from '../data-error';
import type { Picture } from './picture';

/**
 * The pixels of a picture in 0..1 with as many channels as are wanted. Colours become gray by their luma (BT.601), gray
 * becomes a colour of three equal parts.
 *
 * What is transparent shows paper: white behind dark ink and black behind bright ink, so that ink is seen whatever its
 * colour. A picture without any ink is all `paper`.
 *
 * @returns [height, width, channels]
 * @throws {@link DataError} when the picture has other channels
 */
export function withChannels(picture: Picture, channels: number, paper: 0 | 1): Float32Array {
  const { height, width, values, isTransparent } = picture;
  const scale = values instanceof Float32Array ? 1 : 255;
  const own = picture.channels;
  if (own === channels && !isTransparent) return Float32Array.from(values, value => value / scale);
  if (!(own === 1 || own === 3 || isTransparent) || !(channels === 1 || channels === 3)) {
    throw new DataError(`expected an image of ${channels} channels, found ${own}`);
  }
  const behind = isTransparent ? paperBehind(picture, paper) : 0;
  const pixels = new Float32Array(height * width * channels);
  for (let i = 0; i < height * width; i++) {
    const seen = (channel: number) => {
      const value = values[own * i + (own === 1 ? 0 : channel)]! / scale;
      if (!isTransparent) return value;
      const alpha = values[own * i + 3]! / scale;
      return alpha * value + (1 - alpha) * behind;
    };
    if (channels === 3) pixels.set([seen(0), seen(1), seen(2)], 3 * i);
    else pixels[i] = luma(seen(0), seen(1), seen(2));
  }
  return pixels;
}

/** Whatever the ink is not, by its mean luma; pixels count by how opaque they are. */
function paperBehind({ values }: Picture, withoutInk: 0 | 1): number {
  const full = values instanceof Float32Array ? 1 : 255;
  let [ink, opaque] = [0, 0];
  for (let at = 0; at < values.length; at += 4) {
    const alpha = values[at + 3]!;
    ink += alpha * luma(values[at]!, values[at + 1]!, values[at + 2]!);
    opaque += alpha;
  }
  if (opaque === 0) return withoutInk;
  return ink / opaque < full / 2 ? 1 : 0;
}

function luma(red: number, green: number, blue: number): number {
  // The weights do not add up to 1 exactly.
  return red === green && green === blue ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
}
