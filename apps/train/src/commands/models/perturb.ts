import { paperOffsets, perturb as perturbCapsule } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { firstInOrder } from '../../data/batches';
import { testImages } from '../../data/splits';
import { openData } from '../../models/open-data';
import { openModel, requireDecoder, type TrainedModel } from '../../models/open-model';
import { type Image, imagesOf } from '../../pictures/image';
import { refuseToOverwrite, writeOutput } from '../../pictures/output-file';
import { readPicture } from '../../pictures/read-picture';
import { drawSheet } from '../../pictures/sheet';
import { openConsole } from '../../terminal/console';
import { UsageError } from '../../terminal/errors';
import { command } from '../command';
import { backend, dataOptions, json, modelOptions, pictureOptions, wholeNumber } from '../options';

export const perturb = pictureOptions(
  dataOptions(
    modelOptions(
      command('perturb', "Draw what each dimension of an image's capsule stands for.", [
        ['capsnet perturb', 'the first test image'],
        ['capsnet perturb --index 7 --class 4', 'the capsule of class 4 for test image 7'],
        ['capsnet perturb digit.png --scale 3 --out mine.png', 'a picture of your own, larger'],
      ])
        .argument('[file]', 'picture (default: a test image)')
        .option('--index <n>', 'test image to use, from 0', wholeNumber, 0)
        .option('--class <n>', 'class capsule to perturb (default: the longest)', wholeNumber),
    ),
  ),
  'perturbations.png',
)
  .addOption(backend)
  .addOption(json)
  .addHelpText(
    'after',
    '\nThe figure of the paper: a row for each dimension, from -0.25 to 0.25 in steps of 0.05 across.',
  )
  .action(async (file, options) => {
    const output = openConsole(options.json ?? false);
    refuseToOverwrite(options.out, options.force);
    const model = await openModel(output, options);
    const { net } = model;
    requireDecoder(net);
    const { classes, classDim } = net.config;
    if (options.class !== undefined && options.class >= classes) {
      throw new UsageError(`--class: expected 0 to ${classes - 1}, found ${options.class}`);
    }
    const image = file
      ? await readPicture(file, net.config.image, { ...options, fit: model.pictures.fit })
      : await testImage(model, options.index);

    const tensor = tf.tidy(() => {
      const pixels = tf.tensor3d(image.pixels, [image.height, image.width, image.channels]);
      return perturbCapsule(net, pixels, options.class === undefined ? {} : { label: options.class });
    });
    const images = await imagesOf(tensor); // classDim * offsets, the offsets varying fastest
    tf.dispose(tensor);
    const offsets = paperOffsets.length;
    const rows = Array.from({ length: classDim }, (_, dim) =>
      images.slice(dim * offsets, (dim + 1) * offsets).map(image => ({ image })),
    );
    await writeOutput(options.out, drawSheet([rows], { scale: options.scale }));
    output.print(
      `\n${classDim} dimensions (rows), ${paperOffsets[0]} to ${paperOffsets.at(-1)} (columns): ${options.out}`,
    );
    output.emit({ file: options.out, dimensions: classDim, offsets: paperOffsets });
  });

async function testImage(model: TrainedModel, index: number): Promise<Image> {
  const { data, config } = await openData(model);
  const test = await testImages(data, config);
  if (index >= test.indices.length) {
    throw new UsageError(`--index: expected 0 to ${test.indices.length - 1}, found ${index}`);
  }
  // Of pairs, which digit lies over which depends on those before.
  const batch = firstInOrder(test, config, index + 1);
  const last = tf.slice(batch.images, index, 1);
  const [image] = await imagesOf(last);
  last.dispose();
  batch.dispose();
  return image!;
}
