import { readFile } from 'node:fs/promises';
import type { ModelCard } from '@capsnet/pretrained';
import { type ImagesConfig, imagesOf } from './images';
import { demandAgreement } from './publish';
import { fileOf, placesOf } from './published-files';
import { agreementOfBackends, errorOf, readOn } from './readings';

/** Test errors of a published network on two backends, and on how many images they agree. */
export interface Checked {
  readonly native: number;
  readonly wasm: number;
  readonly backends: ModelCard['backends'];
}

/**
 * Measures a published network again on all test images.
 *
 * @throws if its files or figures are not those of its card, or the two backends read it differently
 */
export async function check(name: string): Promise<Checked> {
  const places = placesOf(name);
  const card = JSON.parse(await readFile(places.card, 'utf8')) as ModelCard;
  const files = { weights: await readFile(places.weights), decoder: await readFile(places.decoder) };
  for (const part of ['weights', 'decoder'] as const) {
    const [expected, found] = [card.files[part].sha256, fileOf(files[part]).sha256];
    if (found !== expected)
      throw new Error(`${places[part]}: expected the SHA-256 ${expected}, found ${found}`);
  }
  const { test } = await imagesOf(card.training.recipe as unknown as ImagesConfig);
  const [native] = await readOn('native', files, [test]);
  const [wasm] = await readOn('wasm', files, [test]);
  const checked = {
    native: errorOf(native!),
    wasm: errorOf(wasm!),
    backends: agreementOfBackends(native!, wasm!),
  };
  demandAgreement(checked.backends);
  // Only images that are in doubt may be read differently on another machine.
  const doubtful = (test.count - checked.backends.decided) / test.count;
  if (Math.abs(checked.native - card.test.quantised.error) > doubtful) {
    throw new Error(
      `expected the test error of the card, ${card.test.quantised.error}, found ${checked.native}`,
    );
  }
  return checked;
}
