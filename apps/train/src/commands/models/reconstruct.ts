import type { CapsNet } from '@capsnet/core';
import { firstInOrder } from '../../data/batches';
import { testImages } from '../../data/splits';
import { openData } from '../../models/open-data';
import { openModel, requireDecoder, type TrainedModel } from '../../models/open-model';
import { type Image, stack } from '../../pictures/image';
import { refuseToOverwrite, writeOutput } from '../../pictures/output-file';
import { readPicture } from '../../pictures/read-picture';
import { drawReconstructions, type Shown } from '../../pictures/reconstructions';
import { openConsole } from '../../terminal/console';
import { command } from '../command';
import { backend, dataOptions, json, modelOptions, pictureOptions, positiveNumber } from '../options';

export const reconstruct = pictureOptions(
  dataOptions(
    modelOptions(
      command('reconstruct', 'Draw images above what the decoder makes of their capsules.', [
        ['capsnet reconstruct', 'the first 100 test images, the misclassified ones framed'],
        ['capsnet reconstruct --count 20 --scale 4', 'fewer and larger'],
        ['capsnet reconstruct digit.png --out mine.png', 'a picture of your own'],
      ])
        .argument('[files...]', 'pictures (default: test images)')
        .option('--count <n>', 'number of test images', positiveNumber, 100),
    ),
  ),
  'reconstructions.png',
)
  .addOption(backend)
  .addOption(json)
  .action(async (files, options) => {
    const output = openConsole(options.json ?? false);
    refuseToOverwrite(options.out, options.force);
    const model = await openModel(output, options);
    const { net, config } = model;
    requireDecoder(net);

    const shown =
      files.length > 0
        ? await picturesIn(files, net, { ...options, fit: model.pictures.fit })
        : await firstTestImages(model, options.count);
    const sheet = await drawReconstructions(net, shown, { ...options, perImage: config.data.digits });
    const images = shown.images.shape[0];
    shown.dispose();
    await writeOutput(options.out, sheet);
    output.print(
      `\n${images} ${images === 1 ? 'image' : 'images'} above ${images === 1 ? 'its' : 'their'} reconstruction: ${options.out}`,
    );
    output.emit({ file: options.out, images });
  });

/** The caller disposes of them. */
type ShownOnce = Shown & { dispose(): void };

async function picturesIn(
  files: readonly string[],
  net: CapsNet,
  options: { readonly invert?: true | undefined; readonly fit: 'contain' | 'cover' },
): Promise<ShownOnce> {
  const pictures: Image[] = [];
  for (const file of files) pictures.push(await readPicture(file, net.config.image, options));
  const images = stack(pictures);
  return { images, dispose: () => images.dispose() };
}

async function firstTestImages(model: TrainedModel, count: number): Promise<ShownOnce> {
  const { data, config } = await openData(model);
  return firstInOrder(await testImages(data, config), config, count);
}
