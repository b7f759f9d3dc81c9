import { readFile } from 'node:fs/promises';
import type { ModelCard } from '@capsnet/pretrained';
import { storedConfig } from '../../../apps/train/src/config/resolve';
import { imagesOf } from './images';
import { agreementOfBackends, predict, runOn } from './predictions';
import { demandAgreement } from './publish';
import { fileOf, placesOf } from './published-files';

/** Test errors of a published network on two backends, and on how many images they agree. */
export interface Checked {
  readonly native: number;
  readonly wasm: number;
  readonly backends: ModelCard['backends'];
}

/**
 * Measures a published network again on all test images.
 *
 * @throws if its files or figures are not those of its card, or it classifies differently on the two backends
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
  const { test } = await imagesOf(storedConfig(card.training.recipe));
  const native = await runOn('native', files, network => predict(network, test));
  const wasm = await runOn('wasm', files, network => predict(network, test));
  const checked = {
    native: native.error,
    wasm: wasm.error,
    backends: agreementOfBackends(native, wasm),
  };
  demandAgreement(checked.backends);
  // Only images that are in doubt may be classified differently on another machine.
  const doubtful = (card.test.images - checked.backends.decided) / card.test.images;
  if (Math.abs(checked.native - card.test.quantised.error) > doubtful) {
    throw new Error(
      `expected the test error of the card, ${card.test.quantised.error}, found ${checked.native}`,
    );
  }
  return checked;
}
