import type { CapsNet } from '@capsnet/core';
import type { RunConfig } from '../config/schema';
import { checkFits, firstInOrder, loadData, split } from '../data/data';
import { openTrainedModel, requireDecoder } from '../models/trained-model';
import { type Image, stack } from '../pictures/image';
import { refuseToOverwrite, writeOutput } from '../pictures/output-file';
import { readPng } from '../pictures/png';
import { drawReconstructions, type Shown } from '../pictures/reconstructions';
import { openConsole } from '../terminal/console';
import { UserError } from '../terminal/user-error';
import {
  backend,
  command,
  dataFolder,
  force,
  invert,
  json,
  model,
  positiveNumber,
  prefix,
  pretrained,
  run,
  runs,
} from './command';

export const reconstruct = command(
  'reconstruct',
  'Draw images above what the decoder makes of their capsules.',
  [
    ['capsnet reconstruct', 'the first 100 test images, the misread ones framed'],
    ['capsnet reconstruct --count 20 --scale 4', 'fewer and larger'],
    ['capsnet reconstruct digit.png --out mine.png', 'a picture of your own'],
  ],
)
  .argument('[files...]', 'PNG files; without any, test images are taken')
  .addOption(run)
  .addOption(model)
  .addOption(pretrained)
  .addOption(runs)
  .addOption(dataFolder)
  .addOption(prefix)
  .option('--count <n>', 'how many test images', positiveNumber, 100)
  .option('--scale <n>', 'each pixel becomes a square of so many', positiveNumber, 2)
  .option('--out <file>', 'where the sheet goes', 'reconstructions.png')
  .addOption(force)
  .addOption(invert)
  .addOption(backend)
  .addOption(json)
  .action(async (files, options) => {
    const output = openConsole(options.json ?? false);
    if (options.scale > 32) throw new UserError(`--scale: expected at most 32, found ${options.scale}`);
    refuseToOverwrite(options.out, options.force);
    const { net, config } = await openTrainedModel(output, options);
    requireDecoder(net);

    const shown =
      files.length > 0 ? await picturesIn(files, net, options) : await testImages(config, net, options);
    const sheet = await drawReconstructions(net, shown, options);
    const images = shown.images.shape[0];
    shown.dispose();
    await writeOutput(options.out, sheet);
    output.say(`\n${images} images, each above its reconstruction: ${options.out}`);
    output.emit({ file: options.out, images });
  });

/** The caller disposes of them. */
type ShownOnce = Shown & { dispose(): void };

async function picturesIn(
  files: readonly string[],
  net: CapsNet,
  options: { readonly invert?: true | undefined },
): Promise<ShownOnce> {
  const pictures: Image[] = [];
  for (const file of files) pictures.push(await readPng(file, net.config.image, options));
  const images = stack(pictures);
  return { images, dispose: () => images.dispose() };
}

async function testImages(
  config: RunConfig,
  net: CapsNet,
  { count }: { readonly count: number },
): Promise<ShownOnce> {
  const data = await loadData(config.data);
  checkFits(net.config, data, config);
  return firstInOrder((await split(data, config)).test, config, count);
}
