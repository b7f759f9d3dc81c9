import { rm } from 'node:fs/promises';
import type { AnyNetwork } from '@capsnet/core';
import writeFileAtomic from 'write-file-atomic';
import { drawConfusionMatrix } from '../charts/confusion-picture';
import type { RunConfig } from '../config/schema';
import { firstInOrder } from '../data/batches';
import { first, type Splits } from '../data/splits';
import { evaluateOn } from '../evaluation/evaluation';
import { drawReconstructions } from '../pictures/reconstructions';
import type { RunFolder } from '../runs/run-folder';
import { livePictures } from './watched-run';

/** More would hold the training up, and tell no more. */
const [classified, reconstructed] = [1000, 20];

/**
 * Draws what a network that is in training makes of the first images of its validation split; of the training images, as they are without
 * augmentation, where there is none.
 */
export async function drawLivePictures(
  run: RunFolder,
  net: AnyNetwork,
  { config, splits: { train, validation } }: { readonly config: RunConfig; readonly splits: Splits },
): Promise<void> {
  const files = livePictures(run);
  const images = first(validation ?? train, classified);
  const { single } = await evaluateOn(net, images, config, config.training.batchSize);
  if (single?.confusion) {
    const kind = validation ? 'validation' : 'training';
    const drawn = drawConfusionMatrix(single.confusion, images.set.classes, `${kind} images`);
    await writeFileAtomic(files.confusion, drawn);
  }
  if (net.kind !== 'capsnet' || !net.config.decoder) return;
  const shown = firstInOrder(images, config, reconstructed);
  try {
    const drawn = await drawReconstructions(net, shown, { columns: 10, perImage: config.data.digits });
    await writeFileAtomic(files.reconstructions, drawn);
  } finally {
    shown.dispose();
  }
}

/** When the run is over, the pictures of its test images take their place. */
export async function removeLivePictures(run: RunFolder): Promise<void> {
  await Promise.all(Object.values(livePictures(run)).map(file => rm(file, { force: true })));
}
