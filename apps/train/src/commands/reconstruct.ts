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
  run,
  runs,
} from '../command';
import { openConsole } from '../console';
import { checkFits, loadData } from '../data';
import { type Image, imageOf } from '../image';
import { refuseToOverwrite, writeOutput } from '../output-file';
import { readPng } from '../png';
import { drawReconstructions } from '../reconstructions';
import { openTrainedModel, requireDecoder } from '../trained-model';
import { UserError } from '../user-error';

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

    const images: Image[] = [];
    let labels: number[] | undefined;
    if (files.length > 0) {
      for (const file of files) images.push(await readPng(file, net.config.image, options));
    } else {
      const data = await loadData(config.data);
      checkFits(net.config, data);
      const count = Math.min(options.count, data.test.labels.length);
      for (let index = 0; index < count; index++) images.push(imageOf(data.test, index));
      labels = [...data.test.labels.subarray(0, count)];
    }
    const sheet = await drawReconstructions(net, images, { ...(labels && { labels }), scale: options.scale });
    await writeOutput(options.out, sheet);
    output.say(`\n${images.length} images, each above its reconstruction: ${options.out}`);
    output.emit({ file: options.out, images: images.length });
  });
