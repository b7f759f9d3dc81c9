import { type BrowserImageSource, decodeInBrowser } from '../pictures/images-from.browser';
import { type DigitsFromOptions, digitsWith } from './digits-from';
import type { FoundDigit } from './find-digits';

/**
 * Reads the digits that somebody has written by hand, of a photograph, a canvas or a video of any size: each as MNIST has its own, for
 * a network that was trained on these. The paper may be of any colour, and unevenly lit; several digits are given in lines from above,
 * each from the left. Digits that touch each other are one.
 *
 * @returns an empty list for a picture without ink
 * @throws {@link DataError} when the source is no picture or is damaged; {@link CapsnetError} `invalid-argument` for options
 */
export async function digitsFrom(
  source: BrowserImageSource,
  options: DigitsFromOptions = {},
): Promise<FoundDigit[]> {
  return digitsWith(decodeInBrowser, source, options);
}
