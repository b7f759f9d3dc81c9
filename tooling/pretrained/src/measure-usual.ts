import { readFile } from 'node:fs/promises';
import { pickBackend } from '@capsnet/backend';
import type { ModelCard } from '@capsnet/pretrained';
import { decodeQuantised } from '@capsnet/pretrained/quantised';
import { storedConfig } from '../../../apps/train/src/config/resolve';
import { cardPage } from './card-page';
import { imagesOf } from './images';
import { usualOn } from './predictions';
import { placesOf, write } from './published-files';

/** Measures of a published network what is usual of its validation images, on the fastest backend, and writes it into its card and page. */
export async function measureUsualOf(name: string): Promise<ModelCard['validation']> {
  const places = placesOf(name);
  const card = JSON.parse(await readFile(places.card, 'utf8')) as ModelCard;
  const { validation: images } = await imagesOf(storedConfig(card.training.recipe));
  await pickBackend();
  const network = decodeQuantised({
    weights: await readFile(places.weights),
    decoder: await readFile(places.decoder),
  });
  const usual = await usualOn(network, images);
  network.dispose();
  const validation = { ...card.validation, ...usual };
  const measured = { ...card, validation };
  await write(places.page, cardPage(measured));
  await write(places.card, `${JSON.stringify(measured, null, 2)}\n`);
  return validation;
}
