import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import { DataError } from '../data-error';
import { withChannels } from '../pictures/channels';
import { type Decoder, picturesFrom } from '../pictures/images-from';
import { stretch } from '../pictures/resize';
import { type FoundDigit, findDigits } from './find-digits';
import type { InkTone } from './find-ink';

export interface DigitsFromOptions {
  /** Whether ink is darker or brighter than its paper; found when not given. */
  readonly ink?: InkTone | undefined;
}

/** Of the longer side, in pixels: more would tell no more of a digit that is seen in 20 pixels. */
const mostPixels = 960;
/** What a photograph is decoded to, at least. */
const wanted = { height: mostPixels / 2, width: mostPixels / 2 };

/** `digitsFrom` with the sources of a platform. */
export async function digitsWith(
  decode: Decoder,
  source: unknown,
  options: DigitsFromOptions,
): Promise<FoundDigit[]> {
  expectKnownOptions('digitsFrom', options, ['ink']);
  const { ink } = options;
  if (!(ink === undefined || ink === 'dark' || ink === 'bright'))
    throw new CapsnetError(
      'invalid-argument',
      `digitsFrom: expected ink to be "dark" or "bright", found ${show(ink)}`,
    );
  const [picture, ...others] = await picturesFrom(source, one => decode(one, wanted));
  if (!picture || others.length > 0)
    throw new DataError(`digitsFrom: expected one picture, found ${picture ? others.length + 1 : 0}`);
  const gray = withChannels(picture, 1, ink === 'bright' ? 0 : 1);
  const { width, height } = picture;
  const factor = Math.min(1, mostPixels / Math.max(width, height));
  const size = {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
  return findDigits({ ...size, data: stretch(gray, { width, height, channels: 1 }, size) }, ink);
}
